"""The control sums of a transaction sheet: its amounts read once more, by another reader and other code.

What the adapter made of the sheet has to come to the same rupiah (`marts.reconciliation`).
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
LARGEST = Decimal(10) ** 16  # what DECIMAL(18, 2) holds


def control_sums(path: Path, manifest: SheetManifest, total_labels: list[str]) -> ControlSums:
    """Add up the amounts of a sheet whose columns stand as the manifest says."""
    letters = {column.name: column.letter for column in manifest.columns}
    with _rows_of(path) as rows_of:
        rows = islice(rows_of(manifest.source_sheet), manifest.header_rows[-1], None)
        return _sums(rows, letters.get("row_number"), letters["amount"], tuple(total_labels))


@contextmanager
def _rows_of(path: Path) -> Generator[Callable[[str], Iterable[Sequence[object]]]]:
    """Give a function from a sheet's name to its rows, from row 1 on.

    Formats that openpyxl does not know are read by the adapter's parser, but with its own types. The
    content decides the format, not the file's name.
    """
    try:
        workbook = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, BadZipFile, KeyError, OSError):  # of other content, in its words
        workbook = None
    if workbook is None or not workbook.sheetnames:
        with path.open("rb") as file, python_calamine.load_workbook(file) as other:
            yield lambda sheet: other.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
        return
    try:
        yield lambda sheet: workbook[sheet].iter_rows(values_only=True)
    finally:
        workbook.close()


def _sums(
    rows: Iterable[Sequence[object]], number: str | None, amount: str, total_labels: tuple[str, ...]
) -> ControlSums:
    """Add up the amounts that can be read; the last total row is what the sheet itself states."""
    number_at = _position(number) if number else None
    amount_at = _position(amount)
    total, stated = Decimal(0), None
    for row in rows:
        read = _amount(_at(row, amount_at))
        if re.match(r"\s*\d", str(_at(row, number_at))) or not _is_total(row, total_labels):
            total += read or 0
        elif read is not None:
            stated = read
    return ControlSums(total, stated)


def _is_total(row: Sequence[object], labels: tuple[str, ...]) -> bool:
    """Whether the first text is a label: alone, or with words of its own and no other text."""
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
    """Return the cell at a position; None beyond the last one that the reader gives."""
    return row[position] if position is not None and position < len(row) else None


def _position(letter: str) -> int:
    """Return the position of a column: A = 0."""
    return column_index_from_string(letter) - 1


def _amount(value: object) -> Decimal | None:
    """Return the rupiah in a cell, to the cent; None where nothing readable stands in it."""
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
    """Return a number as computers write it: thousands marks dropped, a point for decimals."""
    if re.fullmatch(r"\d+(,\d{3})+(\.\d+)?", digits):
        return digits.replace(",", "")
    if re.fullmatch(r"\d+(\.\d{3})+(,\d+)?", digits):
        return digits.replace(".", "").replace(",", ".")
    if re.fullmatch(r"\d+([.,]\d+)?", digits):
        return digits.replace(",", ".")
    return None
