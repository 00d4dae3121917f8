"""The form in which headers are compared."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_LOOK_ALIKES = str.maketrans(
    "АВЕЅІЈКМНОРСТУХΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",  # Cyrillic and Greek capitals
    "ABESIJKMHOPCTYXABEZHIKMNOPTYX",
)


@lru_cache(maxsize=4096)
def normalized_header(text: str) -> str:
    """Return a header in the form in which headers are compared: `No.  Kwitansi` = `NO KWITANSI`.

    Case, blanks, line breaks and full stops do not count, nor invisible characters, and letters
    of other alphabets count as the Latin ones that they look like.
    """
    visible = "".join(sign for sign in text if unicodedata.category(sign) != "Cf")
    folded = unicodedata.normalize("NFKC", visible).upper().translate(_LOOK_ALIKES)
    return " ".join(folded.replace(".", " ").split())
