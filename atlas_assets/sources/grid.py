"""One sheet as text in spreadsheet coordinates, before a table is located in it.

To support another file format, read it into a `Grid`; everything after that is shared.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

ROW = "source_row"


@dataclass(frozen=True)
class Grid:
    """The non-empty columns of a sheet by letter, with the 1-based row number as `source_row`.

    Dates are in ISO format. Whole numbers have no decimals; other numbers are in their shortest exact
    form, but with four decimals instead of three, which in text would look like a thousands group.
    Cells with errors hold the error text (`#REF!`), formulas that were never calculated
    `#UNCALCULATED!`, and blank cells are null. `merged` and `uncalculated` are cell references such as
    `D9:D10` and `O9`.
    """

    sheet: str
    cells: pl.DataFrame
    merged: list[str] = field(default_factory=list)
    uncalculated: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
