"""Reads a sheet of a workbook into a `Grid`; knows fastexcel, not the business."""

from __future__ import annotations

import re
import zipfile
import zlib
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import fastexcel
import polars as pl
from xlsxwriter.utility import xl_cell_to_rowcol, xl_col_to_name

from atlas_assets.errors import SourceError
from atlas_assets.sources.grid import ROW, Grid
from atlas_assets.sources.workbook.file import (
    SAVE_AGAIN,
    matching_sheet,
    open_workbook,
    reader_message,
)
from atlas_assets.sources.workbook.inspection import inspect_sheet

if TYPE_CHECKING:
    from pathlib import Path

UNCALCULATED = "#UNCALCULATED!"

_ERROR_TEXTS = {
    "Div0": "#DIV/0!",
    "NA": "#N/A",
    "Name": "#NAME?",
    "Null": "#NULL!",
    "Num": "#NUM!",
    "Ref": "#REF!",
    "Value": "#VALUE!",
    "GettingData": "#GETTING_DATA",
}
# As text, `100.125` is a hundred thousand; as a number it is not. Only this form is ambiguous.
_NUMBER_OR_GROUPED_TEXT = r"^-?\d+\.\d{3}$"


def read_grid(path: Path, wanted: str, configured_in: str) -> Grid:
    """Read a sheet of a workbook; `configured_in` is the file that names the sheet.

    Raises SourceError if the file is not a workbook or lacks the sheet, or the sheet is damaged.
    """
    reader = open_workbook(path)
    sheet = matching_sheet(path, wanted, reader.sheet_names, configured_in)
    warnings = [] if sheet == wanted else [f"the sheet is called {sheet!r}, not {wanted!r}"]
    try:
        # The reader releases the GIL, so the inspection takes no extra time.
        with ThreadPoolExecutor(max_workers=1) as pool:
            inspecting = pool.submit(inspect_sheet, path, sheet)
            loaded = _load(reader, sheet)
            cells = _cells(reader, sheet, loaded)
            inspection = inspecting.result()
    except (fastexcel.FastExcelError, zipfile.BadZipFile, zlib.error) as error:
        raise SourceError(
            f"{path.name}, sheet {sheet!r} cannot be read ({reader_message(error)}): the file is "
            f"damaged. {SAVE_AGAIN}"
        ) from error
    if loaded.visible != "visible":
        warnings.append("the sheet is hidden; its rows are counted all the same")
    cells = _with_errors(cells, inspection.uncalculated)
    return Grid(sheet, cells, inspection.merged, inspection.uncalculated, warnings)


def _load(
    reader: fastexcel.ExcelReader,
    sheet: str,
    dtypes: fastexcel.DTypeMap | fastexcel.DType = "string",
) -> fastexcel.ExcelSheet:
    return reader.load_sheet(
        sheet,
        header_row=None,
        skip_rows=0,
        dtypes=dtypes,
        skip_whitespace_tail_rows=True,
        whitespace_as_null=True,
    )


def _cells(reader: fastexcel.ExcelReader, sheet: str, loaded: fastexcel.ExcelSheet) -> pl.DataFrame:
    if loaded.width == 0:
        return pl.DataFrame(schema={ROW: pl.Int64})
    letters = [xl_col_to_name(column.absolute_index) for column in loaded.available_columns()]
    batch, errors = loaded.to_arrow_with_errors()
    places: dict[str, dict[int, str]] = {}
    for error in errors.errors if errors else []:
        row, column = error.offset_position
        places.setdefault(letters[column], {})[row + 1] = _error_text(error.detail)
    grid = pl.DataFrame(pl.from_arrow(batch))
    grid.columns = letters
    empty = {column.name for column in grid if column.null_count() == grid.height}
    filled = [letter for letter in letters if letter not in empty or letter in places]
    rows = pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias(ROW)
    cells = grid.select(rows, *filled)
    cells = cells.with_columns(map(_without_midnight, _ending_with(cells, " 00:00:00")))
    cells = cells.with_columns(map(_without_noise, _with_decimals(cells, 9)))
    for letter in _with_decimals(cells, 3):
        is_number = _numbers(reader, sheet, letters.index(letter), len(letters))
        cells = _numbers_marked(cells, letter, is_number)
    for letter, texts in places.items():
        cells = _replaced(cells, letter, texts)
    return cells


