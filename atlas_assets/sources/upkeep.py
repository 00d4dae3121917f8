"""Keeps the raw store in line with the source.

What the source no longer has goes, so that it takes part in no figure. What was refused is looked at
again. What was cut off or damaged is loaded again, of every entity, so that it is never used: all share
the tables that are made of it.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from atlas_assets.errors import SourceError
from atlas_assets.periods.calendar import consecutive_runs, span_text

if TYPE_CHECKING:
    from collections.abc import Collection

    from atlas_assets.configuration.tables import TableName
    from atlas_assets.periods.scope import Partition
    from atlas_assets.sources.isolation import IsolatedSource
    from atlas_assets.sources.raw_store import RawStore


@dataclass(frozen=True)
class Upkeep:
    """What was removed and loaded again, in words by entity, and why damaged partitions could not be."""

    notes: dict[str, list[str]] = field(default_factory=dict)
    refused: dict[Partition, list[str]] = field(default_factory=dict)

    def note(self, entity: str, text: str) -> None:
        """Add what was done to an entity's raw files."""
        self.notes.setdefault(entity, []).append(text)


def keep_up(
    source: IsolatedSource,
    store: RawStore,
    entities: Collection[str],
    besides: Collection[Partition] = (),
) -> Upkeep:
    """Remove what the source no longer has of some entities, and load again what is damaged of any.

    Partitions in `besides` are left to the caller. A damaged partition that cannot be loaded again is
    removed, and refused. Entities that the source no longer has at all are removed, too.
    """
    upkeep = Upkeep()
    lost: list[tuple[TableName, Partition]] = [
        (table, of)
        for table, of in _gone(source, store)
        if of.entity in entities or not source.months(of.entity)
    ]
    for entity, texts in _in_words(lost).items():
        for text in texts:
            upkeep.note(entity, f"{text}: it leaves every figure.")
    for table, of in lost:
        store.forget(table, *of)
    for table, of in store.damaged():
        if of not in besides:
            _load_again(source, store, table, of, upkeep)
    for table, of in store.refused():
        if of.entity in entities and of not in besides:
            _look_again(source, store, table, of)
    return upkeep


def gone(source: IsolatedSource, store: RawStore) -> dict[str, list[str]]:
    """Return in words, by entity, what is loaded although the source no longer has it, or not as configured."""
    return _in_words(_gone(source, store))


def _in_words(lost: list[tuple[TableName, Partition]]) -> dict[str, list[str]]:
    months: dict[tuple[str, TableName], list[Partition]] = {}
    for table, of in lost:
        months.setdefault((of.entity, table), []).append(of)
    whole = {entity: parts for (entity, table), parts in months.items() if table == "transactions"}
    texts: dict[str, list[str]] = {}
    for entity, parts in whole.items():
        texts[entity] = [
            f"{entity} {span_text(run)} is no longer in the source or its configuration"
            for run in consecutive_runs(of.month for of in parts)
        ]
    for (entity, table), parts in months.items():
        texts.setdefault(entity, []).extend(
            f"{table} of {entity} {span_text(run)} is no longer configured"
            for run in consecutive_runs(of.month for of in parts if of not in whole.get(entity, []))
        )
    return texts


def _gone(source: IsolatedSource, store: RawStore) -> list[tuple[TableName, Partition]]:
    return [(table, of) for table, of in store.loaded() if table not in source.tables(*of)]


def _look_again(source: IsolatedSource, store: RawStore, table: TableName, of: Partition) -> None:
    """Forget that a sheet was refused if it can be read by now."""
    with suppress(SourceError):
        source.look(table, *of)
        store.forget_refusal(table, *of)


def _load_again(
    source: IsolatedSource, store: RawStore, table: TableName, of: Partition, upkeep: Upkeep
) -> None:
    try:
        source.load(store, table, *of)
    except SourceError as error:
        store.forget(table, *of)
        store.note_refusal(table, *of, str(error))
        upkeep.refused.setdefault(of, []).append(
            f"The raw files of {of.entity} {of.month} {table} were damaged, and cannot be loaded again: "
            f"{error}"
        )
    else:
        upkeep.note(
            of.entity,
            f"{of.entity} {of.month} {table} was incomplete, damaged or of an earlier version, and was "
            "loaded again.",
        )
