"""Sensors: the workbooks ask for runs, and runs that went wrong are told."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import dagster as dg
from pydantic import BaseModel

from atlas_assets.monitoring import notifications, watching
from atlas_assets.orchestration import jobs as automation
from atlas_assets.orchestration.partitions import range_tags, single_key
from atlas_assets.orchestration.runs.old_logs import prune
from atlas_assets.orchestration.runs.run_problems import notice_of, was_cut_off
from atlas_assets.orchestration.runs.unfinished_runs import (
    close_dead_runs,
    is_command_under_way,
    under_way,
    waiting,
)
from atlas_assets.sources.known_months import business_now

if TYPE_CHECKING:
    from atlas_assets.periods.scope import Scope
    from atlas_assets.workspace import Workspace

INTERVAL_SECONDS = 30
_ENDED = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE]


def sensors(
    workspace: Workspace, jobs: list[dg.UnresolvedAssetJobDefinition]
) -> list[dg.SensorDefinition]:
    """Return the sensor of workbooks and that of messages, which run from the first start on."""
    requested = {automation.MONTHLY_CLOSE, automation.BACKFILL, automation.EXTRACT}
    return [
        _workbooks(workspace, [job for job in jobs if job.name in requested]),
        _notifications(workspace),
    ]


def _workbooks(
    workspace: Workspace, jobs: list[dg.UnresolvedAssetJobDefinition]
) -> dg.SensorDefinition:
    @dg.sensor(
        name="workbooks",
        description=(
            "Looks at the workbooks, sheet by sheet: exactly the months whose sheets changed are "
            "loaded, built and published, with their reports; then those that they changed."
        ),
        jobs=jobs,
        minimum_interval_seconds=INTERVAL_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def workbooks(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        home = workspace.settings.dagster_home
        close_dead_runs(context.instance, workspace.runs)
        prune(home, business_now(workspace))
        if is_command_under_way(home):
            reason = "Waits for a command, which is under way."
            return dg.SensorResult(skip_reason=reason, cursor=context.cursor)
        unfinished = [*under_way(context.instance), *waiting(context.instance)]
        if unfinished:  # its outcome decides what is left to do
            reason = f"Waits for the run {unfinished[0].run_id[:8]}."
            return dg.SensorResult(skip_reason=reason, cursor=context.cursor)
        memory = (
            watching.Memory.model_validate_json(context.cursor)
            if context.cursor
            else watching.Memory()
        )
        if was_cut_off(context.instance, memory.looked_at):
            memory.ask_once_more()
        made = watching.plan(workspace, memory, business_now(workspace))
        requests = [
            _request(job, scope)
            for job, scopes in (
                (automation.BACKFILL, made.load),  # first: reports look back
                (automation.MONTHLY_CLOSE, made.deliver),
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

    return workbooks


def _request(job: str, scope: Scope) -> dg.RunRequest:
    return dg.RunRequest(job_name=job, partition_key=single_key(scope), tags=range_tags(scope))


class _Told(BaseModel):
    """Until when runs have been looked at, and what was told of them."""

    until: datetime
    memory: notifications.Memory = notifications.Memory()


def _notifications(workspace: Workspace) -> dg.SensorDefinition:
    @dg.sensor(
        name="notifications",
        description=(
            "Tells of runs and checks that failed and of months that are late, whoever started the "
            "run: into notifications.log, and to the addresses of ATLAS_NOTIFY."
        ),
        minimum_interval_seconds=INTERVAL_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def notify(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        now = business_now(workspace)
        if not context.cursor:
            cursor = _Told(until=now).model_dump_json()
            return dg.SensorResult(skip_reason="Looks from now on.", cursor=cursor)
        before = _Told.model_validate_json(context.cursor)
        ended = context.instance.get_run_records(
            dg.RunsFilter(statuses=_ENDED, updated_after=before.until.astimezone(UTC)),
            order_by="update_timestamp",
            ascending=True,
        )
        notices = [
            notice
            for record in ended
            if (notice := notice_of(context.instance, record.dagster_run))
        ]
        memory = notifications.Notifier.of(workspace.settings).tell(notices, before.memory, now)
        until = ended[-1].update_timestamp if ended else before.until
        reason = f"{len(notices)} runs went wrong." if notices else "Nothing went wrong."
        if memory.unsent:
            reason += f" {len(memory.unsent)} messages could not be sent yet; see ATLAS_NOTIFY."
        cursor = _Told(until=until, memory=memory).model_dump_json()
        return dg.SensorResult(skip_reason=reason, cursor=cursor)

    return notify
