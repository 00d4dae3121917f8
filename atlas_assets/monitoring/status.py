"""The state of every partition and stage: fresh, stale, failed or missing, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from atlas_assets.periods.calendar import Period
from atlas_assets.periods.scope import Partition
from atlas_assets.warehouse.ledger import STAGES, Stage

if TYPE_CHECKING:
    from atlas_assets.monitoring.staleness import Stale, Staleness
    from atlas_assets.periods.calendar import Month
    from atlas_assets.report.files import ReportFiles, Suffix
    from atlas_assets.warehouse.ledger import LastRun

# The stage that a later stage is made from. Once the former has run again, the latter is stale.
_MADE_OF: dict[Stage, Stage] = {
    "publish": "transform",
    "report": "transform",
    "present": "report",
}
_BUILT_AGAIN: dict[Stage, str] = {
    "publish": "the marts were built again after publish",
    "report": "the marts were built again after report",
    "present": "the report was made again after its deck",
}
_GONE: dict[Stage, str] = {"report": "its report.json is gone", "present": "its deck is gone"}
_FILES: dict[Stage, Suffix] = {"report": "json", "present": "pptx"}
State = Literal["fresh", "stale", "failed", "missing"]


@dataclass(frozen=True)
class PartitionStatus:
    """The state of each stage of a partition; `reason` says what is not fresh and why, or is empty."""

    entity: str
    month: Month
    stages: dict[Stage, State]
    reason: str


def partition_status(
    staleness: Staleness, entity: str, months: list[Month]
) -> list[PartitionStatus]:
    """Return the status of an entity's months, in order. Reads the source and writes nothing."""
    stale = staleness.pending(entity, months)
    runs = staleness.last_runs
    return [
        _status(
            partition,
            stale.get(partition.month),
            runs.get(partition, {}),
            _gone(staleness.report_files, partition),
        )
        for partition in (Partition(entity, month) for month in months)
    ]


def _gone(files: ReportFiles, partition: Partition) -> set[Stage]:
    """Return the stages whose file does not exist."""
    period = Period.of_month(partition.month)
    return {
        stage
        for stage, suffix in _FILES.items()
        if not files.path(partition.entity, period, suffix).exists()
    }


def _status(
    partition: Partition, stale: Stale | None, runs: dict[Stage, LastRun], gone: set[Stage]
) -> PartitionStatus:
    states: dict[Stage, State] = {}
    reasons = [stale.reason] if stale else []
    for stage in STAGES:
        run = runs.get(stage)
        source = runs.get(_MADE_OF[stage]) if stage in _MADE_OF else None
        if run is None:
            states[stage] = "missing"
        elif run.status == "failed":
            states[stage] = "failed"
            reasons.append(run.error or "")
        elif stale and STAGES.index(stage) >= STAGES.index(stale.first):
            states[stage] = "stale"
        elif source and run.number < source.number:
            states[stage] = "stale"
            reasons.append(_BUILT_AGAIN[stage])
        elif stage in gone:
            states[stage] = "stale"
            reasons.append(_GONE[stage])
        else:
            states[stage] = "fresh"
    return PartitionStatus(*partition, states, "; ".join(dict.fromkeys(filter(None, reasons))))
