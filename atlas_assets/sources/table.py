"""Reads a configured table from a grid: locates it, names its columns and keeps its records."""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from string import ascii_uppercase
from typing import TYPE_CHECKING

import polars as pl

from atlas_assets.configuration.tables import DATE_COLUMNS, IDENTIFYING_COLUMNS
from atlas_assets.errors import SourceError
from atlas_assets.sources.adapter import SheetManifest
from atlas_assets.sources.grid import ROW, RowEnd, visible
from atlas_assets.sources.headers import find_header
from atlas_assets.sources.raw_store import NOT_AS_SHOWN
from atlas_assets.sources.rows import not_data

if TYPE_CHECKING:
    from atlas_assets.configuration.sheet_words import SheetWords
    from atlas_assets.configuration.workbook_year import SheetTable, TextFormat
    from atlas_assets.periods.calendar import Month
    from atlas_assets.sources.adapter import NotData
    from atlas_assets.sources.grid import Grid
    from atlas_assets.sources.headers import Header

HASHED_AT_ONCE = 50_000  # rows
PLACES_NAMED = 5
MONTH = "{month}"  # in a value of every row
DAYS_TO_1904 = 1462  # from the day 0 of 1900


@dataclass(frozen=True)
class TablePlace:
    """Where the table of a month is; `configured_in` is the file that says so, `text_format` for CSV files."""

    file: str
    sheet: str
    layout: SheetTable
    month: Month
    configured_in: str
    text_format: TextFormat


def read_table(
    grid: Grid, place: TablePlace, *, adapter: str, words: SheetWords
) -> tuple[pl.DataFrame, SheetManifest]:
    """Return the records of a table, and the manifest of how it was read.

    The records have the columns by name, and `source_row`. Raises SourceError, with file, sheet and
    remedy, if the header is not as configured.
    """
    where = f"{place.file}, sheet {grid.sheet!r}"
    grid = replace(grid, cells=visible(grid.cells))
    header = find_header(grid, place.layout, place.month.number, where, place.configured_in)
    cells = _identified(_named_cells(grid, header), grid, header)
    first_row = header.rows[-1] + place.layout.first_data_row - place.layout.header_rows[-1]
    _refuse_divided(grid.row_ends, header, first_row, place.file)
    body = cells.slice(first_row - 1)  # a grid has every row from row 1 on
    excluded = not_data(body, header.columns, words, where)
    records = with_values(_without(body, excluded), place.layout.values, place.month)
    return records, SheetManifest(
        adapter=adapter,
        source_file=place.file,
        source_sheet=grid.sheet,
        source_hash=hash_of_cells(cells),
        layout_hash=hash_of_texts(
            place.layout.model_dump_json(), *words.total_labels, *words.currency
        ),
        header_rows=header.rows,
        columns=header.columns,
        rows_read=body.height,
        rows_kept=records.height,
        not_data=excluded,
        warnings=[
            *grid.warnings,
            *header.warnings,
            *_merged(grid.merged, header, records),
            *_uncalculated(grid.uncalculated, header, records),
        ],
        first_data_row=first_row,
    )


def _refuse_divided(ends: list[RowEnd], header: Header, first_row: int, file: str) -> None:
    """Raise SourceError for a row of a text file with cells beyond the header: a separator divided a text."""
    if not ends:
        return
    width = max(ends[row - 1].width for row in header.rows)
    for end in ends[first_row - 1 :]:
        if end.width > width:
            raise SourceError(
                f"{file}, line {end.line}: the row has {end.width} cells, and the header {width}. A separator "
                "in a text divides it: put the text into quotes."
            )


def _named_cells(grid: Grid, header: Header) -> pl.DataFrame:
    """Return the grid with its columns by name, and dates as days since 1900 if they are numbers."""
    names = {column.letter: column.name for column in header.columns}
    cells = grid.cells.select(ROW, *names).rename(names)
    if not grid.counts_from_1904:
        return cells
    return cells.with_columns(_since_1900(name) for name in cells.columns if name in DATE_COLUMNS)


