"""What a number looks like in its cell, as far as that is more than its digits."""

from __future__ import annotations

import re
from decimal import Decimal

GENERAL = "General"
MOST_DIGITS = 11  # of a number without a format of its own; a longer one is shown as 3.40401E+15
# The formats that every workbook has without naming them.
BUILT_IN = {
    0: GENERAL,
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    48: "##0.0E+0",
    49: "@",
    **dict.fromkeys((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)), "d/m/yyyy"),
}
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_.|\*.|\[[^\]]*\]|(?P<digit>[0#?])|(?P<power>E[+-])'
    r"|(?P<date>[dmyhsDMYHS])|(?P<point>\.)|(?P<mark>,)|(?P<other>.)",
    re.DOTALL,
)

_Tokens = list[tuple[str | None, str]]


def is_date(code: str) -> bool:
    """Return whether a number format shows a date or a time."""
    kinds = {kind for kind, _ in _tokens(code)}
    return "date" in kinds and "digit" not in kinds and code != GENERAL


def shown_instead(code: str, number: str) -> str | None:
    """Return what a cell shows if its format adds text or leading zeros, or is scientific, or None.

    `number` is what the cell holds.
    """
    value = Decimal(number)
    if code in {GENERAL, ""}:
        is_long = len(str(abs(int(value)))) > MOST_DIGITS
        return f"{value:.5E}" if is_long else None
    tokens = _tokens(code, negative=value < 0)
    kinds = [kind for kind, _ in tokens]
    if "power" in kinds:
        return f"{value:.2E}"
    if is_date(code) or "digit" not in kinds:
        return None
    whole_places = kinds[: kinds.index("point")] if "point" in kinds else kinds
    zeros = sum(text == "0" for kind, text in tokens[: len(whole_places)] if kind == "digit")
    adds_text = any(
        kind in {"quoted", "escaped", "other"} and text.strip() for kind, text in tokens
    )
    if not adds_text and zeros <= len(str(abs(int(value)))):
        return None
    return _filled(tokens, whole_places.count("digit"), abs(value))


def is_scientific(shown: str) -> bool:
    """Return whether a cell shows its number in scientific notation, which hides digits."""
    return re.fullmatch(r"-?\d\.\d+E[+-]\d+", shown) is not None


def _tokens(code: str, *, negative: bool = False) -> _Tokens:
    """Return the kinds and texts of what a format's section for the sign consists of."""
    sections = code.split(";")
    section = sections[1] if negative and len(sections) > 1 else sections[0]
    return [
        (match.lastgroup, match[match.lastgroup])
        for match in _TOKEN.finditer(section)
        if match.lastgroup
    ]


def _filled(tokens: _Tokens, whole_places: int, value: Decimal) -> str:
    """Return a format with a value's digits in its places, from the right, zeros where it has none."""
    decimals = sum(kind == "digit" for kind, _ in tokens) - whole_places
    whole, _, fraction = f"{value:.{decimals}f}".partition(".")
    padded = whole.rjust(whole_places)
    surplus = len(padded) - whole_places
    digits = [padded[: surplus + 1], *padded[surplus + 1 :], *fraction]
    shown = ""
    for kind, text in tokens:
        if kind == "digit":
            digit = digits.pop(0)
            shown += digit.strip() or ("0" if text == "0" else "")
        elif kind != "mark":
            shown += text
    return shown.strip()
