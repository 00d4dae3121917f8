"""Selects the adapter for each entity, year and table; new sources are added here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atlas_assets.sources.workbook.adapter import WorkbookAdapter

if TYPE_CHECKING:
    from pathlib import Path

    from atlas_assets.configuration.configuration import Configuration
    from atlas_assets.configuration.tables import TableName
    from atlas_assets.periods.calendar import Month
    from atlas_assets.sources.adapter import ControlReading, RawPartition, SourceAdapter


class RoutedSource:
    """All sources of an installation behind one `SourceAdapter`."""

    def __init__(self, source_dir: Path, configuration: Configuration) -> None:
        self._workbooks = WorkbookAdapter(source_dir, configuration)

    def _adapter(self, _table: TableName, _entity: str, _year: int) -> SourceAdapter:
        return self._workbooks

    @property
    def _adapters(self) -> list[SourceAdapter]:
        return [self._workbooks]

    def months(self, entity: str) -> list[Month]:
        """Return the months that any source covers, in order."""
        return sorted({month for adapter in self._adapters for month in adapter.months(entity)})

    def tables(self, entity: str, month: Month) -> list[TableName]:
        """Return the tables that any source has of a month."""
        return [table for adapter in self._adapters for table in adapter.tables(entity, month)]

    def read(self, table: TableName, entity: str, month: Month) -> RawPartition:
        """Return one raw partition. Raises SourceError if its source is not as configured."""
        return self._adapter(table, entity, month.year).read(table, entity, month)

    def state(self, table: TableName, entity: str, month: Month) -> str | None:
        """Return what changes whenever `read` could return something else, or None."""
        return self._adapter(table, entity, month.year).state(table, entity, month)

    def control(self, partition: RawPartition) -> ControlReading:
        """Read the amounts of a `transactions` partition again, independently of `read`."""
        adapter = self._adapter(partition.table, partition.entity, partition.month.year)
        return adapter.control(partition)

    def why_unreadable(self, table: TableName, entity: str, month: Month) -> str:
        """Explain why `read` exceeded its memory or time limit, and what to do about it."""
        return self._adapter(table, entity, month.year).why_unreadable(table, entity, month)

    def warnings(self, entity: str, year: int) -> list[str]:
        """Return warnings about a year's files as a whole."""
        return [text for adapter in self._adapters for text in adapter.warnings(entity, year)]

    def state_of_year(self, entity: str, year: int) -> str | None:
        """Return what changes whenever `warnings` could return something else, or None."""
        states = [adapter.state_of_year(entity, year) for adapter in self._adapters]
        return None if None in states else repr(states)
