"""One sheet as text in spreadsheet coordinates: what a file is read into before a table is found in it.

Another kind of file is another way to a `Grid`; everything after that is the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

ROW = "source_row"


@dataclass(frozen=True)
class Grid:
    """All filled columns of a sheet by letter, each with `source_row` as shown on screen.

    Dates are ISO, whole numbers have no decimals, other numbers are in their shortest exact form
    (with four decimals instead of three, which as a text would be thousands). Cells with errors
    hold the error's text (`#REF!`), formulas that were never calculated `#UNCALCULATED!`, blank
    cells are null. `merged` and `uncalculated` are places such as `D9:D10` and `O9`.
    """

    sheet: str
    cells: pl.DataFrame
    merged: list[str] = field(default_factory=list)
    uncalculated: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
