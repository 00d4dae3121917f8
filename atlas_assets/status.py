"""The state of every partition and stage: fresh, stale, failed or missing, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from atlas_assets.pipeline_runs import Stage
from atlas_assets.staleness import pending

if TYPE_CHECKING:
    from atlas_assets.periods import Month
    from atlas_assets.pipeline_runs import LastRun
    from atlas_assets.staleness import Stale
    from atlas_assets.workspace import Workspace

State = Literal["fresh", "stale", "failed", "missing"]
STAGES: tuple[Stage, ...] = get_args(Stage)


@dataclass(frozen=True)
class PartitionStatus:
    """The state of each stage of a partition. `reason` says why one is not fresh, or is empty."""

    entity: str
    month: Month
    stages: dict[Stage, State]
    reason: str


def partition_status(
    workspace: Workspace, entity: str, months: list[Month]
) -> list[PartitionStatus]:
    """Return the status of an entity's months, in order. Reads the source and writes nothing."""
    stale = pending(workspace, entity, months)
    runs = workspace.runs.last_runs()
    return [
        _status(entity, month, stale.get(month), runs.get((entity, month), {})) for month in months
    ]


def _status(
    entity: str, month: Month, stale: Stale | None, runs: dict[Stage, LastRun]
) -> PartitionStatus:
    states: dict[Stage, State] = {}
    reasons = [stale.reason] if stale else []
    marts = runs.get("transform")
    for stage in STAGES:
        run = runs.get(stage)
        if run is None:
            states[stage] = "missing"
        elif run.status == "failed":
            states[stage] = "failed"
            reasons.append(run.error or "")
        elif stale and STAGES.index(stage) >= STAGES.index(stale.first):
            states[stage] = "stale"
        elif stage in {"publish", "report"} and marts and run.number < marts.number:
            states[stage] = "stale"
            reasons.append(f"the marts were built again after {stage}")
        else:
            states[stage] = "fresh"
    return PartitionStatus(entity, month, states, "; ".join(dict.fromkeys(filter(None, reasons))))
