"""Runs that the source asks for: the workbook sensor."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import dagster as dg

from atlas_assets import automation
from atlas_assets.instance import mark_dead_runs_failed
from atlas_assets.partitions import RANGE_END_TAG, RANGE_START_TAG
from atlas_assets.watching import Memory, plan

if TYPE_CHECKING:
    from atlas_assets.scope import Scope
    from atlas_assets.workspace import Workspace

INTERVAL_SECONDS = 30
_UNFINISHED = [
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def sensors(
    workspace: Workspace, jobs: list[dg.UnresolvedAssetJobDefinition]
) -> list[dg.SensorDefinition]:
    """Return the workbook sensor, which runs from the first start on."""
    requested = {automation.MONTHLY_CLOSE, automation.BACKFILL, automation.EXTRACT}

    @dg.sensor(
        name="workbooks",
        description=(
            "Looks at the workbooks, sheet by sheet: exactly the months whose sheets changed are "
            "loaded, built and published, with their reports; then those that they changed."
        ),
        jobs=[job for job in jobs if job.name in requested],
        minimum_interval_seconds=INTERVAL_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def workbooks(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        mark_dead_runs_failed(context.instance)
        unfinished = context.instance.get_runs(dg.RunsFilter(statuses=_UNFINISHED), limit=1)
        if unfinished:  # its outcome decides what is left to do
            reason = f"Waits for the run {unfinished[0].run_id[:8]}."
            return dg.SensorResult(skip_reason=reason, cursor=context.cursor)
        memory = Memory.model_validate_json(context.cursor) if context.cursor else Memory()
        now = datetime.now(ZoneInfo(workspace.configuration.registry.calendar.time_zone))
        made = plan(workspace, memory, now)
        requests = [
            _request(job, scope)
            for job, scopes in (
                (automation.MONTHLY_CLOSE, made.deliver),
                (automation.BACKFILL, made.load),
                (automation.EXTRACT, made.refuse),
            )
            for scope in scopes
        ]
        told = " ".join(made.told)
        if told:
            context.log.info(told)
        cursor = made.memory.model_dump_json()
        if not requests:
            return dg.SensorResult(skip_reason=told or "No sheet changed.", cursor=cursor)
        return dg.SensorResult(run_requests=requests, cursor=cursor)

    return [workbooks]


def _request(job: str, scope: Scope) -> dg.RunRequest:
    if scope.first_key == scope.last_key:
        return dg.RunRequest(job_name=job, partition_key=scope.first_key)
    tags = {RANGE_START_TAG: scope.first_key, RANGE_END_TAG: scope.last_key}
    return dg.RunRequest(job_name=job, tags=tags)
