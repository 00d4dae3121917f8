"""Text widths and line counts, measured with Helvetica's metrics, which equal Arial's."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import stringWidth

from atlas_assets.notation.numbers import NBSP

if TYPE_CHECKING:
    from atlas_assets.deck.slides import Run

ELLIPSIS = "…"
LINE_HEIGHT = 1.17  # relative to the text size
POINTS_PER_INCH = 72


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of a line of text in inches; `size` is in points."""
    return stringWidth(text, _font(bold=bold), size) / POINTS_PER_INCH


def shortened(text: str, width: float, size: float, *, bold: bool = False) -> str:
    """Return the text, cut with an ellipsis where it is wider than `width` inches, but not in an amount."""
    if text_width(text, size, bold=bold) <= width:
        return text
    while text and text_width(text + ELLIPSIS, size, bold=bold) > width:
        text = text[:-1]
    *words, last = text.rstrip(" ").split(" ")
    return (" ".join(words) if words and NBSP in last else text).rstrip() + ELLIPSIS


def fitting(runs: list[Run], width: float, size: float) -> list[Run]:
    """Return runs of one line, the first cut with an ellipsis where they are wider than `width` inches."""
    first, *others = runs
    rest = sum(text_width(run.text, size, bold=run.bold) for run in others)
    text = shortened(first.text, width - rest, size, bold=first.bold)
    return [replace(first, text=text), *others]


def line_count(text: str, width: float, size: float, *, bold: bool = False) -> int:
    """Return how many lines a paragraph takes in a box of `width` inches."""
    unbroken = text.replace(NBSP, "/")  # as wide as a space, but lines never break at it
    return len(simpleSplit(unbroken, _font(bold=bold), size, width * POINTS_PER_INCH)) or 1


def _font(*, bold: bool) -> str:
    return "Helvetica-Bold" if bold else "Helvetica"
