"""Extracts the sheets in a scope into raw files, and finds out which ones would change."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import product
from typing import TYPE_CHECKING

from atlas_assets.configuration.tables import TABLES
from atlas_assets.errors import SourceError
from atlas_assets.sources.isolation import PROCESSES
from atlas_assets.sources.upkeep import keep_up

if TYPE_CHECKING:
    from atlas_assets.configuration.tables import TableName
    from atlas_assets.periods.calendar import Month
    from atlas_assets.periods.scope import Partition, Scope
    from atlas_assets.sources.adapter import RawPartition
    from atlas_assets.sources.isolation import IsolatedSource, Target
    from atlas_assets.sources.raw_store import Loaded, RawStore


@dataclass(frozen=True)
class Extraction:
    """The outcome for every sheet in scope: loaded (or unchanged), or refused with the reasons.

    `notes` say what else was done to the raw files of the same entities (`upkeep`). Their other
    partitions are refused if they were damaged and cannot be loaded again.
    """

    loaded: list[Loaded] = field(default_factory=list)
    refused: dict[Partition, list[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def problems(self) -> list[str]:
        """The reasons why sheets were refused, each one once."""
        return list(dict.fromkeys(text for texts in self.refused.values() for text in texts))

    @property
    def by_partition(self) -> dict[Partition, list[Loaded]]:
        """What was loaded for each partition, in the order of `TABLES`."""
        grouped: dict[Partition, list[Loaded]] = {}
        for item in self.loaded:
            grouped.setdefault(item.partition.of, []).append(item)
        return grouped

    @property
    def row_counts(self) -> dict[Partition, int]:
        """The number of records in each partition, over all tables."""
        return {
            partition: sum(item.partition.rows_kept for item in items)
            for partition, items in self.by_partition.items()
        }


def extract(source: IsolatedSource, store: RawStore, scope: Scope) -> Extraction:
    """Load every table of every partition in scope; unchanged ones are not rewritten.

    A sheet that cannot be read does not keep others from loading, and what was loaded from it before
    stays. What the source no longer has is removed, whatever the scope.
    """
    store.prepare()
    upkeep = keep_up(source, store, scope.entities, scope.partitions)
    load = partial(_load, source, store)
    with ThreadPoolExecutor(max_workers=PROCESSES) as pool:
        outcomes = list(pool.map(load, _covered(source, scope)))
    extraction = Extraction(
        refused={of: texts for of, texts in upkeep.refused.items() if of.entity in scope.entities},
        notes=[note for entity in scope.entities for note in upkeep.notes.get(entity, [])],
    )
    for partition, outcome in outcomes:
        if isinstance(outcome, SourceError):
            extraction.refused.setdefault(partition, []).append(str(outcome))
        else:
            extraction.loaded.append(outcome)
    return extraction


def _covered(source: IsolatedSource, scope: Scope) -> list[tuple[Partition, TableName]]:
    """Return the tables to load; a range of partitions may include months without any workbook."""
    months = {entity: set(source.months(entity)) for entity in scope.entities}
    covered = (of for of in scope.partitions if of.month in months[of.entity])
    return list(product(covered, TABLES))


def _load(
    source: IsolatedSource, store: RawStore, target: tuple[Partition, TableName]
) -> tuple[Partition, Loaded | SourceError]:
    """Load one table of a partition; return the result, or the error that refused its sheet."""
    partition, table = target
    try:
        return partition, source.load(store, table, *partition)
    except SourceError as error:
        store.note_refusal(table, *partition, str(error))
        return partition, error


@dataclass(frozen=True)
class Change:
    """Why an extraction would rewrite a month's table, or refuse its sheet."""

    table: TableName
    reason: str
    refused: bool = False


def changes(
    source: IsolatedSource,
    store: RawStore,
    entity: str,
    months: list[Month],
    *,
    read_new: bool = True,
) -> dict[Month, list[Change]]:
    """Return, by month, what an extraction would change or refuse, and why.

    Reads the source and changes no raw files. Without `read_new`, a sheet of which nothing is loaded
    counts as a change unread, so that an extraction that follows is the first to read it. Months without
    changes are left out.
    """
    targets: list[Target] = [
        (table, entity, month)
        for month, table in product(months, TABLES)
        if store.is_loaded(table, entity, month) or table in source.tables(entity, month)
    ]
    to_read = [target for target in targets if read_new or store.is_loaded(*target)]
    found = dict(zip(to_read, source.look_at(to_read), strict=True))
    changed: dict[Month, list[Change]] = {}
    for target in targets:
        table, _, month = target
        if target not in found:
            changed.setdefault(month, []).append(Change(table, "not loaded yet"))
        elif change := _change(store, table, found[target]):
            changed.setdefault(month, []).append(change)
    return changed


def _change(
    store: RawStore, table: TableName, partition: RawPartition | SourceError
) -> Change | None:
    if isinstance(partition, SourceError):
        return Change(table, str(partition), refused=True)
    reason = store.reason_to_load(partition)
    return Change(table, reason) if reason else None
