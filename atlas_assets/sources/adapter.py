"""The interface that every source implements: tables of cell texts, with their provenance.

A new source (an API, another file format) is another `SourceAdapter`, selected in `routing`; nothing
downstream changes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol

from atlas_assets.periods.scope import Partition

if TYPE_CHECKING:
    from decimal import Decimal

    import polars as pl

    from atlas_assets.configuration.tables import TableName
    from atlas_assets.periods.calendar import Month


@dataclass(frozen=True)
class NotData:
    """Adjacent rows of a sheet that are not records, and the reason (such as `blank` or `total`).

    `first_row` and `last_row` are 1-based and inclusive.
    """

    reason: str
    first_row: int
    last_row: int

    @property
    def count(self) -> int:
        """The number of rows."""
        return self.last_row - self.first_row + 1


@dataclass(frozen=True)
class SheetColumn:
    """A column of a sheet: its letter, its header as written (or None), and its name in raw."""

    letter: str
    header: str | None
    name: str


class PlaceForms(NamedTuple):
    """How people call a table, a row in it and a cell, in Python's and DuckDB's form of replacement.

    {0} is the file, {1} the sheet, {2} the row and {3} the column. Sources of records have other words.
    """

    table: str = "{0}, sheet {1}"
    row: str = "row {2}"
    cell: str = "{3}{2}"


SHEET_FORMS = PlaceForms()


@dataclass(frozen=True)
class SheetManifest:
    """How one sheet was read: where its columns were, and what became of its rows.

    `rows_read` equals `rows_kept` plus the rows in `not_data`. `header_rows` are 1-based.
    `source_hash` is the hash of the cells, `layout_hash` that of the configuration they were read
    with. `adapter` names the adapter that read the sheet. Rows before `first_data_row` (1-based) are
    no data. `forms` are the words for its places.
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
    first_data_row: int = 1
    forms: PlaceForms = SHEET_FORMS

    @property
    def place(self) -> str:
        """What people call the sheet."""
        return self.forms.table.format(self.source_file, self.source_sheet)


@dataclass(frozen=True)
class RawPartition:
    """One table of one entity and month, as it is in the source.

    `frame` holds the table's columns as text, plus `source_row`. If the source has no such table for
    the month, `manifest` is None and `frame` is empty. `state` is the state in which the source was read
    (`SourceAdapter.state`), if only reading it tells.
    """

    table: TableName
    entity: str
    month: Month
    frame: pl.DataFrame
    manifest: SheetManifest | None
    state: str | None = None

    @property
    def of(self) -> Partition:
        """The entity and month."""
        return Partition(self.entity, self.month)

    @property
    def rows_kept(self) -> int:
        """The number of records, even if `frame` has been stripped of its rows."""
        return self.manifest.rows_kept if self.manifest else 0


@dataclass(frozen=True)
class ControlAmount:
    """An amount in a row of a sheet, and whether it is a total of other rows."""

    row: int
    amount: Decimal
    is_total: bool


@dataclass(frozen=True)
class ControlReading:
    """The amounts of a sheet as another reader has them, or the reason why it could not read them."""

    amounts: list[ControlAmount] = field(default_factory=list)
    problem: str | None = None


class SourceAdapter(Protocol):
    """Reads one kind of source. Adapters are pickled and used in separate processes (`isolation`)."""

    def months(self, entity: str) -> list[Month]:
        """Return the months that the source covers, in order."""
        ...

    def tables(self, entity: str, month: Month) -> list[TableName]:
        """Return the tables that the source has of a month; none if it does not cover the month."""
        ...

    def read(self, table: TableName, entity: str, month: Month) -> RawPartition:
        """Return one raw partition. Raises SourceError if the source is not as configured."""
        ...

    def state(self, table: TableName, entity: str, month: Month) -> str | None:
        """Return what changes whenever `read` could return something else.

        None if that cannot be told, as of a file that was written to a moment ago. Raises SourceError if
        the source is not as configured.
        """
        ...

    def control(self, partition: RawPartition) -> ControlReading:
        """Read the amounts of a `transactions` partition again, independently of `read`."""
        ...

    def why_unreadable(self, table: TableName, entity: str, month: Month) -> str:
        """Explain why `read` exceeded its memory or time limit, and what to do about it."""
        ...

    def warnings(self, entity: str, year: int) -> list[str]:
        """Return warnings about a year's files as a whole."""
        ...

    def state_of_year(self, entity: str, year: int) -> str | None:
        """Return what changes whenever `warnings` could return something else, or None as `state` does."""
        ...

    def pulse(self, entity: str, year: int) -> str:
        """Return what changes whenever a table of a yearly file could, at the least cost; empty for files.

        Files are watched as such. Raises SourceError if the source cannot be asked.
        """
        ...
