"""What adapters of sources of records share: from records to raw partitions, without sheets and headers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar, cast

import polars as pl

from atlas_assets.documents.mistakes import placed
from atlas_assets.documents.strict_model import KeyedError
from atlas_assets.errors import SourceError, nearest
from atlas_assets.sources.adapter import (
    ControlReading,
    PlaceForms,
    RawPartition,
    SheetColumn,
    SheetManifest,
)
from atlas_assets.sources.grid import ROW, visible
from atlas_assets.sources.table import hash_of_cells, hash_of_texts, with_values

if TYPE_CHECKING:
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from atlas_assets.configuration.configuration import Configuration
    from atlas_assets.configuration.tables import TableName
    from atlas_assets.configuration.workbook_year import RecordSource
    from atlas_assets.periods.calendar import Month

Source = TypeVar("Source", bound="RecordSource")


@dataclass(frozen=True)
class RecordPlace(Generic[Source]):
    """The table of an entity and month that is to be read, and where the configuration describes it."""

    table: TableName
    entity: str
    month: Month
    source: Source
    configured_in: Path
    position: int  # among the sources of the file
    zone: ZoneInfo  # of the business

    def mistake(self, message: str, *keys: str) -> str:
        """Return a sentence on what the configuration says at some keys of the source, with file and line."""
        return placed(self.configured_in, [KeyedError(["sources", self.position, *keys], message)])


@dataclass(frozen=True)
class Records:
    """The records of a table and month: texts by field, under the whole number that a person finds them by.

    Anything but texts and None in the fields that are mapped is refused. `source` is what people call the
    source, and `name` what they call the kind of record. `labels` are the names of fields as people see
    them. `version` is that of the records, if only reading them tells (`RecordAdapter.version`).
    """

    source: str
    name: str
    rows: Mapping[int, object]
    labels: Mapping[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    version: str | None = None


class RecordAdapter(ABC, Generic[Source]):
    """An adapter for one kind of source; what it reads are records, whose fields the configuration maps."""

    kind: ClassVar[str]
    forms: ClassVar[PlaceForms] = PlaceForms("{0}, {1}", "record {2}", "record {2}, {3}")

    def __init__(self, configuration: Configuration) -> None:
        self.configuration = configuration

    @abstractmethod
    def records(self, place: RecordPlace[Source]) -> Records:
        """Read the records of a table and month. Raises SourceError if they are not as configured."""

    @abstractmethod
    def version(self, place: RecordPlace[Source]) -> str | None:
        """Return what changes whenever the records of a table and month could, or None if that cannot be told."""

    @abstractmethod
    def control(self, partition: RawPartition) -> ControlReading:
        """Read the amounts of a `transactions` partition again, independently of `read`."""

    def state(self, table: TableName, entity: str, month: Month) -> str | None:
        """Return the version of the records and what is configured, or None if that cannot be told."""
        place = self.place(table, entity, month)
        return _state(place, self.version(place)) if place else "not configured"

    def why_unreadable(self, table: TableName, entity: str, month: Month) -> str:
        """Explain that reading needed more memory or time than it may."""
        return (
            f"{table} of {entity} {month} cannot be read: there are too many records, or the source is too "
            "slow. Repeat the command when less is going on."
        )

    def pulse(self, entity: str, year: int) -> str:
        """Return the states of all tables of a yearly file."""
        return repr(
            [
                self.state(table, entity, month)
                for month in self.configuration.years[entity, year].months
                for table in self.tables(entity, month)
            ]
        )

    def months(self, entity: str) -> list[Month]:
        """Return the months that the source covers, in order."""
        months = self.configuration.months_of(entity)
        return [month for month in months if self.tables(entity, month)]

    def tables(self, entity: str, month: Month) -> list[TableName]:
        """Return the tables that the source has of a month."""
        year = self.configuration.year_of(entity, month)
        sources = year.sources if year else []
        return [
            name for source in sources for name in source.tables if self.place(name, entity, month)
        ]

    def read(self, table: TableName, entity: str, month: Month) -> RawPartition:
        """Return one raw partition. Raises SourceError if the source is not as configured."""
        place = self.place(table, entity, month)
        if place is None:
            return RawPartition(table, entity, month, pl.DataFrame(schema={ROW: pl.Int64}), None)
        records, described = self.records(place), place.source.tables[table]
        texts = {
            column: [_text(place, number, row, name) for number, row in records.rows.items()]
            for name, column in described.columns.items()
        }
        frame = pl.DataFrame(
            {ROW: list(records.rows), **texts},
            schema={ROW: pl.Int64, **dict.fromkeys(texts, pl.String)},
        )
        frame = with_values(visible(frame), described.values, month)
        manifest = SheetManifest(
            adapter=self.kind,
            source_file=records.source,
            source_sheet=records.name,
            source_hash=hash_of_cells(frame),
            layout_hash=hash_of_texts(described.model_dump_json()),
            header_rows=[],
            columns=[
                SheetColumn(name, records.labels.get(name, name), column)
                for name, column in described.columns.items()
            ],
            rows_read=frame.height,
            rows_kept=frame.height,
            warnings=records.warnings,
            forms=self.forms,
        )
        state = _state(place, records.version)
        return RawPartition(table, entity, month, frame, manifest, state)

    def warnings(self, entity: str, year: int) -> list[str]:  # noqa: ARG002
        """Return warnings about a year's sources as a whole."""
        return []

    def state_of_year(self, entity: str, year: int) -> str | None:
        """Return what changes whenever `warnings` could return something else."""
        return repr(self.warnings(entity, year))

    def place(self, table: TableName, entity: str, month: Month) -> RecordPlace[Source] | None:
        """Return where a table of a month is, or None if no source of this kind has it."""
        year = self.configuration.year_of(entity, month)
        source = year.source_of(table) if year else None
        if year is None or source is None or source.kind != self.kind:
            return None
        if not source.tables[table].covers(month, year.months[0]):
            return None
        return RecordPlace(
            table,
            entity,
            month,
            cast("Source", source),
            configured_in=self.configuration.path_of(year),
            position=year.sources.index(source),
            zone=self.configuration.registry.calendar.zone,
        )


def _text(place: RecordPlace[Source], number: int, row: object, name: str) -> str | None:
    """Return what a record has in a field. Raises SourceError if it has no such field, or no text in it."""
    whose = f"record {number} of {place.table} of {place.entity} {place.month}"
    if not isinstance(row, Mapping):
        raise SourceError(f"{whose} has no fields, but is {row!r}. Export it again.")
    if name not in row:
        message = f"{whose} has no field {name!r}.{nearest(name, row)}"
        raise SourceError(place.mistake(message, "tables", place.table, "columns", name))
    value = row[name]
    if value is not None and not isinstance(value, str):
        raise SourceError(f"{whose} has {value!r} in {name!r}; expected a text or a number.")
    return value


def _state(place: RecordPlace[Source], version: str | None) -> str | None:
    """Return a version of records together with what is configured of them."""
    described = place.source.tables[place.table].model_dump_json()
    return version and repr((version, described, str(place.month), str(place.zone)))
