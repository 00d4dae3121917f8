"""The adapter for the administrators' workbooks: from a configured sheet to a raw partition.

It names columns and tells records from decoration; values stay the cells' own text.
"""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from string import ascii_uppercase
from typing import TYPE_CHECKING

import polars as pl

from atlas_assets.configuration.workbook_year import folded_sheet
from atlas_assets.errors import SourceError, nearest
from atlas_assets.periods.calendar import Month
from atlas_assets.sources.adapter import RawPartition, SheetManifest
from atlas_assets.sources.headers import find_header
from atlas_assets.sources.rows import not_data
from atlas_assets.sources.workbook.control import control_sums
from atlas_assets.sources.workbook.file import lock_file, open_workbook
from atlas_assets.sources.workbook.inspection import farthest_cell, uses_1904_dates
from atlas_assets.sources.workbook.sheet import ROW, read_grid

if TYPE_CHECKING:
    from pathlib import Path

    from atlas_assets.configuration.configuration import Configuration
    from atlas_assets.configuration.tables import TableName
    from atlas_assets.configuration.workbook_year import SheetTable, WorkbookYear
    from atlas_assets.sources.headers import Header
    from atlas_assets.sources.workbook.control import ControlSums

HASHED_AT_ONCE = 50_000  # rows
PLACES_NAMED = 5


@dataclass(frozen=True)
class _Place:
    """Where a raw partition stands."""

    path: Path
    sheet: str
    layout: SheetTable
    configured_in: str


