"""The control sums of a transaction table: amounts and totals understood once more, by other code.

The adapter's reading has to come to the same rupiah (`marts.reconciliation`). An amount is parsed
here and in `dbt_atlas/macros/parse_amount.sql`, independently of each other and by the same rules.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from openpyxl.utils import column_index_from_string

from atlas_assets.sources.adapter import ControlSums

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from atlas_assets.sources.adapter import SheetColumn

CENT = Decimal("0.01")
LARGEST = Decimal(10) ** 16  # what DECIMAL(18, 2) holds


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
    if isinstance(value, int | float):
        number = Decimal(str(value))
    else:
        text = "".join(str(value).split()).upper().replace("−", "-")
        form = re.fullmatch(r"([-+]?)(\(?)(?:RP\.?|IDR\.?)?([-+]?)([0-9.,]+?)(?:,-)?(\)?)", text)
        if form is None or bool(form[2]) != bool(form[5]):
            return None
        signs = [*filter(None, (form[1], form[3])), *("-" if form[2] else "")]
        plain = _plain(form[4])
        if plain is None or len(signs) > 1:
            return None
        number = -Decimal(plain) if signs == ["-"] else Decimal(plain)
    if not number.is_finite() or abs(number) >= LARGEST:
        return None
    return number.quantize(CENT, ROUND_HALF_UP)


def _plain(digits: str) -> str | None:
    """Return a number without thousands separators and with a decimal point, or None."""
    if re.fullmatch(r"\d+(,\d{3})+(\.\d+)?", digits):
        return digits.replace(",", "")
    if re.fullmatch(r"\d+(\.\d{3})+(,\d+)?", digits):
        return digits.replace(".", "").replace(",", ".")
    if re.fullmatch(r"\d+([.,]\d+)?", digits):
        return digits.replace(",", ".")
    return None
