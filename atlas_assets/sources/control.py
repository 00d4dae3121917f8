"""The control sums of a transaction table: amounts and totals understood once more, by other code.

The adapter's reading has to come to the same rupiah (`marts.reconciliation`). An amount is parsed
here and in `dbt_atlas/macros/parse_amount.sql`, independently of each other and by the same rules.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from openpyxl.utils import column_index_from_string

from atlas_assets.sources.adapter import ControlSums

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from atlas_assets.sources.adapter import SheetColumn

CENT = Decimal("0.01")
LARGEST = Decimal(10) ** 16  # what DECIMAL(18, 2) holds
_MINUS = ("-", "−")
_CURRENCIES = ("RP.", "RP", "IDR")
_MARKS = ".,' "
_ENDINGS = {",": ("-", "--"), ".": ("-",)}


def sums_of(
    rows: Iterable[Sequence[object]], columns: Sequence[SheetColumn], total_labels: tuple[str, ...]
) -> ControlSums:
    """Add up the readable amounts of the rows below the header, with the cells as their reader typed them.

    The last total row is the total that the sheet itself states.
    """
    positions = {column.name: column_index_from_string(column.letter) - 1 for column in columns}
    number_at, amount_at = positions.get("row_number"), positions["amount"]
    total, stated = Decimal(0), None
    for row in rows:
        value = amount_of(_at(row, amount_at))
        if re.match(r"\s*\d", str(_at(row, number_at))) or not _is_total(row, total_labels):
            total += value or 0
        elif value is not None:
            stated = value
    return ControlSums(total, stated)


def _is_total(row: Sequence[object], labels: tuple[str, ...]) -> bool:
    """Return whether a row's first text is a label, or begins with one and is its only text."""
    texts = [
        text
        for value in row
        if isinstance(value, str)
        and (text := value.strip(" :.\u00a0\n\t").upper())
        and not re.fullmatch(r"(RP)?[\s.]*[-\d][\d.,\s-]*", text)
    ]
    if not texts:
        return False
    begins = any(re.match(rf"{re.escape(label)}\b", texts[0]) for label in labels)
    return (texts[0] in labels and len(texts) <= 3) or (begins and len(texts) == 1)


def _at(row: Sequence[object], position: int | None) -> object:
    """Return the cell at a 0-based position, or None beyond the end of the row."""
    return row[position] if position is not None and position < len(row) else None


def amount_of(value: object) -> Decimal | None:
    """Return the amount in a cell in rupiah, rounded to the cent, or None if it is unreadable."""
    if isinstance(value, bool) or value is None:
        return None
    number = Decimal(str(value)) if isinstance(value, int | float) else _spelled(str(value))
    if number is None or not number.is_finite() or abs(number) >= LARGEST:
        return None
    return number.quantize(CENT, ROUND_HALF_UP)


def _spelled(text: str) -> Decimal | None:
    """Return the amount that a text spells, or None if it is none or has two readings."""
    text = seen(text).upper()
    in_parentheses = text.startswith("(") and text.endswith(")")
    if in_parentheses:
        text = text[1:-1].strip()
    rest, signs = _after_signs_and_currency(text)
    if len(signs) + in_parentheses > 1:
        return None
    rest, has_no_cents = _before_ending(rest)
    plain = _plain(rest)
    if plain is None or (has_no_cents and "." in plain):
        return None
    return -Decimal(plain) if signs or in_parentheses else Decimal(plain)


def seen(text: str) -> str:
    """Return a text without escapes, invisible characters and surplus blanks."""
    decoded = re.sub(r"_x([0-9a-fA-F]{4})_", lambda escape: chr(int(escape[1], 16)), text)
    composed = unicodedata.normalize("NFKC", decoded.replace("\u00b4", "'"))
    spaced = "".join(" " if char.isspace() else char for char in composed)
    visible = "".join(char for char in spaced if unicodedata.category(char) not in {"Cc", "Cf"})
    return " ".join(visible.split())


def _after_signs_and_currency(text: str) -> tuple[str, list[str]]:
    """Return the rest of a text after at most one currency with signs around it, and those signs."""
    signs: list[str] = []
    for beginnings in (_MINUS, _CURRENCIES, _MINUS):
        found = next((start for start in beginnings if text.startswith(start)), "")
        text = text.removeprefix(found).lstrip()
        if found in _MINUS:
            signs.append(found)
    return text, signs


def _before_ending(text: str) -> tuple[str, bool]:
    """Return a text without the `,-` that says "no cents", and whether it had one."""
    bare = text.rstrip("-")
    dashes = text[len(bare) :]
    bare = bare.rstrip()
    if dashes in _ENDINGS.get(bare[-1:], ()):
        return bare[:-1].rstrip(), True
    return text, False


def _plain(number: str) -> str | None:
    """Return a number without thousands marks and with a decimal point, or None."""
    marks = [char for char in number if char in _MARKS]
    groups = "".join(" " if char in _MARKS else char for char in number).split(" ")
    if not all(group.isascii() and group.isdecimal() for group in groups):
        return None
    lengths = [len(group) for group in groups]
    are_thousands = lengths[0] <= 3 and set(lengths[1:]) == {3} and len(set(marks)) == 1
    if not marks or are_thousands:
        return "".join(groups)
    whole, decimals = "".join(groups[:-1]), groups[-1]
    if marks[-1] not in ".,":
        return None
    if len(marks) == 1:
        return None if len(decimals) == 3 else f"{whole}.{decimals}"
    has_thousands = (
        lengths[0] <= 3 and set(lengths[1:-1]) == {3} and len(set(marks[:-1])) == 1
    ) and marks[-1] != marks[0]
    return f"{whole}.{decimals}" if has_thousands and len(decimals) <= 2 else None
