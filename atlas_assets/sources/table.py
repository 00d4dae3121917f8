"""Reads a configured table from a grid: locates it, names its columns and keeps its records."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from string import ascii_uppercase
from typing import TYPE_CHECKING

import polars as pl

from atlas_assets.errors import SourceError
from atlas_assets.sources.adapter import SheetManifest
from atlas_assets.sources.grid import ROW, visible
from atlas_assets.sources.headers import find_header
from atlas_assets.sources.rows import not_data

if TYPE_CHECKING:
    from atlas_assets.configuration.workbook_year import SheetTable
    from atlas_assets.sources.grid import Grid
    from atlas_assets.sources.headers import Header

HASHED_AT_ONCE = 50_000  # rows
PLACES_NAMED = 5


@dataclass(frozen=True)
class TablePlace:
    """Where the table of a month (1 to 12) is; `configured_in` is the file that says so."""

    file: str
    sheet: str
    layout: SheetTable
    month: int
    configured_in: str


def read_table(
    grid: Grid, place: TablePlace, *, adapter: str, total_labels: list[str]
) -> tuple[pl.DataFrame, SheetManifest]:
    """Return the records of a table, and the manifest of how it was read.

    The records have the columns by name, and `source_row`. `total_labels` are the words that begin a
    total row. Raises SourceError, with file, sheet and remedy, if the header is not as configured.
    """
    where = f"{place.file}, sheet {grid.sheet!r}"
    grid = replace(grid, cells=visible(grid.cells))
    header = find_header(grid, place.layout, place.month, where, place.configured_in)
    cells, body = _body(grid, header, place.layout)
    try:
        excluded = not_data(body, header.columns, total_labels)
    except SourceError as error:
        raise SourceError(f"{where}: {error}") from error
    records = _without(body, [(rows.first_row, rows.last_row) for rows in excluded])
    return records, SheetManifest(
        adapter=adapter,
        source_file=place.file,
        source_sheet=grid.sheet,
        source_hash=_hash(cells),
        layout_hash=_hash_of_text(place.layout.model_dump_json(), *total_labels),
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
    )


def _body(grid: Grid, header: Header, layout: SheetTable) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the grid with its columns by name: all of its rows, and those below the header."""
    names = {column.letter: column.name for column in header.columns}
    cells = grid.cells.select(ROW, *names).rename(names)
    first_row = header.rows[-1] + layout.first_data_row - layout.header_rows[-1]
    return cells, cells.slice(first_row - 1)  # a grid has every row from row 1 on


def _without(body: pl.DataFrame, ranges: list[tuple[int, int]]) -> pl.DataFrame:
    if not ranges:
        return body
    excluded = pl.lit(False)
    for first, last in ranges:
        excluded = excluded | pl.col(ROW).is_between(first, last)
    return body.filter(~excluded)


def _hash(cells: pl.DataFrame) -> str:
    """Hash the cells in parallel pieces: neither Polars nor hashlib holds the GIL."""
    with ThreadPoolExecutor() as pool:
        pieces = list(pool.map(_hash_of_piece, cells.iter_slices(HASHED_AT_ONCE)))
    return _hash_of_text(*cells.columns, *pieces)


def _hash_of_piece(piece: pl.DataFrame) -> str:
    return _hash_of_text(piece.write_csv(include_header=False))


def _hash_of_text(*texts: str) -> str:
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
