"""Which partitions are not made of what the source, the registry and the models now say, and why."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from atlas_assets.registry import TABLES
from atlas_assets.transform import DBT_PROJECT_DIR

if TYPE_CHECKING:
    from atlas_assets.periods import Month
    from atlas_assets.pipeline_runs import Partition
    from atlas_assets.workspace import Workspace


def input_hashes(workspace: Workspace) -> dict[Partition, str]:
    """Return the hash of everything that each loaded partition's marts are computed from.

    That is the rules, the sheets of the month, and those of all months before it: customer types
    look back, so a corrected month changes the ones after it.
    """
    chains: dict[str, str] = {}
    rules = _rules_hash(workspace)
    hashes: dict[Partition, str] = {}
    for (entity, month), own in sorted(workspace.raw_store.partition_hashes().items()):
        chain = hashlib.sha256(f"{chains.get(entity, rules)}{own}".encode()).hexdigest()
        hashes[entity, month] = chains[entity] = chain
    return hashes


def pending(workspace: Workspace, entity: str, months: list[Month]) -> dict[Month, str]:
    """Return the months that have to be synced, and why.

    Only a sync whose checks all passed counts. Raises SourceError when a sheet that was loaded
    before cannot be read any more.
    """
    hashes = input_hashes(workspace)
    verified = workspace.runs.verified_hashes()
    reasons: dict[Month, str] = {}
    for month in months:
        reason = _reason_to_load(workspace, entity, month)
        if reason is None and (entity, month) not in verified:
            reason = "its figures have not passed their checks yet"
        if reason is None and verified[entity, month] != hashes.get((entity, month)):
            reason = "an earlier month, the registry or a model changed"
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


def _rules_hash(workspace: Workspace) -> str:
    digest = hashlib.sha256(workspace.configuration.registry.model_dump_json().encode())
    for folder in ("models", "macros"):
        for path in sorted((DBT_PROJECT_DIR / folder).rglob("*.sql")):
            digest.update(path.read_bytes())
    return digest.hexdigest()
