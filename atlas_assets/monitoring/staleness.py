"""Which partitions are not made of what the source, the registry and the models now say, and why."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb

from atlas_assets.periods.calendar import Month
from atlas_assets.settings import DBT_PROJECT_DIR
from atlas_assets.sources.extract import changes

if TYPE_CHECKING:
    from atlas_assets.warehouse.ledger import LastRun, Partition, Stage
    from atlas_assets.workspace import Workspace


_FACTS_CHANGED = """
SELECT entity_code, month_key
FROM intermediate.audit_months FULL JOIN marts.built_months AS built USING (entity_code, month_key)
WHERE audit_months.digests IS DISTINCT FROM built.digests
ORDER BY ALL
"""
_DIGESTS = "SELECT entity_code, month_key, digests FROM intermediate.audit_months ORDER BY ALL"


def input_hashes(workspace: Workspace) -> dict[Partition, str]:
    """Return the hash of each loaded partition's own sheets and of the rules that judge them."""
    rules = _rules_hash(workspace)
    return {
        partition: hashlib.sha256(f"{rules}{own}".encode()).hexdigest()
        for partition, own in sorted(workspace.raw_store.partition_hashes().items())
    }


def facts_changed(workspace: Workspace) -> list[Partition]:
    """Return the partitions whose marts are not made of the facts that now stand, in order.

    History reaches across months: a correction of one changes customer types in others, and models
    compute those over the whole history whichever month is built. Exactly the months in which a
    fact of the marts became another one are returned.
    """
    return [(entity, Month.of(month)) for entity, month in _read(workspace, _FACTS_CHANGED)]


def fact_digests(workspace: Workspace) -> dict[Partition, dict[str, str]]:
    """Return digests of the facts that each partition's marts have to be made of, by model."""
    return {
        (entity, Month.of(month)): digests for entity, month, digests in _read(workspace, _DIGESTS)
    }


def _read(workspace: Workspace, query: str) -> list[tuple[Any, ...]]:
    warehouse = workspace.warehouse
    if not warehouse.path.exists():
        return []
    with warehouse.reading() as connection:
        try:
            return connection.execute(query).fetchall()
        except (duckdb.CatalogException, duckdb.BinderException):
            return []  # nothing has been built yet, or only by a version that noted nothing of it


def unverified(workspace: Workspace) -> list[Partition]:
    """Return the loaded partitions whose marts are not made of what is loaded now, in order."""
    verified = workspace.runs.verified_hashes()
    changed = set(facts_changed(workspace))
    return [
        partition
        for partition, digest in input_hashes(workspace).items()
        if partition in changed or verified.get(partition) != digest
    ]


@dataclass(frozen=True)
class Stale:
    """Why a month has to be synced, and which stage of it comes first.

    `refused` when a sync would fail for a sheet of it.
    """

    reason: str
    first: Stage
    refused: bool = False


def pending(workspace: Workspace, entity: str, months: list[Month]) -> dict[Month, Stale]:
    """Return the months that have to be synced, and why.

    Only a sync whose checks all passed counts. A sheet that cannot be read is a reason, too.
    """
    hashes = input_hashes(workspace)
    verified = workspace.runs.verified_hashes()
    changed = changes(workspace, entity, months)
    moved = set(facts_changed(workspace))
    last = workspace.runs.last_runs()
    stale: dict[Month, Stale] = {}
    for month in months:
        if found := changed.get(month):
            refused = [change.reason for change in found if change.refused]
            is_new = not workspace.raw_store.is_loaded("transactions", entity, month)
            reasons = refused or (
                ["not loaded yet"] if is_new else [change.reason for change in found]
            )
            stale[month] = Stale("; ".join(reasons), "extract", bool(refused))
        elif _failed(last.get((entity, month), {}).get("extract")):
            stale[month] = Stale("its last extraction was not finished", "extract")
        elif (entity, month) not in verified:
            stale[month] = Stale("its figures have not passed their checks yet", "transform")
        elif verified[entity, month] != hashes.get((entity, month)):
            stale[month] = Stale(
                "a sheet was loaded again, or the registry or a model changed", "transform"
            )
        elif (entity, month) in moved:
            stale[month] = Stale("a correction of another month changed its figures", "transform")
    return stale


def _failed(run: LastRun | None) -> bool:
    return run is not None and run.status == "failed"


def _rules_hash(workspace: Workspace) -> str:
    digest = hashlib.sha256(workspace.configuration.registry.model_dump_json().encode())
    for folder in ("models", "macros"):
        for path in sorted((DBT_PROJECT_DIR / folder).rglob("*.sql")):
            digest.update(path.read_bytes())
    return digest.hexdigest()
