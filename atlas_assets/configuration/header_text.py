"""Normalizes headers, so that they can be compared."""

from __future__ import annotations

from functools import lru_cache

from atlas_assets.configuration.visible_text import visible_text

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
    folded = visible_text(text).upper().translate(_LOOK_ALIKES)
    return " ".join(folded.replace(".", " ").split())
