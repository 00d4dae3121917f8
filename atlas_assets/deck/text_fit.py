"""How wide text is in Arial, close enough to cut what would not fit."""

from __future__ import annotations

ELLIPSIS = "…"

# Advance widths in thousandths of the size, after Arial's metrics.
_WIDTHS = {
    **dict.fromkeys("ijl'|", 225),
    **dict.fromkeys("ftI.,:;!/\\ ()[]\u00a0", 278),
    **dict.fromkeys("r-`", 333),
    **dict.fromkeys("ckszvxyJ", 500),
    **dict.fromkeys("ABEKPSVXY&", 667),
    **dict.fromkeys("CDHNRUw", 722),
    **dict.fromkeys("GOQ", 778),
    **dict.fromkeys("mM%", 850),
    **dict.fromkeys("W", 944),
    ELLIPSIS: 1000,
}
_OTHER = 556
_POINTS_PER_INCH = 72
_BOLD = 1.07


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of a line of text in inches; `size` is in points."""
    thousandths = sum(_WIDTHS.get(letter, _OTHER) for letter in text)
    return thousandths / 1000 * size / _POINTS_PER_INCH * (_BOLD if bold else 1)


def shortened(text: str, width: float, size: float, *, bold: bool = False) -> str:
    """Return the text, cut with an ellipsis where it is wider than `width` inches."""
    if text_width(text, size, bold=bold) <= width:
        return text
    while text and text_width(text + ELLIPSIS, size, bold=bold) > width:
        text = text[:-1]
    return text.rstrip() + ELLIPSIS
