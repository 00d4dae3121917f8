"""What the reader does not report of a sheet: found by a second look into its XML, where there is any."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from atlas_assets.configuration.column_letters import column_position
from atlas_assets.sources.workbook.archive import (
    ODS_CONTENT,
    WORKBOOK,
    Archive,
    NoXmlError,
)
from atlas_assets.sources.workbook.number_format import is_scientific, shown_instead
from atlas_assets.sources.workbook.ods import OdsCell, ods_cells
from atlas_assets.sources.workbook.sheet_xml import SheetXml, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from atlas_assets.sources.label_pattern import LabelPattern

LARGEST_KEPT = 2**27  # bytes of XML that are kept until another sheet is asked for
FARTHEST_COLUMN, FARTHEST_ROW = 200, 200_000  # where a table certainly ends
_ERROR = re.compile(r"#(N/A|GETTING_DATA|[A-Z][A-Z0-9/_]*[!?])|Err:\d+")


class Inspection(Protocol):
    """The cells of a sheet as its file has them. Places are cell references such as `O9`."""

    merged: list[str]
    uncalculated: list[str]
    errors: dict[str, str]
    counts_from_1904: bool

    def values(self, letter: str, first_row: int = 1) -> Iterator[tuple[int, Value]]:
        """Yield row and value of the filled cells of a column, from top to bottom."""
        ...

    def numbers(self, letter: str) -> dict[int, Decimal]:
        """Return the numbers of a column, dates apart, by row."""
        ...

    def row(self, place: str) -> dict[str, Value]:
        """Return the filled cells of the row of a cell, by column letter from left to right."""
        ...

    def rows_with(self, labels: LabelPattern, form: Callable[[str], str]) -> set[int]:
        """Return rows with a text that in a form begins or ends with a label; there may be too many."""
        ...

    def shown_otherwise(self, letter: str) -> dict[int, tuple[str, str]]:
        """Return numbers of a column that do not look like what they hold, by row (see `Grid`)."""
        ...


_LAST: dict[tuple[Path, str, int, int], Inspection] = {}


def inspected(path: Path, sheet: str) -> Inspection:
    """Return the cells of a sheet; an unchanged sheet that is asked for twice is looked into once.

    Raises NoXmlError for a format that cannot be looked into, UninspectableError for an odd archive.
    """
    stat = path.stat()
    key = (path, sheet, stat.st_mtime_ns, stat.st_size)
    if key in _LAST:
        return _LAST[key]
    _LAST.clear()
    archive = _archive(path, stat.st_mtime_ns, stat.st_size)
    if WORKBOOK in archive:
        xml = SheetXml(archive, sheet)
        found: Inspection = XlsxInspection(xml, counts_from_1904=archive.counts_from_1904)
        if len(xml.xml) <= LARGEST_KEPT:
            _LAST[key] = found
        return found
    if ODS_CONTENT in archive:
        _LAST[key] = OdsInspection(ods_cells(archive, sheet))
        return _LAST[key]
    raise NoXmlError("it is no XML")


@lru_cache(maxsize=2)  # a month's tables are in two workbooks
def _archive(path: Path, _modified: int, _size: int) -> Archive:
    """Return an archive, kept for further sheets of the same workbook."""
    return Archive(path.read_bytes())


def error_text(text: str) -> str:
    """Return an error's text, marked as an error if nothing else tells that it is one."""
    return text if _ERROR.fullmatch(text) else f"#ERROR! {text}".strip()


def farthest_cell(path: Path, sheet: str) -> tuple[str, int] | None:
    """Return the rightmost filled column and the last filled row of a sheet, or None.

    Looks at pieces of the XML only, because a sheet that is asked for this may be huge.
    """
    cell = re.compile(rb'<(?:\w+:)?c [^>]*?\br="([A-Z]+)(\d+)"[^>]*[^/]>')
    last_row, last_column = 0, b""
    archive = Archive(path.read_bytes())
    for piece in archive.pieces(archive.sheet_part(sheet)):
        for column, row in cell.findall(piece):
            last_row = max(last_row, int(row))
            last_column = max(last_column, column, key=lambda name: (len(name), name))
    return (last_column.decode(), last_row) if last_row else None


