"""Source → raw files for a scope, and which partitions that would change."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

from atlas_assets.errors import SourceError
from atlas_assets.registry import TABLES

if TYPE_CHECKING:
    from atlas_assets.periods import Month
    from atlas_assets.scope import Scope
    from atlas_assets.sources.raw_store import Loaded
    from atlas_assets.workspace import Workspace


def extract(workspace: Workspace, scope: Scope, run_id: str) -> list[Loaded]:
    """Load every table of every partition in scope; what is unchanged stays as it is.

    A partition that cannot be read does not keep the others from loading. Raises SourceError, with
    every problem, when there was any; what was loaded before stands.
    """
    with workspace.runs.stage("extract", scope, run_id) as stage:
        workspace.raw_store.prepare(workspace.configuration)
        with ThreadPoolExecutor() as pool:  # by entity, because a workbook is read by one thread
            extracted = list(pool.map(partial(_extract_entity, workspace, scope), scope.entities))
        loaded = [item for items, _ in extracted for item in items]
        for item in loaded:
            key = (item.partition.entity, item.partition.month)
            stage.row_counts[key] = stage.row_counts.get(key, 0) + item.partition.frame.height
        if problems := [problem for _, found in extracted for problem in found]:
            raise SourceError("\n".join(problems))
        stage.source_hashes.update(workspace.raw_store.partition_hashes())
    return loaded


def _extract_entity(
    workspace: Workspace, scope: Scope, entity: str
) -> tuple[list[Loaded], list[str]]:
    """Load an entity's months; return what was loaded, and what could not be."""
    loaded: list[Loaded] = []
    problems: dict[str, None] = {}  # each once, in the order in which they were found
    for month in scope.months:
        try:
            partitions = [workspace.adapter.read(table, entity, month) for table in TABLES]
        except SourceError as error:
            problems[str(error)] = None
            continue
        loaded += [workspace.raw_store.load(item, workspace.adapter) for item in partitions]
    return loaded, list(problems)


def pending(workspace: Workspace, entity: str, months: list[Month]) -> dict[Month, str]:
    """Return the months whose marts are not made of what the source now says, and why.

    Raises SourceError when a sheet that was loaded before cannot be read any more.
    """
    hashes = workspace.raw_store.partition_hashes()
    transformed = workspace.runs.latest_hashes("transform")
    reasons: dict[Month, str] = {}
    for month in months:
        reason = _reason_to_load(workspace, entity, month)
        if reason is None and transformed.get((entity, month)) != hashes.get((entity, month)):
            reason = "loaded, but not transformed yet"
        if reason:
            reasons[month] = reason
    return reasons


def _reason_to_load(workspace: Workspace, entity: str, month: Month) -> str | None:
    if not workspace.raw_store.is_loaded("transactions", entity, month):
        return "not loaded yet"
    for table in TABLES:
        partition = workspace.adapter.read(table, entity, month)
        if reason := workspace.raw_store.reason_to_load(partition):
            return reason
    return None
