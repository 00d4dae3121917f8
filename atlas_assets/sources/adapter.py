"""What every source looks like to the rest of Atlas: tables of text, cell by cell, with provenance.

A new source (an API, another kind of file) is another `SourceAdapter`, chosen in `routing`; nothing
downstream changes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from atlas_assets.periods.scope import Partition

if TYPE_CHECKING:
    from decimal import Decimal

    import polars as pl

    from atlas_assets.configuration.tables import TableName
    from atlas_assets.periods.calendar import Month


@dataclass(frozen=True)
class NotData:
    """Adjacent rows of the sheet that are not records, and why."""

    reason: str
    first_row: int
    last_row: int

    @property
    def count(self) -> int:
        """The number of rows."""
        return self.last_row - self.first_row + 1


@dataclass(frozen=True)
class SheetColumn:
    """A column of the sheet: its letter, its header as written (or None), and its name in raw."""

    letter: str
    header: str | None
    name: str


@dataclass(frozen=True)
class SheetManifest:
    """How one sheet was read: where the columns stood and what became of each row.

    `rows_read` = `rows_kept` + the rows of `not_data`. `source_hash` is the hash of the cells,
    `layout_hash` of the configuration that they were read with. `adapter` is who read it.
    """

    adapter: str
    source_file: str
    source_sheet: str
    source_hash: str
    layout_hash: str
    header_rows: list[int]
    columns: list[SheetColumn]
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
    def of(self) -> Partition:
        """The entity and month."""
        return Partition(self.entity, self.month)

    @property
    def rows_kept(self) -> int:
        """The number of records, also where the rows themselves are left out."""
        return self.manifest.rows_kept if self.manifest else 0


@dataclass(frozen=True)
class ControlSums:
    """The rupiah of a sheet: of its rows, and as its own total row states them, if it has one."""

    amount: Decimal
    stated_total: Decimal | None


class SourceAdapter(Protocol):
    """Reads one kind of source. It is pickled and used in processes of their own (`isolation`)."""

    def months(self, entity: str) -> list[Month]:
        """Return the months that the source can be asked for, in order."""
        ...

    def read(self, table: TableName, entity: str, month: Month) -> RawPartition:
        """Return one raw partition. Raises SourceError when the source is not as configured."""
        ...

    def control(self, partition: RawPartition) -> ControlSums:
        """Read the amounts of a partition of transactions again, independently of `read`."""
        ...

    def why_unreadable(self, table: TableName, entity: str, month: Month) -> str:
        """Return why `read` took more memory or time than it may, with what to do about it."""
        ...

    def warnings(self, entity: str, year: int) -> list[str]:
        """Return what a person should know of a year's files as a whole."""
        ...
