"""Normalizes headers, so that they can be compared."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_LOOK_ALIKES = str.maketrans(
    "АВЕЅІЈКМНОРСТУХΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",  # Cyrillic and Greek capitals
    "ABESIJKMHOPCTYXABEZHIKMNOPTYX",
)


@lru_cache(maxsize=4096)
def normalized_header(text: str) -> str:
    """Return a header in the form in which headers are compared: `No.  Kwitansi` is `NO KWITANSI`.

    Ignores case, surplus blanks, line breaks, full stops and invisible characters. Letters of other
    alphabets are replaced by the Latin ones that they look like.
    """
    visible = "".join(char for char in text if unicodedata.category(char) != "Cf")
    folded = unicodedata.normalize("NFKC", visible).upper().translate(_LOOK_ALIKES)
    return " ".join(folded.replace(".", " ").split())
