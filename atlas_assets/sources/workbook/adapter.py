"""The adapter for the administrators' workbooks: reads a configured sheet into a raw partition."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from atlas_assets.configuration.header_text import normalized_header
from atlas_assets.configuration.workbook_year import TextFormat, folded_sheet
from atlas_assets.errors import SourceError, nearest
from atlas_assets.files import settled_state
from atlas_assets.sources.adapter import RawPartition
from atlas_assets.sources.control import control_reading
from atlas_assets.sources.delimited.control import text_cells
from atlas_assets.sources.delimited.files import is_delimited, sheet_file, sheet_files
from atlas_assets.sources.delimited.grid import text_grid
from atlas_assets.sources.grid import ROW
from atlas_assets.sources.table import TablePlace, read_table
from atlas_assets.sources.workbook.control import workbook_cells
from atlas_assets.sources.workbook.file import (
    SAVE_AGAIN,
    existing_file,
    is_open_elsewhere,
    is_there,
    not_opened,
    open_workbook,
)
from atlas_assets.sources.workbook.inspection import farthest_cell, is_far_outside
from atlas_assets.sources.workbook.sheet import read_grid

if TYPE_CHECKING:
    from pathlib import Path

    from atlas_assets.configuration.configuration import Configuration
    from atlas_assets.configuration.tables import TableName
    from atlas_assets.configuration.workbook_year import WorkbookYear
    from atlas_assets.periods.calendar import Month
    from atlas_assets.sources.adapter import ControlReading
    from atlas_assets.sources.grid import Grid

NAME, TEXT_NAME = "workbook", "csv"


class WorkbookAdapter:
    """Reads the workbooks of one source folder as described by the yearly configuration."""

    def __init__(self, source_dir: Path, configuration: Configuration) -> None:
        self.source_dir = source_dir
        self.configuration = configuration

    def months(self, entity: str) -> list[Month]:
        """Return every configured month of the years that have at least one workbook, in order."""
        months = self.configuration.months_of(entity)
        return [month for month in months if self.tables(entity, month)]

    def tables(self, entity: str, month: Month) -> list[TableName]:
        """Return the tables that are configured for a month.

        There are none if the year has no other sources, and none of its workbooks is there.
        """
        year = self.configuration.year_of(entity, month)
        if year is None or not (
            year.sources or any(is_there(self.source_dir, name) for name in year.workbooks.values())
        ):
            return []
        return [name for name in year.tables if year.sheet_of(name, month.number)]

    def read(self, table: TableName, entity: str, month: Month) -> RawPartition:
        """Read one table of one entity and month.

        Raises SourceError, with file, sheet and remedy, if the workbook, the sheet or a configured
        header is missing, or the file cannot be read.
        """
        place = self._place(table, entity, month)
        if place is None:
            return RawPartition(table, entity, month, pl.DataFrame(schema={ROW: pl.Int64}), None)
        path = existing_file(self.source_dir, place.file)
        try:
            if path.is_symlink() and not path.exists():
                raise SourceError(
                    f"{place.file} is a link that leads nowhere. Put the workbook there."
                )
            if not path.exists():
                raise SourceError(self._missing(place))
            grid, place, adapter = self._grid(path, place)
        except OSError as error:
            raise SourceError(not_opened(path, error)) from error
        words = self.configuration.registry.sheet_words
        records, manifest = read_table(grid, place, adapter=adapter, words=words)
        return RawPartition(table, entity, month, records, manifest)

    def _grid(self, path: Path, place: TablePlace) -> tuple[Grid, TablePlace, str]:
        """Return the cells of a sheet, its place with the file that has them, and the kind of file."""
        if not is_delimited(path):
            return read_grid(path, place.sheet, place.configured_in), place, NAME
        file = sheet_file(path, place.sheet, place.configured_in)
        name = str(file.relative_to(self.source_dir))
        return text_grid(file, name, place.text_format), replace(place, file=name), TEXT_NAME

    def state(self, table: TableName, entity: str, month: Month) -> str | None:
        """Return the state of the workbook, and what the configuration says of it.

        None without a workbook, and if it was written to so recently that it could be again without
        being noticed. Raises SourceError if the year is not configured.
        """
        place = self._place(table, entity, month)
        if place is None:
            return "not configured"
        file = self._state_of(place.file)
        words = self.configuration.registry.sheet_words
        layout = place.layout.model_dump_json()
        return file and repr((file, place.sheet, month.number, place.configured_in, layout, words))

    def _state_of(self, name: str) -> str | None:
        """Return the state of a workbook, or None if there is none, or if it was just written to."""
        path = existing_file(self.source_dir, name)
        try:
            files = [path, *sheet_files(path).values()] if path.is_dir() else [path]
        except OSError:
            return None
        return settled_state(files)

    def _missing(self, place: TablePlace) -> str:
        near = nearest(place.file, (other.name for other in self.source_dir.glob("*.*")))
        return (
            f"{place.file} is missing in {self.source_dir}.{near} Put the workbook there, or correct its "
            f"name under `workbooks` in {place.configured_in}."
        )

    def control(self, partition: RawPartition) -> ControlReading:
        """Read the amounts of a transactions sheet again, with another reader.

        Raises ValueError for a partition that has no sheet.
        """
        manifest = partition.manifest
        if manifest is None:
            raise ValueError(f"{partition.entity} {partition.month} has no transaction sheet.")
        words = self.configuration.registry.sheet_words
        path = existing_file(self.source_dir, manifest.source_file)
        if manifest.adapter == TEXT_NAME:
            year = self.configuration.year_of(partition.entity, partition.month)
            form = year.csv if year else TextFormat()
            return control_reading(lambda: text_cells(path, form), manifest, words)
        return control_reading(lambda: workbook_cells(path, manifest.source_sheet), manifest, words)

    def why_unreadable(self, table: TableName, entity: str, month: Month) -> str:
        """Explain why a sheet exceeded its memory or time limit, and how to correct it."""
        place = self._place(table, entity, month)
        if place is None:
            return f"{table} of {entity} {month} is not configured."
        where = f"{place.file}, sheet {place.sheet!r}"
        farthest = None
        with suppress(Exception):  # a damaged file can fail in any way
            farthest = farthest_cell(existing_file(self.source_dir, place.file), place.sheet)
        problem = f"{where} cannot be read: it is damaged, or needs more memory or time than a sheet may take."
        if farthest and is_far_outside(*farthest):
            return (
                f"{problem} Its cells reach to {''.join(map(str, farthest))}. Delete what stands far "
                "outside of the table (whole columns and rows), or copy the table to a new sheet, and "
                "save the workbook."
            )
        return f"{problem} Close other programs, and try again. If that does not help: {SAVE_AGAIN}"

    def warnings(self, entity: str, year: int) -> list[str]:
        """Return warnings about unconfigured sheets, and workbooks that are open elsewhere.

        A workbook that cannot be opened is skipped here; `read` reports it.
        """
        return [
            warning
            for layout in self.configuration.years_in(entity, year)
            for key, name in layout.workbooks.items()
            if is_there(self.source_dir, name)
            for warning in self._workbook_warnings(
                existing_file(self.source_dir, name), layout, key
            )
        ]

    def state_of_year(self, entity: str, year: int) -> str | None:
        """Return the states of a year's workbooks, whether they are open, and what is configured."""
        layouts = self.configuration.years_in(entity, year)
        names = [
            name
            for layout in layouts
            for name in layout.workbooks.values()
            if is_there(self.source_dir, name)
        ]
        states = [self._state_of(name) for name in names]
        is_open = [is_open_elsewhere(existing_file(self.source_dir, name)) for name in names]
        ignored = self.configuration.registry.ignored_sheets
        configured = [layout.model_dump_json() for layout in layouts]
        return None if None in states else repr((states, is_open, configured, ignored))

    def pulse(self, entity: str, year: int) -> str:  # noqa: ARG002
        """Return nothing: files are watched as such."""
        return ""

    def _place(self, table: TableName, entity: str, month: Month) -> TablePlace | None:
        """Return where a partition's table is, or None if the year has no such table for the month.

        Raises SourceError if the year is not configured.
        """
        year = self.configuration.year_of(entity, month)
        if year is None:
            raise SourceError(
                f"{entity} has no configuration for {month.year}. Add "
                f"{self.configuration.config_dir / f'{entity.lower()}-{month.year}.yaml'}."
            )
        sheet = year.sheet_of(table, month.number)
        if sheet is None:
            return None
        layout = year.tables[table]
        file, configured_in = year.workbooks[layout.workbook], self.configuration.path_of(year).name
        return TablePlace(file, sheet, layout, month, configured_in, year.csv)

    def _workbook_warnings(self, path: Path, layout: WorkbookYear, key: str) -> list[str]:
        warnings: list[str] = []
        if is_open_elsewhere(path):
            warnings.append(f"{path.name} is open in the office program; its saved state was read")
        try:
            sheets = (
                list(sheet_files(path)) if is_delimited(path) else open_workbook(path).sheet_names
            )
        except Exception:  # noqa: BLE001  a damaged file can fail in any way; `read` reports it
            return warnings
        configured = {
            folded_sheet(sheet)
            for table in layout.tables.values()
            if table.workbook == key
            for sheet in table.all_sheets
        }
        ignored = tuple(map(normalized_header, self.configuration.registry.ignored_sheets))
        warnings += [
            f"{path.name}: sheet {sheet!r} is not in the configuration and was not read"
            for sheet in sheets
            if folded_sheet(sheet) not in configured
            and not normalized_header(sheet).startswith(ignored)
        ]
        return warnings
