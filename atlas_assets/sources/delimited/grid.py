"""Reads a text file with separated cells into a `Grid`, as if a spreadsheet had opened it and changed nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from atlas_assets.configuration.column_letters import column_letters
from atlas_assets.sources.delimited.text import delimited_text
from atlas_assets.sources.grid import ROW, Grid, RowEnd
from atlas_assets.sources.workbook.sheet import UNCALCULATED

if TYPE_CHECKING:
    from pathlib import Path

    from atlas_assets.configuration.workbook_year import TextFormat
    from atlas_assets.sources.delimited.text import Record

_TEXT_FORMULA = re.compile(r'="((?:[^"]|"")*)"')  # by which programs keep zeros: ="0812"
_FORMULA = re.compile(r"=.+", re.DOTALL)
_DIGITS_LOST = re.compile(r"\d[.,]\d+E\+\d+", re.IGNORECASE)


def text_grid(path: Path, name: str, form: TextFormat) -> Grid:
    """Read a text file, whose `name` is for messages. Raises SourceError for what cannot be taken apart.

    Formulas have no value in a text file: they count as never calculated.
    """
    text = delimited_text(path.read_bytes(), name, encoding=form.encoding, separator=form.separator)
    width = max((len(record.cells) for record in text.records), default=0)
    letters = [column_letters(position) for position in range(width)]
    cells = {
        letter: [_cell(record, position) for record in text.records]
        for position, letter in enumerate(letters)
    }
    filled = {letter: column for letter, column in cells.items() if any(column)}
    frame = pl.DataFrame(
        {ROW: range(1, len(text.records) + 1), **filled},
        schema={ROW: pl.Int64, **dict.fromkeys(filled, pl.String)},
    )
    return Grid(
        sheet=path.stem,
        cells=frame,
        warnings=text.warnings,
        uncalculated=[
            f"{letter}{row}"
            for letter, column in filled.items()
            for row, cell in enumerate(column, 1)
            if cell == UNCALCULATED
        ],
        shown_otherwise=lambda letter: _lost(filled.get(letter, [])),
        row_ends=[RowEnd(record.line, _filled_width(record)) for record in text.records],
    )


def _cell(record: Record, position: int) -> str | None:
    """Return the text of a cell, or None if it is blank or missing."""
    if position >= len(record.cells) or not record.cells[position].strip():
        return None
    cell = record.cells[position]
    if match := _TEXT_FORMULA.fullmatch(cell):
        return match[1].replace('""', '"')
    return UNCALCULATED if _FORMULA.fullmatch(cell) else cell


def _filled_width(record: Record) -> int:
    """Return how many cells a record has, without blank ones at its end."""
    filled = (position for position, cell in enumerate(record.cells, 1) if cell.strip())
    return max(filled, default=0)


def _lost(column: list[str | None]) -> dict[int, tuple[str, str]]:
    """Return the cells whose digits were lost when the file was saved: `8,12E+10`."""
    return {
        row: (cell, "digits that were lost when the file was saved")
        for row, cell in enumerate(column, 1)
        if cell and _DIGITS_LOST.fullmatch(cell.strip())
    }
