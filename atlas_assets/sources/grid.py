"""One sheet as text in spreadsheet coordinates, before a table is located in it.

To support another file format, read it into a `Grid`; everything after that is shared.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import polars as pl

from atlas_assets.configuration.visible_text import ESCAPE, visible_text

ROW = "source_row"
ShownOtherwise = Callable[[str], dict[int, tuple[str, str]]]
_MAY_CHANGE = rf"^ | $|  |[^ -~]|{ESCAPE}"


class RowEnd(NamedTuple):
    """The line of a text file in which a row begins, and how many cells the row has up to its last filled one."""

    line: int
    width: int


@dataclass(frozen=True)
class Grid:
    """The non-empty columns of a sheet by letter, with the 1-based row number as `source_row`.

    Dates are in ISO format. Whole numbers have no decimals; other numbers are in their shortest exact
    form, but with four decimals instead of three, which in text would look like a thousands group.
    Cells with errors hold the error text (`#REF!`), formulas that were never calculated
    `#UNCALCULATED!`, and blank cells are null. `merged` and `uncalculated` are cell references such as
    `D9:D10` and `O9`. `shown_otherwise` returns, by row, which numbers of a column do not look like
    what they hold: the text that is meant if they identify something, such as a receipt, and the
    other one. If `counts_from_1904`, bare numbers that stand for dates are days since 1904, not 1900.
    `row_ends` are those of a text file, in which a cell beyond the header means that a text was divided.
    """

    sheet: str
    cells: pl.DataFrame
    merged: list[str] = field(default_factory=list)
    uncalculated: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    shown_otherwise: ShownOtherwise = field(default=lambda _letter: {})
    counts_from_1904: bool = False
    row_ends: list[RowEnd] = field(default_factory=list)


def visible(cells: pl.DataFrame) -> pl.DataFrame:
    """Return cells as one sees them (`visible_text`); those where nothing is to be seen are null."""
    may_change = pl.exclude(ROW).str.contains(_MAY_CHANGE)
    affected = [column.name for column in cells.select(may_change.any()) if column.item()]
    return cells.with_columns(_visible(cells[name]) for name in affected)


def _visible(column: pl.Series) -> pl.Series:
    texts = column.filter(column.str.contains(_MAY_CHANGE)).unique()
    seen = pl.Series([visible_text(text) or None for text in texts], dtype=pl.String)
    return column.replace(texts, seen)