def is_far_outside(column: str, row: int) -> bool:
    """Return whether a cell is farther away than any table of a workbook reaches."""
    return column_position(column) >= FARTHEST_COLUMN or row > FARTHEST_ROW


class XlsxInspection:
    """The cells of an .xlsx sheet."""

    def __init__(self, xml: SheetXml, *, counts_from_1904: bool) -> None:
        self.xml, self.counts_from_1904 = xml, counts_from_1904
        self.merged = xml.merged()
        self.uncalculated = xml.uncalculated()
        self.errors = {place: error_text(text) for place, text in xml.errors().items()}

    def values(self, letter: str, first_row: int = 1) -> Iterator[tuple[int, Value]]:
        """Yield row and value of the filled cells of a column, from top to bottom."""
        return self.xml.values(letter, first_row)

    def numbers(self, letter: str) -> dict[int, Decimal]:
        """Return the numbers of a column, dates apart, by row."""
        return {row: Decimal(digits) for row, digits, _ in self.xml.numbers(letter)}

    def row(self, place: str) -> dict[str, Value]:
        """Return the filled cells of the row of a cell, by column letter."""
        return {cell.column: self.xml.value(cell) for cell in self.xml.row(place)}

    def rows_with(self, labels: LabelPattern, form: Callable[[str], str]) -> set[int]:
        """Return rows with a text that in a form begins or ends with a label."""
        return self.xml.rows_with(labels, form)

    def shown_otherwise(self, letter: str) -> dict[int, tuple[str, str]]:
        """Return numbers of a column that do not look like what they hold, by row."""
        return {
            row: _meant_and_other(shown, number)
            for row, number, code in self.xml.numbers(letter)
            if (shown := shown_instead(code, number))
        }


class OdsInspection:
    """The cells of an .ods sheet."""

    counts_from_1904 = False

    def __init__(self, cells: list[OdsCell]) -> None:
        self._cells = cells
        self.merged = [f"{cell.place}:{cell.place}" for cell in cells if cell.spans]
        self.uncalculated = [cell.place for cell in cells if cell.is_uncalculated]
        self.errors = {cell.place: error_text(cell.shown) for cell in cells if cell.is_error}

    def values(self, letter: str, first_row: int = 1) -> Iterator[tuple[int, Value]]:
        """Yield row and value of the filled cells of a column, from top to bottom."""
        for cell in self._cells:
            if cell.column == letter and cell.row >= first_row and cell.value is not None:
                yield cell.row, cell.value

    def numbers(self, letter: str) -> dict[int, Decimal]:
        """Return the numbers of a column, dates apart, by row."""
        return {row: value for row, value in self.values(letter) if isinstance(value, Decimal)}

    def row(self, place: str) -> dict[str, Value]:
        """Return the filled cells of the row of a cell, by column letter."""
        number = int(place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
        return {cell.column: cell.value for cell in self._cells if cell.row == number}

    def rows_with(self, labels: LabelPattern, form: Callable[[str], str]) -> set[int]:
        """Return rows with a text that in a form begins or ends with a label."""
        return {cell.row for cell in self._cells if labels.is_in(form(cell.shown))}

    def shown_otherwise(self, letter: str) -> dict[int, tuple[str, str]]:
        """Return numbers of a column that do not look like what they hold, by row."""
        return {
            cell.row: _meant_and_other(cell.shown, str(cell.value))
            for cell in self._cells
            if cell.column == letter and isinstance(cell.value, Decimal) and _differs(cell)
        }


def _differs(cell: OdsCell) -> bool:
    without_marks = re.sub(r"[.,\s]", "", cell.shown)
    return bool(cell.shown) and (
        is_scientific(cell.shown) or without_marks != _plain(str(cell.value))
    )


def _meant_and_other(shown: str, number: str) -> tuple[str, str]:
    """Return what is shown and what is held; the other way round if what is shown hides digits."""
    held = _plain(number)
    return (held, shown) if is_scientific(shown) else (shown, held)


def _plain(number: str) -> str:
    """Return a number without exponent and without decimals that are zero."""
    text = f"{Decimal(number):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
