"""Which partitions are not made of what the source, the registry and the models now say, and why."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from atlas_assets.sources.extract import changes
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


def unverified(workspace: Workspace) -> list[Partition]:
    """Return the loaded partitions whose marts are not made of what is loaded now, in order.

    A correction makes its own month and all later ones of its entity so.
    """
    verified = workspace.runs.verified_hashes()
    hashes = input_hashes(workspace)
    return [partition for partition, digest in hashes.items() if verified.get(partition) != digest]


@dataclass(frozen=True)
class Stale:
    """Why a month has to be synced; `refused` when a sync would fail for a sheet of it."""

    reason: str
    refused: bool = False


def pending(workspace: Workspace, entity: str, months: list[Month]) -> dict[Month, Stale]:
    """Return the months that have to be synced, and why.

    Only a sync whose checks all passed counts. A sheet that cannot be read is a reason, too.
    """
    hashes = input_hashes(workspace)
    verified = workspace.runs.verified_hashes()
    changed = changes(workspace, entity, months)
    stale: dict[Month, Stale] = {}
    for month in months:
        if found := changed.get(month):
            refused = any(change.refused for change in found)
            is_new = not workspace.raw_store.is_loaded("transactions", entity, month)
            reasons = "; ".join(change.reason for change in found)
            stale[month] = Stale("not loaded yet" if is_new and not refused else reasons, refused)
        elif (entity, month) not in verified:
            stale[month] = Stale("its figures have not passed their checks yet")
        elif verified[entity, month] != hashes.get((entity, month)):
            stale[month] = Stale("an earlier month, the registry or a model changed")
    return stale


def _rules_hash(workspace: Workspace) -> str:
    digest = hashlib.sha256(workspace.configuration.registry.model_dump_json().encode())
    for folder in ("models", "macros"):
        for path in sorted((DBT_PROJECT_DIR / folder).rglob("*.sql")):
            digest.update(path.read_bytes())
    return digest.hexdigest()
