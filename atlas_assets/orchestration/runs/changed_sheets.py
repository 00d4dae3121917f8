"""What a run changed in raw files and records, according to its event log."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dagster as dg

from atlas_assets.configuration.tables import TABLES
from atlas_assets.orchestration.metadata.sheet_metadata import CHANGED, NOTHING
from atlas_assets.periods.scope import Partition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from atlas_assets.configuration.tables import TableName

_TABLES: dict[str, TableName] = {table: table for table in TABLES}


def changed_sheets(instance: dg.DagsterInstance, run_id: str) -> list[str]:
    """Return `IONS 2026-02 transactions: <why>` for each table that was written, in order."""
    changes = sorted(_changes(instance, run_id), key=lambda item: (item[0], TABLES.index(item[1])))
    return [f"{entity} {month} {table}: {why}" for (entity, month), table, why in changes]


def removed_records(instance: dg.DagsterInstance, run_id: str) -> list[str]:
    """Return what a run removed from the operational database, because it is gone."""
    of_type = dg.DagsterEventType.ASSET_MATERIALIZATION
    events = [entry.asset_materialization for entry in instance.all_logs(run_id, of_type=of_type)]
    removed = [event.metadata.get("removed") for event in events if event]
    lists = [value.data for value in removed if isinstance(value, dg.JsonMetadataValue)]
    return [str(what) for found in lists if isinstance(found, list) for what in found]


def _changes(
    instance: dg.DagsterInstance, run_id: str
) -> Iterator[tuple[Partition, TableName, str]]:
    of_type = dg.DagsterEventType.ASSET_MATERIALIZATION
    for entry in instance.all_logs(run_id, of_type=of_type):
        event = entry.asset_materialization
        if event is None or event.partition is None:
            continue
        table, why = _TABLES.get(event.asset_key.path[-1]), event.metadata.get(CHANGED)
        if table and why and why.value != NOTHING:
            yield Partition.of_key(event.partition), table, str(why.value)
