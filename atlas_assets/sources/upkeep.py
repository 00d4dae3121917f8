"""Keeps the raw store in line with the source, whatever a run is about.

What the source no longer has goes, so that it takes part in no figure. What was cut off or damaged is
loaded again, so that it is never used.
"""

from __future__ import annotations

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
    """What was removed and loaded again, in words, and why damaged partitions could not be."""

    notes: list[str] = field(default_factory=list)
    refused: dict[Partition, list[str]] = field(default_factory=dict)


def keep_up(source: IsolatedSource, store: RawStore, besides: Collection[Partition] = ()) -> Upkeep:
    """Remove what the source no longer has, and load again what is damaged.

    Partitions in `besides` are left to the caller. A damaged partition that cannot be loaded again is
    removed, and refused.
    """
    notes = [f"{text}: it leaves every figure." for text in gone(source, store)]
    for table, of in _gone(source, store):
        store.forget(table, *of)
    upkeep = Upkeep(notes)
    for table, of in store.damaged():
        if of not in besides:
            _load_again(source, store, table, of, upkeep)
    return upkeep


def gone(source: IsolatedSource, store: RawStore) -> list[str]:
    """Return what is loaded although the source or its configuration no longer has it, in words."""
    months: dict[tuple[str, TableName], list[Partition]] = {}
    for table, of in _gone(source, store):
        months.setdefault((of.entity, table), []).append(of)
    whole = {entity: parts for (entity, table), parts in months.items() if table == "transactions"}
    texts = [
        f"{entity} {span_text(run)} is no longer in the source or its configuration"
        for entity, parts in whole.items()
        for run in consecutive_runs(of.month for of in parts)
    ]
    texts += [
        f"{table} of {entity} {span_text(run)} is no longer configured"
        for (entity, table), parts in months.items()
        for run in consecutive_runs(of.month for of in parts if of not in whole.get(entity, []))
    ]
    return texts


def _gone(source: IsolatedSource, store: RawStore) -> list[tuple[TableName, Partition]]:
    return [(table, of) for table, of in store.loaded() if table not in source.tables(*of)]


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
        upkeep.notes.append(
            f"{of.entity} {of.month} {table} was incomplete, damaged or of an earlier version, and was "
            "loaded again."
        )
