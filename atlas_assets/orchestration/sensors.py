"""Sensors: one requests runs for changed workbooks, one reports runs that went wrong."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import dagster as dg
from pydantic import BaseModel

from atlas_assets.monitoring.notifications import SentMemory
from atlas_assets.monitoring.watching import WatchMemory
from atlas_assets.orchestration import jobs
from atlas_assets.orchestration.partitions import range_tags, single_key
from atlas_assets.orchestration.repeats import repeats
from atlas_assets.orchestration.runs.old_logs import prune
from atlas_assets.orchestration.runs.run_problems import notice_of
from atlas_assets.orchestration.runs.unfinished_runs import (
    close_dead_runs,
    is_command_under_way,
    under_way,
    waiting,
)

if TYPE_CHECKING:
    from atlas_assets.monitoring.watching import Plan
    from atlas_assets.periods.scope import Scope
    from atlas_assets.workspace import Workspace

INTERVAL_SECONDS = 30
_ENDED = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE]
_REQUESTED = {jobs.MONTHLY_CLOSE, jobs.BACKFILL, jobs.EXTRACT}


def sensors(
    workspace: Workspace, all_jobs: list[dg.UnresolvedAssetJobDefinition]
) -> list[dg.SensorDefinition]:
    """Return the sensors for workbooks, repeats and notifications; they are on by default."""
    return [
        _workbooks(workspace, [job for job in all_jobs if job.name in _REQUESTED]),
        repeats(workspace, [job for job in all_jobs if job.name != jobs.FRESHNESS]),
        _notifications(workspace, [job for job in all_jobs if job.name == jobs.FRESHNESS]),
    ]


def _workbooks(
    workspace: Workspace, requested: list[dg.UnresolvedAssetJobDefinition]
) -> dg.SensorDefinition:
    @dg.sensor(
        name="workbooks",
        description=(
            "Watches the workbooks, sheet by sheet: exactly the months whose sheets changed are "
            "loaded, built and published, with their reports; then months whose figures these changed."
        ),
        jobs=requested,
        minimum_interval_seconds=INTERVAL_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def workbooks(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        now = workspace.configuration.registry.calendar.now()
        close_dead_runs(context.instance, workspace.ledger)
        prune(workspace.settings.dagster_home, now)
        if reason := _why_wait(context.instance, workspace):
            return dg.SensorResult(skip_reason=reason, cursor=context.cursor)
        memory = WatchMemory.model_validate_json(context.cursor or "{}")
        plan = workspace.watcher.plan(memory, now)
        remarks = " ".join(plan.remarks)
        if remarks:
            context.log.info(remarks)
        cursor, requests = plan.memory.model_dump_json(), _requests(plan)
        if not requests:
            return dg.SensorResult(skip_reason=remarks or "No sheet changed.", cursor=cursor)
        return dg.SensorResult(run_requests=requests, cursor=cursor)

    return workbooks


def _why_wait(instance: dg.DagsterInstance, workspace: Workspace) -> str | None:
    """Return why to wait: for something under way, whose outcome decides what is left to do."""
    if is_command_under_way(workspace.settings.dagster_home):
        return "Waits for a command, which is under way."
    unfinished = [*under_way(instance), *waiting(instance)]
    return f"Waits for the run {unfinished[0].run_id[:8]}." if unfinished else None


def _requests(plan: Plan) -> list[dg.RunRequest]:
    scopes_of: list[tuple[str, list[Scope]]] = [
        (jobs.BACKFILL, plan.load),  # first, because reports look back
        (jobs.MONTHLY_CLOSE, plan.deliver),
        (jobs.EXTRACT, plan.refuse),
    ]
    return [
        dg.RunRequest(job_name=job, partition_key=single_key(scope), tags=range_tags(scope))
        for job, scopes in scopes_of
        for scope in scopes
    ]


class _Reported(BaseModel):
    """The moment until which runs have been examined, and what has been reported of them."""

    until: datetime
    memory: SentMemory = SentMemory()


def _notifications(
    workspace: Workspace, requested: list[dg.UnresolvedAssetJobDefinition]
) -> dg.SensorDefinition:
    @dg.sensor(
        name="notifications",
        description=(
            "Reports failed runs, failed checks and late months, whoever started the run, to "
            "notifications.log and to the addresses in ATLAS_NOTIFY. Looks for late months when it is "
            "first on."
        ),
        jobs=requested,
        minimum_interval_seconds=INTERVAL_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def notify(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        now = workspace.configuration.registry.calendar.now()
        if not context.cursor:
            cursor = _Reported(until=now).model_dump_json()
            first = [dg.RunRequest(run_key=jobs.FRESHNESS, job_name=jobs.FRESHNESS)]
            return dg.SensorResult(run_requests=first, cursor=cursor)
        before = _Reported.model_validate_json(context.cursor)
        ended = context.instance.get_run_records(
            dg.RunsFilter(statuses=_ENDED, updated_after=before.until.astimezone(UTC)),
            order_by="update_timestamp",
            ascending=True,
        )
        runs = [record.dagster_run for record in ended]
        notices = [notice for run in runs if (notice := notice_of(context.instance, run))]
        memory = workspace.notifier.notify(notices, before.memory, now)
        reason = f"{len(notices)} runs went wrong." if notices else "Nothing went wrong."
        if memory.unsent:
            reason += f" {len(memory.unsent)} messages could not be sent yet; see ATLAS_NOTIFY."
        until = ended[-1].update_timestamp if ended else before.until
        cursor = _Reported(until=until, memory=memory).model_dump_json()
        return dg.SensorResult(skip_reason=reason, cursor=cursor)

    return notify
