"""What one sees of a text: the form in which every cell and every configured word is interpreted."""

from __future__ import annotations

import re
import unicodedata

# A character as spreadsheet programs escape it in their files: `_x000D_` is a carriage return.
ESCAPE = r"_x[0-9A-Fa-f]{4}_"
_ESCAPE = re.compile(ESCAPE)
# What takes no space although it is a letter, a mark or unassigned; Unicode calls it ignorable.
_IGNORABLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\ufdd0-\ufdef\ufffe\uffff"
    "\U000e0000-\U000e0fff]"
)
_BLANK_PATTERN = "\u2800"  # the Braille pattern without dots
_ACUTE_ACCENT = (
    "\u00b4"  # typed as an apostrophe; NFKC would make a blank and a combining mark of it
)


def visible_text(text: str) -> str:
    """Return a text as it looks: composed (NFKC), with single blanks and without what is invisible.

    Escapes such as `_x000D_` are decoded. Line breaks and every kind of blank become a blank. Control,
    zero-width and direction characters are dropped. The result is empty if nothing is to be seen.
    """
    while (seen := _seen(text)) != text:  # decoding may bring to light what is to be decoded again
        text = seen
    return text


def _seen(text: str) -> str:
    decoded = _ESCAPE.sub(lambda escape: chr(int(escape[0][2:6], 16)), text)
    paired = decoded.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    spaced = paired.replace(_BLANK_PATTERN, " ").replace(_ACUTE_ACCENT, "'")
    kept = "".join(
        char for char in _IGNORABLE.sub("", spaced) if char.isspace() or _is_visible(char)
    )
    return " ".join(unicodedata.normalize("NFKC", kept).split())


def _is_visible(char: str) -> bool:
    return unicodedata.category(char) not in {"Cc", "Cf", "Cs"}
