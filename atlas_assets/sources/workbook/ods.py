"""The cells of an .ods sheet as its XML has them, independent of the reader that loads the sheet."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from defusedxml import ElementTree

from atlas_assets.configuration.column_letters import column_letters
from atlas_assets.sources.workbook.archive import ODS_CONTENT, UninspectableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from atlas_assets.sources.workbook.archive import Archive

MOST_REPEATED = 10_000  # rows or columns with the same content; more is decoration
_ERROR = re.compile(r"#[^\s]*[!?]|#N/A|#NV|Err:\d+")


@dataclass(frozen=True)
class OdsCell:
    """A filled cell: column letter, 1-based row, what it holds, what it shows, and its nature."""

    column: str
    row: int
    value: str | Decimal | None
    shown: str
    is_error: bool
    is_uncalculated: bool
    spans: bool

    @property
    def place(self) -> str:
        """The cell's reference, such as `O9`."""
        return f"{self.column}{self.row}"


def ods_cells(archive: Archive, sheet: str) -> list[OdsCell]:
    """Return the filled cells of a sheet by rows. Raises UninspectableError."""
    try:
        for _, element in ElementTree.iterparse(io.BytesIO(archive.read(ODS_CONTENT))):
            if _local(element) == "table":
                if _attribute(element, "name") == sheet:
                    return list(_cells(element))
                element.clear()
    except (ElementTree.ParseError, ValueError) as error:
        raise UninspectableError(f"its content is no XML ({error})") from error
    raise UninspectableError(f"its sheet {sheet!r} is missing")


def _cells(table: Element) -> Iterator[OdsCell]:
    row = 1
    for line in table.iter():
        if _local(line) != "table-row":
            continue
        repeated = int(_attribute(line, "number-rows-repeated") or 1)
        filled = list(_filled(line))
        for number in range(row, row + min(repeated, MOST_REPEATED)) if filled else ():
            for column, cell in filled:
                yield _cell(cell, column_letters(column), number)
        row += repeated


def _filled(line: Element) -> Iterator[tuple[int, Element]]:
    column = 0
    for cell in line:
        if _local(cell) not in {"table-cell", "covered-table-cell"}:
            continue
        repeated = int(_attribute(cell, "number-columns-repeated") or 1)
        is_filled = any(
            _attribute(cell, name) is not None for name in ("value-type", "formula")
        ) or any(_local(child) == "p" for child in cell)
        for position in range(min(repeated, MOST_REPEATED)) if is_filled else ():
            yield column + position, cell
        column += repeated


def _cell(cell: Element, letter: str, row: int) -> OdsCell:
    kinds = {value for key, value in cell.items() if key.endswith("}value-type")}
    shown = "\n".join("".join(part.itertext()) for part in cell if _local(part) == "p")
    formula = _attribute(cell, "formula") is not None
    is_error = "error" in kinds or (formula and _ERROR.fullmatch(shown.strip()) is not None)
    return OdsCell(
        column=letter,
        row=row,
        value=None if is_error else _value(cell, kinds, shown),
        shown=shown,
        is_error=is_error,
        is_uncalculated=formula and not kinds and not shown,
        spans=any(
            int(_attribute(cell, f"number-{what}-spanned") or 1) > 1 for what in ("columns", "rows")
        ),
    )


def _value(cell: Element, kinds: set[str], shown: str) -> str | Decimal | None:
    """Return the text or number of a cell; None for dates and whatever else is no amount."""
    if kinds & {"float", "currency", "percentage"}:
        try:
            return Decimal(_attribute(cell, "value") or "")
        except InvalidOperation:
            return None
    return shown if not kinds or "string" in kinds else None


def _attribute(element: Element, name: str) -> str | None:
    return next((value for key, value in element.items() if key.endswith(f"}}{name}")), None)


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]
