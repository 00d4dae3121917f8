"""The sentences of a deck: each has a figure and a verdict, and follows from the report by rules.

The rules are written down in `docs/report.md`. Nothing is said of fewer than FEWEST cases but how many
there are.
"""

from __future__ import annotations

from atlas_assets.deck.boxes import MESSAGE
from atlas_assets.deck.text_fit import ELLIPSIS, line_count
from atlas_assets.notation.tokens import Size

MESSAGE_LINES = 2
NAME_LENGTH = 36  # characters; keeps a message with two names within its two lines
FEWEST = 5  # cases


def fits_message(text: str) -> bool:
    """Return whether a text fits as a slide's message, even with a page number after it."""
    lines = line_count(f"{text} (1/2)", MESSAGE.width, Size.MESSAGE, bold=True)
    return lines <= MESSAGE_LINES


def short_name(name: str, length: int = NAME_LENGTH) -> str:
    """Return a name for use in a message, cut with an ellipsis beyond `length` characters."""
    return name if len(name) <= length else name[: length - 1].rstrip() + ELLIPSIS


def longest_fitting(*texts: str) -> str:
    """Return the first of these texts that fits as a message, or the last."""
    return next((text for text in texts if fits_message(text)), texts[-1])
