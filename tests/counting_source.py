"""A source that notes each sheet that it reads, in a file, as it is used in other processes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atlas_assets.sources.workbook.adapter import WorkbookAdapter

if TYPE_CHECKING:
    from pathlib import Path

    from atlas_assets.configuration.configuration import Configuration
    from atlas_assets.configuration.tables import TableName
    from atlas_assets.periods.calendar import Month
    from atlas_assets.sources.adapter import ControlReading, RawPartition


class CountingSource(WorkbookAdapter):
    """The workbooks, with a line in `log` for every reading and every control reading."""

    def __init__(self, source_dir: Path, configuration: Configuration, log: Path) -> None:
        super().__init__(source_dir, configuration)
        self.log = log

    def read(self, table: TableName, entity: str, month: Month) -> RawPartition:
        """Note the reading of a sheet."""
        self._note(f"read {table} {entity} {month}")
        return super().read(table, entity, month)

    def control(self, partition: RawPartition) -> ControlReading:
        """Note the control reading of a sheet."""
        self._note(f"control {partition.table} {partition.entity} {partition.month}")
        return super().control(partition)

    def _note(self, line: str) -> None:
        with self.log.open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")
