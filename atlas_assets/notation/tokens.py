"""The common notation of everything shown to people: colour roles and sizes, after IBCS 2.0.

Fills show scenarios: actuals are solid and dark, the previous year is lighter, targets are
outlined. Variances are coloured by rating, never by sign alone.
"""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a colour stands for. The only other colours are the units' brand colours."""

    INK = "ink"
    WHITE = "white"
    NAVY = "navy"
    CARD = "card"
    ACTUAL = "actual"
    PREVIOUS = "previous"
    GOOD = "good"
    BAD = "bad"
    NEUTRAL = "neutral"
    GOOD_TEXT = "good_text"
    RULE = "rule"


HEX: dict[Role, str] = {
    Role.INK: "1F2933",
    Role.WHITE: "FFFFFF",
    Role.NAVY: "1B3A57",
    Role.CARD: "F3F5F7",
    Role.ACTUAL: "3B4856",
    Role.PREVIOUS: "87929E",
    Role.GOOD: "2E9E5B",
    Role.BAD: "C62828",
    Role.NEUTRAL: "2F6DB5",
    Role.GOOD_TEXT: "1F7A43",
    Role.RULE: "C9D0D7",
}

# The same on a dark ground, where a page is read at night; decks have none.
HEX_ON_DARK: dict[Role, str] = {
    Role.INK: "E6EAEE",
    Role.WHITE: "14191F",
    Role.NAVY: "A9C7E8",
    Role.CARD: "1B222A",
    Role.ACTUAL: "C3CCD6",
    Role.PREVIOUS: "7D8894",
    Role.GOOD: "3DAF6C",
    Role.BAD: "F0716B",
    Role.NEUTRAL: "78AEEA",
    Role.GOOD_TEXT: "5CCB8A",
    Role.RULE: "3A444F",
}

# The theme slot of each role, so that a designer's theme recolours a deck.
THEME: dict[Role, str] = {
    Role.INK: "tx1",
    Role.WHITE: "bg1",
    Role.NAVY: "tx2",
    Role.CARD: "bg2",
    Role.ACTUAL: "accent1",
    Role.PREVIOUS: "accent2",
    Role.GOOD: "accent3",
    Role.BAD: "accent4",
    Role.NEUTRAL: "accent5",
    Role.GOOD_TEXT: "accent6",
    Role.RULE: "folHlink",
}

FONT = "Arial"


class Size:
    """Text sizes in points."""

    COVER = 34.0
    MESSAGE = 20.0
    CARD = 18.0
    STATEMENT = 14.0
    COMMENT = 11.0
    TITLE = 10.5
    LABEL = 10.0
    TABLE = 9.0
    SOURCE = 8.0
