"""Source → raw files, for a scope."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import product
from typing import TYPE_CHECKING

from atlas_assets.errors import SourceError
from atlas_assets.registry import TABLES

if TYPE_CHECKING:
    from atlas_assets.scope import Scope
    from atlas_assets.sources.raw_store import Loaded
    from atlas_assets.workspace import Workspace


def extract(workspace: Workspace, scope: Scope, run_id: str) -> list[Loaded]:
    """Load every table of every partition in scope; what is unchanged stays as it is.

    A sheet that cannot be read does not keep the others from loading. Raises SourceError, with
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
    for month, table in product(scope.months, TABLES):
        try:
            partition = workspace.adapter.read(table, entity, month)
        except SourceError as error:
            problems[str(error)] = None
        else:
            loaded.append(workspace.raw_store.load(partition, workspace.adapter))
    return loaded, list(problems)
