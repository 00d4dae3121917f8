"""What every source looks like to the rest of Atlas: tables of text, cell by cell, with provenance.

A new source (an API, another kind of file) is another `SourceAdapter`; nothing downstream changes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import polars as pl

    from atlas_assets.configuration.tables import TableName
    from atlas_assets.periods.calendar import Month


@dataclass(frozen=True)
class NotData:
    """Adjacent rows of the sheet that are no records, and why they were taken for that."""

    reason: str
    first_row: int
    last_row: int

    @property
    def count(self) -> int:
        """The number of rows."""
        return self.last_row - self.first_row + 1


@dataclass(frozen=True)
class Column:
    """A column of the sheet: its letter, its header as written (or None), and its name in raw."""

    letter: str
    header: str | None
    name: str


@dataclass(frozen=True)
class SheetManifest:
    """How one sheet was read: where the columns stood and what became of each row.

    `rows_read` = `rows_kept` + the rows of `not_data`. `source_hash` is the hash of the cells,
    `layout_hash` of the configuration that they were read with.
    """

    source_file: str
    source_sheet: str
    source_hash: str
    layout_hash: str
    header_rows: list[int]
    columns: list[Column]
    rows_read: int
    rows_kept: int
    not_data: list[NotData] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class RawPartition:
    """One table of one entity and month, as the source says it.

    `frame` has the table's columns as text, with `source_row`; `manifest` is None where the source
    has no such table for that month, and `frame` is empty then.
    """

    table: TableName
    entity: str
    month: Month
    frame: pl.DataFrame
    manifest: SheetManifest | None

    @property
    def rows_kept(self) -> int:
        """The number of records, also where the rows themselves are left out."""
        return self.manifest.rows_kept if self.manifest else 0


class SourceAdapter(Protocol):
    """A source of raw partitions."""

    name: str

    def months(self, entity: str) -> list[Month]:
        """Return the months that the source can be asked for, in order."""
        ...

    def read(self, table: TableName, entity: str, month: Month) -> RawPartition:
        """Return one raw partition. Raises SourceError when the source is not as configured."""
        ...

    def warnings(self, entity: str, year: int) -> list[str]:
        """Return what a person should know of a year's files as a whole."""
        ...