def _error_text(detail: str) -> str:
    kind = re.search(r"Error\((\w+)\)", detail)
    return _ERROR_TEXTS.get(kind[1], "#ERROR!") if kind else "#ERROR!"


def _ending_with(cells: pl.DataFrame, text: str) -> list[str]:
    """Return the columns in which some cell ends with a text; the others can be skipped."""
    return _where(cells, pl.col(cells.columns[1:]).str.ends_with(text))


def _with_decimals(cells: pl.DataFrame, digits: int) -> list[str]:
    """Return the columns in which some cell has a point before its last `digits` characters."""
    return _where(cells, pl.col(cells.columns[1:]).str.slice(-digits - 1, 1) == ".")


def _where(cells: pl.DataFrame, condition: pl.Expr) -> list[str]:
    return [column.name for column in cells.select(condition.any()) if column.item()]


def _without_midnight(letter: str) -> pl.Expr:
    """Remove from dates the midnight time that the reader adds."""
    cell = pl.col(letter)
    midnight = cell.str.contains(r"^\d{4}-\d{2}-\d{2} 00:00:00$")
    return pl.when(midnight).then(cell.str.head(10)).otherwise(cell).alias(letter)


def _without_noise(letter: str) -> pl.Expr:
    """Write a number in its shortest form instead of with nine rounded decimals."""
    cell = pl.col(letter)
    noisy = cell.str.contains(r"^-?\d+\.\d{9}$")
    shortest = cell.cast(pl.Float64, strict=False).cast(pl.String)
    return pl.when(noisy).then(shortest).otherwise(cell).alias(letter)


def _numbers(reader: fastexcel.ExcelReader, sheet: str, position: int, width: int) -> pl.Series:
    """Return for each row whether its cell is a number: read as integer, decimal text is null."""
    text: fastexcel.DTypeMap = dict.fromkeys(range(width), "string")
    batch, _ = _load(reader, sheet, {**text, position: "int"}).to_arrow_with_errors()
    return pl.Series(batch.columns[position]).is_not_null()


def _numbers_marked(cells: pl.DataFrame, letter: str, is_number: pl.Series) -> pl.DataFrame:
    cell = pl.col(letter)
    marked = cell.str.contains(_NUMBER_OR_GROUPED_TEXT) & pl.lit(is_number)
    return cells.with_columns(pl.when(marked).then(cell + "0").otherwise(cell).alias(letter))


def _with_errors(cells: pl.DataFrame, uncalculated: list[str]) -> pl.DataFrame:
    """Put an error text where a formula has no value; `uncalculated` are cells such as `O9`."""
    places: dict[str, dict[int, str]] = {}
    for place in uncalculated:
        row, column = xl_cell_to_rowcol(place)
        places.setdefault(xl_col_to_name(column), {})[row + 1] = UNCALCULATED
    for letter, texts in places.items():
        cells = _replaced(cells, letter, texts)
    return cells


def _replaced(cells: pl.DataFrame, letter: str, texts: dict[int, str]) -> pl.DataFrame:
    """Put texts into a column, by row number; a missing column and missing rows are added."""
    if letter not in cells.columns:
        cells = cells.with_columns(pl.lit(None, pl.String).alias(letter))
        cells = cells.select(ROW, *sorted(cells.columns[1:], key=lambda name: (len(name), name)))
    if cells.height < max(texts):
        missing = pl.Series(ROW, range(cells.height + 1, max(texts) + 1), pl.Int64)
        cells = pl.concat([cells, missing.to_frame()], how="diagonal")
    return cells.with_columns(
        pl.col(ROW)
        .replace_strict(texts, default=pl.col(letter), return_dtype=pl.String)
        .alias(letter)
    )
