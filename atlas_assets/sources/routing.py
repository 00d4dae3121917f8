"""Selects the adapter for each table, entity and month; new kinds of sources are added here."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from atlas_assets.configuration.tables import TABLES
from atlas_assets.settings import secret
from atlas_assets.sources.workbook.adapter import WorkbookAdapter

if TYPE_CHECKING:
    from pathlib import Path

    from atlas_assets.configuration.configuration import Configuration
    from atlas_assets.configuration.tables import TableName
    from atlas_assets.periods.calendar import Month
    from atlas_assets.sources.adapter import ControlReading, RawPartition, SourceAdapter
    from atlas_assets.sources.memory import SourceMemory


class RoutedSource:
    """All sources of an installation behind one `SourceAdapter`."""

    def __init__(
        self, source_dir: Path, configuration: Configuration, memory: SourceMemory | None = None
    ) -> None:
        self._source_dir, self._configuration, self._memory = source_dir, configuration, memory
        self._workbooks = WorkbookAdapter(source_dir, configuration)

    @cached_property
    def _by_kind(self) -> dict[str, SourceAdapter]:
        """The adapters for the kinds of sources that are configured; others are not even imported."""
        kinds = {
            source.kind for year in self._configuration.years.values() for source in year.sources
        }
        return {kind: self._of_kind(kind) for kind in sorted(kinds)}

    def _of_kind(self, kind: str) -> SourceAdapter:
        match kind:
            case "odoo":
                from atlas_assets.sources.odoo.adapter import OdooAdapter

                return OdooAdapter(self._configuration, self._memory, secret)
            case _:
                raise ValueError(f"there is no adapter for {kind}")

    def _adapter(self, table: TableName, entity: str, month: Month) -> SourceAdapter:
        year = self._configuration.year_of(entity, month)
        source = year.source_of(table) if year else None
        return self._by_kind[source.kind] if source else self._workbooks

    @property
    def _adapters(self) -> list[SourceAdapter]:
        return [self._workbooks, *self._by_kind.values()]

    def months(self, entity: str) -> list[Month]:
        """Return the months that any source covers, in order."""
        months = self._configuration.months_of(entity)
        return [month for month in months if self.tables(entity, month)]

    def tables(self, entity: str, month: Month) -> list[TableName]:
        """Return the tables that any source has of a month; there are none without transactions."""
        found = {table for adapter in self._adapters for table in adapter.tables(entity, month)}
        return [table for table in TABLES if table in found] if "transactions" in found else []

    def read(self, table: TableName, entity: str, month: Month) -> RawPartition:
        """Return one raw partition. Raises SourceError if its source is not as configured."""
        return self._adapter(table, entity, month).read(table, entity, month)

    def state(self, table: TableName, entity: str, month: Month) -> str | None:
        """Return what changes whenever `read` could return something else, or None."""
        return self._adapter(table, entity, month).state(table, entity, month)

    def control(self, partition: RawPartition) -> ControlReading:
        """Read the amounts of a `transactions` partition again, independently of `read`."""
        adapter = self._adapter(partition.table, *partition.of)
        return adapter.control(partition)

    def why_unreadable(self, table: TableName, entity: str, month: Month) -> str:
        """Explain why `read` exceeded its memory or time limit, and what to do about it."""
        return self._adapter(table, entity, month).why_unreadable(table, entity, month)

    def warnings(self, entity: str, year: int) -> list[str]:
        """Return warnings about a year's files as a whole."""
        return [text for adapter in self._adapters for text in adapter.warnings(entity, year)]

    def state_of_year(self, entity: str, year: int) -> str | None:
        """Return what changes whenever `warnings` could return something else, or None."""
        states = [adapter.state_of_year(entity, year) for adapter in self._adapters]
        return None if None in states else repr(states)

    def pulse(self, entity: str, year: int) -> str:
        """Return what changes whenever a table that comes from no file could; empty if there is none."""
        return "".join(adapter.pulse(entity, year) for adapter in self._adapters)