def _since_1900(name: str) -> pl.Expr:
    cell = pl.col(name)
    days = (cell.cast(pl.Float64, strict=False).floor() + DAYS_TO_1904).cast(pl.Int64)
    is_number = cell.str.contains(r"^\d{1,5}(\.\d+)?$")
    return pl.when(is_number).then(days.cast(pl.String)).otherwise(cell).alias(name)


def _identified(cells: pl.DataFrame, grid: Grid, header: Header) -> pl.DataFrame:
    """Return the cells with the numbers that identify as they are meant (`Grid.shown_otherwise`).

    The column `not_as_shown` says what else such cells hold or show.
    """
    others: dict[int, dict[str, str]] = {}
    for column in header.columns:
        if column.name not in IDENTIFYING_COLUMNS:
            continue
        meant = grid.shown_otherwise(column.letter)
        for row, (_, other) in meant.items():
            others.setdefault(row, {})[column.name] = other
        if meant:
            texts = {row: text for row, (text, _) in meant.items()}
            cells = cells.with_columns(
                pl.col(ROW)
                .replace_strict(texts, default=pl.col(column.name), return_dtype=pl.String)
                .alias(column.name)
            )
    if not others:
        return cells
    return cells.with_columns(
        pl.col(ROW)
        .replace_strict(
            {row: json.dumps(names) for row, names in others.items()},
            default=None,
            return_dtype=pl.String,
        )
        .alias(NOT_AS_SHOWN)
    )


def _without(body: pl.DataFrame, ranges: list[NotData]) -> pl.DataFrame:
    if not ranges:
        return body
    excluded = pl.lit(False)
    for rows in ranges:
        excluded = excluded | pl.col(ROW).is_between(rows.first_row, rows.last_row)
    return body.filter(~excluded)


def with_values(records: pl.DataFrame, values: dict[str, str], month: Month) -> pl.DataFrame:
    """Return the records of a month with columns that are the same in all of them."""
    return records.with_columns(
        pl.lit(value.replace(MONTH, str(month.first_day))).alias(column)
        for column, value in values.items()
    )


def hash_of_cells(cells: pl.DataFrame) -> str:
    """Hash the cells in parallel pieces: neither Polars nor hashlib holds the GIL."""
    with ThreadPoolExecutor() as pool:
        pieces = list(pool.map(_hash_of_piece, cells.iter_slices(HASHED_AT_ONCE)))
    return hash_of_texts(*cells.columns, *pieces)


def _hash_of_piece(piece: pl.DataFrame) -> str:
    return hash_of_texts(piece.write_csv(include_header=False))


def hash_of_texts(*texts: str) -> str:
    """Return the hash of texts."""
    return hashlib.sha256("".join(texts).encode()).hexdigest()


def _merged(places: list[str], header: Header, records: pl.DataFrame) -> list[str]:
    """Return a warning about merged cells among the data, of which only the first has the value."""
    among = _among_records(places, header, records)
    warning = (
        f"merged cells among the data: {_named(among)}. Only the first cell of each holds its "
        "value, the others are empty; unmerge them and fill in every row"
    )
    return [warning] if among else []


def _uncalculated(places: list[str], header: Header, records: pl.DataFrame) -> list[str]:
    among = _among_records(places, header, records)
    warning = (
        f"formulas that were never calculated: {_named(among)}. Open the workbook in the office "
        "program, which calculates them, and save it"
    )
    return [warning] if among else []


def _among_records(places: list[str], header: Header, records: pl.DataFrame) -> list[str]:
    """Return the places, such as `O9` or `D9:D10`, whose first cell belongs to a record."""
    if not places:
        return []
    columns = {column.letter for column in header.columns}
    rows = set(records[ROW])
    return [
        place
        for place in places
        if place.split(":")[0].rstrip("0123456789") in columns
        and int(place.split(":")[0].lstrip(ascii_uppercase)) in rows
    ]


def _named(places: list[str]) -> str:
    more = len(places) - PLACES_NAMED
    return ", ".join(places[:PLACES_NAMED]) + (f" and {more} more" if more > 0 else "")
