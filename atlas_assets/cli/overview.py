"""The state of everything on one screen: what is missing, stale, failed or late, and how to fix it."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

from atlas_assets.monitoring.deadlines import Late, outlook
from atlas_assets.orchestration.runs.unfinished_runs import under_way, waiting
from atlas_assets.orchestration.schedules import next_ticks
from atlas_assets.periods.calendar import consecutive_runs, span_text
from atlas_assets.warehouse.ledger import DATA_STAGES, FILE_STAGES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import dagster as dg

    from atlas_assets.monitoring.status import PartitionStatus, State
    from atlas_assets.warehouse.ledger import Stage
    from atlas_assets.workspace import Workspace

_REASONS = 3  # the number that is listed; the others are counted
_SILENCE_SECONDS = (
    180  # after which a daemon, which reports itself every 30, is not running any more
)


@dataclass(frozen=True)
class Overview:
    """Every month's state, the commands that fix what is wrong and why, what is late, what runs next.

    `empty` are the months whose sheets have no rows yet. `remedies` pairs commands with reasons,
    `next` runs with times.
    """

    statuses: list[PartitionStatus]
    empty: list[PartitionStatus]
    remedies: list[tuple[str, str]]
    late: list[Late]
    next: list[tuple[str, str]]

    @property
    def rows(self) -> list[tuple[str, str, dict[Stage, State]]]:
        """Entity, months and states; successive months in the same state share a row."""
        grouped = groupby(self.statuses, lambda status: (status.entity, status.stages))
        return [
            (entity, span_text([status.month for status in group]), stages)
            for (entity, stages), group in grouped
        ]

    def as_dict(self) -> dict[str, Any]:
        """Return the overview month by month, ready for JSON."""
        return {
            "partitions": [
                {"entity": s.entity, "month": str(s.month), **s.stages, "reason": s.reason}
                for s in (*self.statuses, *self.empty)
            ],
            "to_do": [{"command": command, "why": why} for command, why in self.remedies],
            "late": [late.message() for late in self.late],
            "next": [{"what": what, "when": when} for what, when in self.next],
        }


def overview(
    workspace: Workspace, instance: dg.DagsterInstance, entities: Sequence[str]
) -> Overview:
    """Return the overview of every known month of some entities."""
    now = workspace.configuration.registry.calendar.now()
    statuses: list[PartitionStatus] = []
    empty: list[PartitionStatus] = []
    remedies: list[tuple[str, str]] = []
    late: list[Late] = []
    staleness = workspace.staleness
    for entity in entities:
        view = outlook(staleness, entity, now)
        with_data = [s for s in view.statuses if view.newest and s.month <= view.newest]
        remedies += _remedies(entity, with_data)
        statuses += with_data
        empty += [
            replace(status, reason="no rows yet")
            for status in view.statuses
            if status not in with_data
        ]
        late += view.late
    coming = [*_runs(instance), *_ticks(workspace, instance, now)]
    return Overview(statuses, empty, remedies, late, coming)


def _remedies(entity: str, statuses: list[PartitionStatus]) -> list[tuple[str, str]]:
    """Return the commands that bring an entity up to date, in the order to run them, with reasons."""
    if not statuses:
        return []
    newest = statuses[-1]
    stale = [s for s in statuses if any(s.stages[stage] != "fresh" for stage in DATA_STAGES)]
    remedies: list[tuple[str, str]] = []
    if stale or any(state != "fresh" for state in newest.stages.values()):
        remedies.append((f"atlas build --entity {entity}", _why(stale or [newest])))
    rest = statuses[:-1]
    wrong = {"stale", "failed"}
    records = [  # what has never been loaded cannot be published yet
        s.month
        for s in rest
        if s.stages["publish"] in wrong or (s.stages["publish"] == "missing" and s not in stale)
    ]
    reports = [s.month for s in rest if any(s.stages[f] in wrong for f in FILE_STAGES)]
    for months in consecutive_runs(records):
        command = f"atlas publish --entity {entity} --period {span_text(months, '..')}"
        remedies.append((command, "records not published, or older than their figures"))
    for months in consecutive_runs(reports):
        command = f"atlas report --entity {entity} --period {span_text(months, '..')}"
        remedies.append((command, "reports older than their figures, or failed"))
    return remedies


def _why(statuses: list[PartitionStatus]) -> str:
    """Return the months that are not up to date, and their reasons, each once."""
    reasons = list(dict.fromkeys(status.reason for status in statuses if status.reason))
    more = f"; and {len(reasons) - _REASONS} more" if len(reasons) > _REASONS else ""
    listed = "; ".join(reasons[:_REASONS]) or "not finished"
    months = consecutive_runs([status.month for status in statuses])
    return f"{', '.join(span_text(run) for run in months)}: {listed}{more}"


def _runs(instance: dg.DagsterInstance) -> list[tuple[str, str]]:
    running = [(f"run {run.run_id[:8]} ({run.job_name})", "now") for run in under_way(instance)]
    queued = [(f"run {run.run_id[:8]} ({run.job_name})", "queued") for run in waiting(instance)]
    return running + queued


def _ticks(
    workspace: Workspace, instance: dg.DagsterInstance, now: datetime
) -> list[tuple[str, str]]:
    """Return when the schedules next run, and an entry of its own if no daemon is running."""
    stopped = {
        state.instigator_name for state in instance.all_instigator_state() if not state.is_running
    }
    ticks = [
        (name, "switched off" if name in stopped else f"{tick:%Y-%m-%d %H:%M} ({tick.tzname()})")
        for name, tick in sorted(next_ticks(workspace, now).items(), key=lambda item: item[1])
    ]
    beats = [beat.timestamp for beat in instance.get_daemon_heartbeats().values()]
    if not any(time.time() - beat < _SILENCE_SECONDS for beat in beats):
        ticks.append(("nothing runs by itself", "no daemon is running; `atlas ui` starts one"))
    return ticks