class WorkbookAdapter:
    """Reads the workbooks of one source folder as its yearly configuration says."""

    name = "workbook"

    def __init__(self, source_dir: Path, configuration: Configuration) -> None:
        self.source_dir = source_dir
        self.configuration = configuration

    def months(self, entity: str) -> list[Month]:
        """Return every configured month of the years that have at least one workbook here."""
        return [
            Month(year.year, number)
            for (code, _), year in sorted(self.configuration.years.items())
            if code == entity
            and any((self.source_dir / f).exists() for f in year.workbooks.values())
            for number in range(1, 13)
            if year.tables["transactions"].sheet_for(number)
        ]

    def read(self, table: TableName, entity: str, month: Month) -> RawPartition:
        """Read one table of one entity and month.

        Raises SourceError with file, sheet and what to do when the workbook, the sheet or a
        configured header is missing, or something in it cannot be read.
        """
        place = self._place(table, entity, month)
        if place is None:
            return RawPartition(table, entity, month, pl.DataFrame(schema={ROW: pl.Int64}), None)
        if not place.path.exists():
            near = nearest(place.path.name, (path.name for path in self.source_dir.glob("*.*")))
            raise SourceError(
                f"{place.path.name} is missing in {self.source_dir}.{near} Put the workbook there, "
                f"or correct its name under `workbooks` in {place.configured_in}."
            )
        grid = read_grid(place.path, place.sheet, place.configured_in)
        where = f"{place.path.name}, sheet {grid.sheet!r}"
        header = find_header(grid, place.layout, month.number, where, place.configured_in)
        names = {column.letter: column.name for column in header.columns}
        cells = grid.cells.select(ROW, *names).rename(names)
        first_row = header.rows[-1] + place.layout.first_data_row - place.layout.header_rows[-1]
        body = cells.slice(first_row - 1)  # a grid has every row from the first one on
        labels = self.configuration.registry.total_row_labels
        try:
            others = not_data(body, header.columns, labels)
        except SourceError as error:
            raise SourceError(f"{where}: {error}") from error
        records = _without(body, [(rows.first_row, rows.last_row) for rows in others])
        manifest = SheetManifest(
            source_file=place.path.name,
            source_sheet=grid.sheet,
            source_hash=_hash(cells),
            layout_hash=_hash_of_text(place.layout.model_dump_json(), *labels),
            header_rows=header.rows,
            columns=header.columns,
            rows_read=body.height,
            rows_kept=records.height,
            not_data=others,
            warnings=[
                *grid.warnings,
                *header.warnings,
                *_merged(grid.merged, header, records),
                *_uncalculated(grid.uncalculated, header, records),
            ],
        )
        return RawPartition(table, entity, month, records, manifest)

    def control(self, manifest: SheetManifest) -> ControlSums:
        """Read the amounts of a transaction sheet once more, by another reader."""
        labels = self.configuration.registry.total_row_labels
        return control_sums(self.source_dir / manifest.source_file, manifest, labels)

    def why_unreadable(self, table: TableName, entity: str, month: Month) -> str:
        """Return why a sheet took more memory or time than there is, for a person who can mend it."""
        place = self._place(table, entity, month)
        if place is None:
            return f"{table} of {entity} {month} is not configured."
        where = f"{place.path.name}, sheet {place.sheet!r}"
        farthest = None
        with suppress(Exception):  # a damaged file can fail in any way
            farthest = farthest_cell(place.path, place.sheet)
        reach = f" Its cells reach to {farthest}." if farthest else ""
        return (
            f"{where} cannot be read: it is damaged, or needs more memory or time than a sheet may "
            f"take.{reach} Delete what stands far outside of the table (whole columns and rows), or "
            "copy the table to a new sheet, and save the workbook."
        )

    def warnings(self, entity: str, year: int) -> list[str]:
        """Return sheets that nobody reads, workbooks that are open elsewhere, and odd calendars.

        A workbook that cannot be opened is left to `read`, which says why.
        """
        layout = self.configuration.years.get((entity, year))
        return [
            warning
            for key, name in (layout.workbooks.items() if layout else ())
            if (self.source_dir / name).exists()
            for warning in self._workbook_warnings(self.source_dir / name, layout, key)
        ]

    def _place(self, table: TableName, entity: str, month: Month) -> _Place | None:
        """Return where a partition stands; None where the year has no such table for the month."""
        year = self.configuration.years.get((entity, month.year))
        if year is None:
            raise SourceError(
                f"{entity} has no configuration for {month.year}. Add "
                f"{self.configuration.config_dir / f'{entity.lower()}-{month.year}.yaml'}."
            )
        layout = year.tables.get(table)
        sheet = layout.sheet_for(month.number) if layout else None
        if layout is None or sheet is None:
            return None
        path = self.source_dir / year.workbooks[layout.workbook]
        return _Place(path, sheet, layout, self.configuration.path_of(year).name)

    def _workbook_warnings(self, path: Path, layout: WorkbookYear | None, key: str) -> list[str]:
        warnings: list[str] = []
        if lock_file(path).exists():
            warnings.append(f"{path.name} is open in the office program; its saved state was read")
        try:
            sheets, is_1904 = open_workbook(path).sheet_names, uses_1904_dates(path)
        except Exception:  # noqa: BLE001  a damaged file can fail in any way; `read` says which
            return warnings
        if is_1904:
            warnings.append(
                f"{path.name} counts days from 1904: dates are right, but a bare number in a date "
                "column is read as days from 1900"
            )
        configured = {
            folded_sheet(sheet)
            for table in (layout.tables.values() if layout else ())
            if table.workbook == key
            for sheet in table.all_sheets
        }
        ignored = tuple(self.configuration.registry.ignored_sheets)
        warnings += [
            f"{path.name}: sheet {sheet!r} is not in the configuration and was not read"
            for sheet in sheets
            if folded_sheet(sheet) not in configured
            and not sheet.strip().upper().startswith(ignored)
        ]
        return warnings


def _without(body: pl.DataFrame, ranges: list[tuple[int, int]]) -> pl.DataFrame:
    if not ranges:
        return body
    excluded = pl.lit(False)
    for first, last in ranges:
        excluded = excluded | pl.col(ROW).is_between(first, last)
    return body.filter(~excluded)


def _hash(cells: pl.DataFrame) -> str:
    """Hash the cells in pieces, side by side: neither library holds Python's lock."""
    with ThreadPoolExecutor() as pool:
        pieces = list(pool.map(_hash_of_piece, cells.iter_slices(HASHED_AT_ONCE)))
    return _hash_of_text(*cells.columns, *pieces)


def _hash_of_piece(piece: pl.DataFrame) -> str:
    return _hash_of_text(piece.write_csv(include_header=False))


def _hash_of_text(*texts: str) -> str:
    return hashlib.sha256("".join(texts).encode()).hexdigest()


def _merged(places: list[str], header: Header, records: pl.DataFrame) -> list[str]:
    """Return a warning of merged cells among the data: only their first cell holds the value."""
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
    """Return the places, such as `O9` or `D9:D10`, that begin in a cell of a record."""
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
