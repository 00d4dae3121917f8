"""One sheet as a grid of text in spreadsheet coordinates; knows fastexcel, not the business."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import polars as pl
from xlsxwriter.utility import xl_col_to_name

if TYPE_CHECKING:
    from fastexcel import ExcelReader

ROW = "source_row"

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


def read_grid(reader: ExcelReader, sheet: str) -> pl.DataFrame:
    """Return all cells of a sheet as text: one column per letter, `source_row` as shown on screen.

    Dates are ISO, whole numbers have no decimals, other numbers are in their shortest exact form,
    cells with errors hold the error's text (`#REF!`), blank cells are null.
    """
    loaded = reader.load_sheet(
        sheet, header_row=None, skip_rows=0, dtypes="string", skip_whitespace_tail_rows=True
    )
    if loaded.width == 0:
        return pl.DataFrame(schema={ROW: pl.Int64})
    letters = [xl_col_to_name(column.absolute_index) for column in loaded.available_columns()]
    batch, errors = loaded.to_arrow_with_errors()
    grid = pl.DataFrame(pl.from_arrow(batch))
    grid.columns = letters
    grid = grid.with_row_index(ROW, offset=1).with_columns(pl.col(ROW).cast(pl.Int64))
    texts: dict[str, dict[int, str]] = {}
    for error in errors.errors if errors else []:
        row, column = error.offset_position
        texts.setdefault(letters[column], {})[row + 1] = _error_text(error.detail)
    return grid.with_columns(
        pl.col(ROW)
        .replace_strict(texts[letter], default=_tidy(letter), return_dtype=pl.String)
        .alias(letter)
        if letter in texts
        else _tidy(letter)
        for letter in letters
    )


def _error_text(detail: str) -> str:
    kind = re.search(r"Error\((\w+)\)", detail)
    return _ERROR_TEXTS.get(kind[1], "#ERROR!") if kind else "#ERROR!"


def _tidy(letter: str) -> pl.Expr:
    """Drop midnight from dates, the reader's rounding noise from numbers, and blank text."""
    cell = pl.col(letter)
    midnight = cell.str.contains(r"^\d{4}-\d{2}-\d{2} 00:00:00$")
    noisy = cell.str.contains(r"^-?\d+\.\d{9,}$")
    blank = cell.str.strip_chars() == ""
    return (
        pl.when(midnight)
        .then(cell.str.head(10))
        .when(noisy)
        .then(cell.cast(pl.Float64, strict=False).cast(pl.String))
        .when(blank)
        .then(None)
        .otherwise(cell)
        .alias(letter)
    )


def normalized_header(text: str) -> str:
    """Return a header in the form in which headers are compared: `No.  Kwitansi` = `NO KWITANSI`."""
    folded = unicodedata.normalize("NFKC", text).upper().replace(".", " ")
    return " ".join(folded.split())


def headers(grid: pl.DataFrame, rows: list[int]) -> dict[str, tuple[str | None, str]]:
    """Return column letter → (group, header), both as written.

    Over several header rows the lowest filled cell is the header, and the top row's text, which a
    merged cell holds only on its left, is the group of the columns to its right.
    """
    found: dict[str, tuple[str | None, str]] = {}
    lines = [_line(grid, row) for row in rows]
    group: str | None = None
    for letter in grid.columns[1:]:
        cells = [line.get(letter) for line in lines]
        filled = [cell for cell in cells if cell]
        group = cells[0] or group
        if filled:
            found[letter] = (group if len(rows) > 1 else None, filled[-1])
    return found


def _line(grid: pl.DataFrame, row: int) -> dict[str, str | None]:
    selected = grid.filter(pl.col(ROW) == row).to_dicts()
    return selected[0] if selected else {}
