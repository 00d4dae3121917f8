"""Source → raw files, for a scope; and which partitions would change."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import product
from typing import TYPE_CHECKING

from atlas_assets.configuration.tables import TABLES
from atlas_assets.errors import SourceError
from atlas_assets.sources.isolation import PROCESSES

if TYPE_CHECKING:
    from atlas_assets.configuration.tables import TableName
    from atlas_assets.periods.calendar import Month
    from atlas_assets.periods.scope import Partition, Scope
    from atlas_assets.sources.isolation import IsolatedSource
    from atlas_assets.sources.raw_store import Loaded, RawStore


@dataclass(frozen=True)
class Extraction:
    """What became of every sheet in scope: loaded or left as it was, or refused and why."""

    loaded: list[Loaded] = field(default_factory=list)
    refused: dict[Partition, list[str]] = field(default_factory=dict)

    @property
    def problems(self) -> list[str]:
        """Why sheets were refused, each reason once."""
        return list(dict.fromkeys(text for texts in self.refused.values() for text in texts))

    @property
    def by_partition(self) -> dict[Partition, list[Loaded]]:
        """What was loaded of each partition, in the order of the tables."""
        grouped: dict[Partition, list[Loaded]] = {}
        for item in self.loaded:
            grouped.setdefault(item.partition.of, []).append(item)
        return grouped

    @property
    def row_counts(self) -> dict[Partition, int]:
        """The number of records in each partition, all tables together."""
        return {
            partition: sum(item.partition.rows_kept for item in items)
            for partition, items in self.by_partition.items()
        }


def extract(source: IsolatedSource, store: RawStore, scope: Scope) -> Extraction:
    """Load every table of every partition in scope; what is unchanged stays as it is.

    A sheet that cannot be read keeps no other from loading, and what was loaded of it before stays.
    """
    store.prepare()
    load = partial(_load, source, store)
    with ThreadPoolExecutor(max_workers=PROCESSES) as pool:
        outcomes = list(pool.map(load, product(scope.partitions, TABLES)))
    extraction = Extraction()
    for partition, outcome in outcomes:
        if isinstance(outcome, SourceError):
            extraction.refused.setdefault(partition, []).append(str(outcome))
        else:
            extraction.loaded.append(outcome)
    return extraction


def _load(
    source: IsolatedSource, store: RawStore, what: tuple[Partition, TableName]
) -> tuple[Partition, Loaded | SourceError]:
    """Load a table of a partition; return what was loaded, or why its sheet was refused."""
    partition, table = what
    try:
        return partition, source.load(store, table, *partition)
    except SourceError as error:
        store.refuse(table, *partition, str(error))
        return partition, error


@dataclass(frozen=True)
class Change:
    """Why an extraction would write a table of some month anew, or refuse its sheet."""

    table: TableName
    reason: str
    refused: bool = False


def changes(
    source: IsolatedSource, store: RawStore, entity: str, months: list[Month]
) -> dict[Month, list[Change]]:
    """Return what an extraction of these months would change or refuse, and why.

    Reads the source and writes nothing. Months where nothing would change are left out.
    """
    changed: dict[Month, list[Change]] = {}
    look = partial(_change, source, store, entity)
    with ThreadPoolExecutor(max_workers=PROCESSES) as pool:
        for month, change in pool.map(look, product(months, TABLES)):
            if change:
                changed.setdefault(month, []).append(change)
    return changed


def _change(
    source: IsolatedSource, store: RawStore, entity: str, what: tuple[Month, TableName]
) -> tuple[Month, Change | None]:
    month, table = what
    try:
        partition = source.look(table, entity, month)
    except SourceError as error:
        return month, Change(table, str(error), refused=True)
    reason = store.reason_to_load(partition)
    return month, Change(table, reason) if reason else None
