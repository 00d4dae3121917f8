"""What went wrong in a run, in words for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dagster as dg
from dagster._core.definitions.assets.job.asset_job import is_reserved_asset_job_name

from atlas_assets.notifications import Notice
from atlas_assets.partitions import RANGE_END_TAG, RANGE_START_TAG
from atlas_assets.scope import SEPARATOR

if TYPE_CHECKING:
    from dagster._core.definitions.asset_checks.asset_check_evaluation import AssetCheckEvaluation

PARTITION_TAG = "dagster/partition"
_TOLD = {
    dg.DagsterEventType.ASSET_CHECK_EVALUATION,
    dg.DagsterEventType.STEP_FAILURE,
    dg.DagsterEventType.RUN_FAILURE,
}


def problems_of(instance: dg.DagsterInstance, run_id: str) -> list[str]:
    """Return complete texts: of the checks that failed, or else of what else did."""
    events = [
        entry.dagster_event
        for entry in instance.all_logs(run_id, of_type=_TOLD)
        if entry.dagster_event
    ]
    checks = [
        _check_text(event.asset_check_evaluation_data)
        for event in events
        if event.event_type is dg.DagsterEventType.ASSET_CHECK_EVALUATION
        and not event.asset_check_evaluation_data.passed
        and event.asset_check_evaluation_data.severity is dg.AssetCheckSeverity.ERROR
    ]
    steps = [_failure_text(event) for event in events if event.is_step_failure]
    return checks or steps or [event.message or "" for event in events if event.is_run_failure]


def notice_of(instance: dg.DagsterInstance, run: dg.DagsterRun) -> Notice | None:
    """Return the message on a run that has ended, or None when nothing in it went wrong."""
    problems = problems_of(instance, run.run_id)
    if not problems:
        return None
    outcome = "failed" if run.status is dg.DagsterRunStatus.FAILURE else "found something wrong"
    return Notice(title=f"Atlas: {_what(run)}{_where(run)} {outcome}", text="\n".join(problems))


def _what(run: dg.DagsterRun) -> str:
    """Return the job's name, or the assets where Dagster or a person chose these."""
    if not is_reserved_asset_job_name(run.job_name):
        return run.job_name
    return ", ".join(sorted(key.to_user_string() for key in run.asset_selection or ()))


def _where(run: dg.DagsterRun) -> str:
    first = run.tags.get(RANGE_START_TAG) or run.tags.get(PARTITION_TAG)
    if first is None:
        return ""
    last = run.tags.get(RANGE_END_TAG, first)
    (one, begin), (other, end) = (key.split(SEPARATOR) for key in (first, last))
    entities = one if one == other else f"{one} to {other}"
    return f" of {entities} {begin}" + (f" to {end}" if begin != end else "")


def _check_text(evaluation: AssetCheckEvaluation) -> str:
    told = evaluation.description or evaluation.metadata["message"].value
    return f"{evaluation.asset_key.to_user_string()}, check {evaluation.check_name}: {told}"


def _failure_text(event: dg.DagsterEvent) -> str:
    data = event.step_failure_data
    if data.user_failure_data and data.user_failure_data.description:
        return data.user_failure_data.description
    return f"{event.step_key}: {data.error_display_string}"
