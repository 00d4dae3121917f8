"""The control sums of a transactions sheet: its amounts, read again by another reader and other code.

What the adapter read has to amount to the same sum in rupiah (`marts.reconciliation`).
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from decimal import ROUND_HALF_UP, Decimal
from itertools import islice
from typing import TYPE_CHECKING
from zipfile import BadZipFile

import openpyxl
import python_calamine
from openpyxl.utils import column_index_from_string
from openpyxl.utils.exceptions import InvalidFileException

from atlas_assets.sources.adapter import ControlSums

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Sequence
    from pathlib import Path

    from atlas_assets.sources.adapter import SheetManifest

CENT = Decimal("0.01")
LARGEST = Decimal(10) ** 16  # the exclusive limit of DECIMAL(18, 2)


def control_sums(path: Path, manifest: SheetManifest, total_labels: list[str]) -> ControlSums:
    """Add up the amounts of a sheet whose columns are where the manifest says."""
    letters = {column.name: column.letter for column in manifest.columns}
    with _rows_of(path) as rows_of:
        rows = islice(rows_of(manifest.source_sheet), manifest.header_rows[-1], None)
        return _sums(rows, letters.get("row_number"), letters["amount"], tuple(total_labels))


@contextmanager
def _rows_of(path: Path) -> Generator[Callable[[str], Iterable[Sequence[object]]]]:
    """Yield a function that returns the rows of a sheet, given its name, from row 1 on.

    Formats that openpyxl does not support are read by the adapter's parser, but as native types. The
    content decides the format, not the file's name.
    """
    try:
        workbook = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, BadZipFile, KeyError, OSError):  # of other formats
        workbook = None
    if workbook is None or not workbook.sheetnames:
        with path.open("rb") as file, python_calamine.load_workbook(file) as calamine:
            yield lambda sheet: calamine.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
        return
    try:
        yield lambda sheet: workbook[sheet].iter_rows(values_only=True)
    finally:
        workbook.close()


def _sums(
    rows: Iterable[Sequence[object]], number: str | None, amount: str, total_labels: tuple[str, ...]
) -> ControlSums:
    """Add up the readable amounts; the last total row is the total that the sheet itself states."""
    number_at = _position(number) if number else None
    amount_at = _position(amount)
    total, stated = Decimal(0), None
    for row in rows:
        value = _amount(_at(row, amount_at))
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


def _position(letter: str) -> int:
    """Return the 0-based position of a column: A is 0."""
    return column_index_from_string(letter) - 1


def _amount(value: object) -> Decimal | None:
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
