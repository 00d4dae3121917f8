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
    from atlas_assets.periods.scope import Scope
    from atlas_assets.sources.raw_store import Loaded
    from atlas_assets.warehouse.ledger import Partition
    from atlas_assets.workspace import Workspace


@dataclass(frozen=True)
class Extraction:
    """What became of every sheet in scope: loaded or left as it was, or refused and why."""

    loaded: list[Loaded] = field(default_factory=list)
    refused: dict[Partition, list[str]] = field(default_factory=dict)

    @property
    def problems(self) -> list[str]:
        """Why sheets were refused, each reason once."""
        return list(dict.fromkeys(text for texts in self.refused.values() for text in texts))


def extract(workspace: Workspace, scope: Scope, run_id: str) -> Extraction:
    """Load every table of every partition in scope; what is unchanged stays as it is.

    A sheet that cannot be read keeps no other from loading, and what was loaded of it before stays.
    """
    with workspace.runs.stage("extract", scope, run_id) as stage:
        workspace.raw_store.prepare()
        read = partial(_extract_table, workspace)
        with ThreadPoolExecutor(max_workers=PROCESSES) as pool:
            outcomes = list(pool.map(read, product(scope.entities, scope.months, TABLES)))
        whole = Extraction()
        for (entity, month), outcome in outcomes:
            if isinstance(outcome, SourceError):
                whole.refused.setdefault((entity, month), []).append(str(outcome))
            else:
                whole.loaded.append(outcome)
        for item in whole.loaded:
            key = (item.partition.entity, item.partition.month)
            stage.row_counts[key] = stage.row_counts.get(key, 0) + item.partition.rows_kept
        stage.source_hashes.update(workspace.raw_store.partition_hashes())
        stage.problems = {key: "\n".join(texts) for key, texts in whole.refused.items()}
    return whole


def _extract_table(
    workspace: Workspace, what: tuple[str, Month, TableName]
) -> tuple[Partition, Loaded | SourceError]:
    """Load a table of a partition; return what was loaded, or why its sheet was refused."""
    entity, month, table = what
    store, source = workspace.raw_store, workspace.source
    try:
        loaded = source.load(store, table, entity, month)
        if table == "transactions" and not store.has_control(loaded.partition):
            source.control(store, entity, month)
    except SourceError as error:
        workspace.raw_store.refuse(table, entity, month, str(error))
        return (entity, month), error
    return (entity, month), loaded


@dataclass(frozen=True)
class Change:
    """Why an extraction would write a table of some month anew, or refuse its sheet."""

    table: TableName
    reason: str
    refused: bool = False


def changes(workspace: Workspace, entity: str, months: list[Month]) -> dict[Month, list[Change]]:
    """Return what an extraction of these months would change or refuse, and why.

    Reads the source and writes nothing. Months where nothing would change are left out.
    """
    found: dict[Month, list[Change]] = {}
    look = partial(_change, workspace, entity)
    with ThreadPoolExecutor(max_workers=PROCESSES) as pool:
        for month, change in pool.map(look, product(months, TABLES)):
            if change:
                found.setdefault(month, []).append(change)
    return found


def _change(
    workspace: Workspace, entity: str, what: tuple[Month, TableName]
) -> tuple[Month, Change | None]:
    month, table = what
    try:
        partition = workspace.source.look(table, entity, month)
    except SourceError as error:
        return month, Change(table, str(error), refused=True)
    reason = workspace.raw_store.reason_to_load(partition)
    return month, Change(table, reason) if reason else None
