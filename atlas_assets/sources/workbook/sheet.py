"""Reads a sheet of a workbook into a `Grid`; knows fastexcel, not the business."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import TYPE_CHECKING

import fastexcel
import polars as pl

from atlas_assets.configuration.column_letters import column_letters, split_place
from atlas_assets.errors import SourceError
from atlas_assets.sources.grid import ROW, Grid
from atlas_assets.sources.workbook.archive import Archive, DamagedError, UninspectableError
from atlas_assets.sources.workbook.file import (
    SAVE_AGAIN,
    matching_sheet,
    open_workbook,
    reader_message,
)
from atlas_assets.sources.workbook.inspection import Inspection, XlsxInspection, inspected

if TYPE_CHECKING:
    from collections.abc import Mapping
    from concurrent.futures import Future
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
_WITH_DECIMALS = r"^-?\d+\.\d+$"
_KNOWN_ERRORS = set(_ERROR_TEXTS.values()) - {"#GETTING_DATA"}  # to the reader, in .xlsx


def read_grid(path: Path, wanted: str, configured_in: str) -> Grid:
    """Read a sheet of a workbook; `configured_in` is the file that names the sheet.

    Raises SourceError if the file is not a workbook or lacks the sheet, or the sheet is damaged.
    """
    reader = open_workbook(path)
    sheet = matching_sheet(path, wanted, reader.sheet_names, configured_in)
    warnings = [] if sheet == wanted else [f"the sheet is called {sheet!r}, not {wanted!r}"]
    # The reader releases the GIL, so the inspection takes no extra time.
    with ThreadPoolExecutor(max_workers=1) as pool:
        inspecting = pool.submit(_inspection, path, sheet)
        try:
            reader, loaded = _loaded(reader, path, sheet, inspecting)
            inspection = inspecting.result()
        except (fastexcel.FastExcelError, UninspectableError) as error:
            raise SourceError(
                f"{path.name}, sheet {sheet!r} cannot be read ({reader_message(error)}): the file "
                f"is damaged. {SAVE_AGAIN}"
            ) from error
    if isinstance(inspection, str):
        warnings.append(inspection)
        inspection = None
    if loaded.visible != "visible":
        warnings.append("the sheet is hidden; its rows are counted all the same")
    cells = _cells(reader, sheet, loaded, inspection)
    if inspection is None:
        return Grid(sheet, cells, warnings=warnings)
    return Grid(
        sheet,
        _with_errors(cells, inspection),
        inspection.merged,
        inspection.uncalculated,
        warnings,
        inspection.shown_otherwise,
        inspection.counts_from_1904,
    )


def _inspection(path: Path, sheet: str) -> Inspection | str:
    """Return the inspection of a sheet, or a warning that it could not be inspected."""
    try:
        return inspected(path, sheet)
    except (OSError, DamagedError):
        raise
    except Exception as error:  # noqa: BLE001  the XML of a damaged file can fail in any way
        return (
            f"the sheet could not be inspected ({error}): formulas that were never calculated, merged "
            "cells and numbers that show something else than they hold may be in it. Save the "
            "workbook as .xlsx"
        )


def _loaded(
    reader: fastexcel.ExcelReader,
    path: Path,
    sheet: str,
    inspecting: Future[Inspection | str],
) -> tuple[fastexcel.ExcelReader, fastexcel.ExcelSheet]:
    """Return the loaded sheet and its reader.

    The reader gives up a sheet with errors that it does not know, such as `#SPILL!`, or with a dimension
    that is none; then a copy without them is read.
    """
    try:
        return reader, _load(reader, sheet)
    except fastexcel.FastExcelError:
        inspection = inspecting.result()
        if not isinstance(inspection, XlsxInspection):
            raise
        unknown = set(inspection.xml.errors().values()) - _KNOWN_ERRORS
        part, xml = inspection.xml.part, inspection.xml.repaired(unknown)
        copy = fastexcel.read_excel(Archive(path.read_bytes()).replaced({part: xml}))
        return copy, _load(copy, sheet)


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


def _cells(
    reader: fastexcel.ExcelReader,
    sheet: str,
    loaded: fastexcel.ExcelSheet,
    inspection: Inspection | None,
) -> pl.DataFrame:
    if loaded.width == 0:
        return pl.DataFrame(schema={ROW: pl.Int64})
    letters = [column_letters(column.absolute_index) for column in loaded.available_columns()]
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
    for letter in _with_decimals(cells):
        numbers = (
            inspection.numbers(letter)
            if inspection
            else _numbers(reader, sheet, letters.index(letter), len(letters))
        )
        cells = _in_full(cells, letter, numbers)
    for letter, texts in places.items():
        cells = _replaced(cells, letter, texts)
    return cells


def _error_text(detail: str) -> str:
    kind = re.search(r"Error\((\w+)\)", detail)
    return _ERROR_TEXTS.get(kind[1], "#ERROR!") if kind else "#ERROR!"


def _ending_with(cells: pl.DataFrame, text: str) -> list[str]:
    """Return the columns in which some cell ends with a text; the others can be skipped."""
    return _where(cells, pl.col(cells.columns[1:]).str.ends_with(text))


def _with_decimals(cells: pl.DataFrame) -> list[str]:
    """Return the columns with numbers that text may not give in full, or not clearly as numbers."""
    cell = pl.col(cells.columns[1:])
    with_points = _where(cells, (cell.str.slice(-10, 1) == ".") | (cell.str.slice(-4, 1) == "."))
    return _where(cells, pl.col(with_points).str.contains(_WITH_DECIMALS)) if with_points else []


def _where(cells: pl.DataFrame, condition: pl.Expr) -> list[str]:
    return [column.name for column in cells.select(condition.any()) if column.item()]


def _without_midnight(letter: str) -> pl.Expr:
    """Remove from dates the midnight time that the reader adds."""
    cell = pl.col(letter)
    midnight = cell.str.contains(r"^\d{4}-\d{2}-\d{2} 00:00:00$")
    return pl.when(midnight).then(cell.str.head(10)).otherwise(cell).alias(letter)


def _numbers(
    reader: fastexcel.ExcelReader, sheet: str, position: int, width: int
) -> dict[int, float]:
    """Return the numbers of a column by row: read as integers, decimal text is null."""
    text: fastexcel.DTypeMap = dict.fromkeys(range(width), "string")
    is_number, _ = _load(reader, sheet, {**text, position: "int"}).to_arrow_with_errors()
    values, _ = _load(reader, sheet, {**text, position: "float"}).to_arrow_with_errors()
    pairs = zip(is_number.columns[position], values.columns[position], strict=True)
    return {row: value.as_py() for row, (whole, value) in enumerate(pairs, 1) if whole.is_valid}


def _in_full(
    cells: pl.DataFrame, letter: str, numbers: Mapping[int, float | Decimal]
) -> pl.DataFrame:
    """Write a column's numbers with decimals, given by row, with all of their digits."""
    cell = pl.col(letter)
    decimals = cells.filter(cell.str.contains(_WITH_DECIMALS)).select(ROW).to_series()
    texts = {row: _digits(numbers[row]) for row in decimals if row in numbers}
    return _replaced(cells, letter, texts) if texts else cells


def _digits(number: float | Decimal) -> str:
    """Return the shortest form of a number; with four decimals instead of three (see `Grid`)."""
    text = f"{Decimal(repr(float(number))):f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"{text}0" if text.rpartition(".")[0] and len(text.rpartition(".")[2]) == 3 else text


def _with_errors(cells: pl.DataFrame, inspection: Inspection) -> pl.DataFrame:
    """Put an error text where a formula failed or has no value."""
    places: dict[str, dict[int, str]] = {}
    failed = {**dict.fromkeys(inspection.uncalculated, UNCALCULATED), **inspection.errors}
    for place, text in failed.items():
        letters, row = split_place(place)
        places.setdefault(letters, {})[row] = text
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
