"""What went wrong in a run, as user-facing texts."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

import dagster as dg

from atlas_assets.monitoring.notifications import Notice
from atlas_assets.orchestration.dagster_internals import (
    CHECK_FAILED_ERROR,
    INTERRUPTED_ERROR,
    RESERVED_JOB_PREFIX,
)
from atlas_assets.orchestration.failures import OUTSIDE
from atlas_assets.orchestration.partitions import PARTITION_TAG, RANGE_END_TAG, RANGE_START_TAG
from atlas_assets.periods.calendar import span_text
from atlas_assets.periods.scope import Partition

if TYPE_CHECKING:
    from datetime import datetime

_REPORTED = {
    dg.DagsterEventType.ASSET_CHECK_EVALUATION,
    dg.DagsterEventType.STEP_FAILURE,
    dg.DagsterEventType.RUN_FAILURE,
    dg.DagsterEventType.ENGINE_EVENT,  # says why a run did not come to begin
}


INTERRUPTED = "The run was stopped before it was done."


def problems_of(instance: dg.DagsterInstance, run_id: str) -> list[str]:
    """Return complete texts on the failed checks and steps or, if there are none, on the run's failure."""
    events = [
        entry.dagster_event
        for entry in instance.all_logs(run_id, of_type=_REPORTED)
        if entry.dagster_event
    ]
    checks = [
        _check_text(event.asset_check_evaluation_data)
        for event in events
        if event.event_type is dg.DagsterEventType.ASSET_CHECK_EVALUATION
        and not event.asset_check_evaluation_data.passed
        and event.asset_check_evaluation_data.severity is dg.AssetCheckSeverity.ERROR
    ]
    steps = [
        _failure_text(event)
        for event in events
        if event.is_step_failure and not _is_of_a_check(event)
    ]
    return [*checks, *steps] or _ends(events)


def notice_of(instance: dg.DagsterInstance, run: dg.DagsterRun) -> Notice | None:
    """Return the message about a run that has ended, or None if nothing went wrong in it."""
    problems = problems_of(instance, run.run_id)
    if not problems:
        return None
    outcome = "failed" if run.status is dg.DagsterRunStatus.FAILURE else "found something wrong"
    return Notice(title=f"Atlas: {_what(run)}{_where(run)} {outcome}", text="\n".join(problems))


def failed_outside_of_data(instance: dg.DagsterInstance, since: datetime) -> list[dg.DagsterRun]:
    """Return the runs that have failed since a moment for a reason that lies outside of their data.

    Either none of their steps failed, because their process ended or did not come to begin, or each that
    did says so.
    """
    failed = dg.RunsFilter(
        statuses=[dg.DagsterRunStatus.FAILURE], updated_after=since.astimezone(UTC)
    )
    return [run for run in instance.get_runs(failed) if _is_outside(instance, run.run_id)]


def _is_outside(instance: dg.DagsterInstance, run_id: str) -> bool:
    entries = instance.all_logs(run_id, of_type=dg.DagsterEventType.STEP_FAILURE)
    return all(_says_outside(entry.dagster_event) for entry in entries if entry.dagster_event)


def _says_outside(event: dg.DagsterEvent) -> bool:
    data = event.step_failure_data
    if data.error is not None and data.error.cls_name == INTERRUPTED_ERROR:
        return True
    said = data.user_failure_data and data.user_failure_data.metadata.get(OUTSIDE)
    return bool(said and said.value)


def _what(run: dg.DagsterRun) -> str:
    """Return the name of the job, or the assets if these were selected by hand or by a condition."""
    if not run.job_name.startswith(RESERVED_JOB_PREFIX):
        return run.job_name
    return ", ".join(sorted(key.to_user_string() for key in run.asset_selection or ()))


def _where(run: dg.DagsterRun) -> str:
    first = run.tags.get(RANGE_START_TAG) or run.tags.get(PARTITION_TAG)
    if first is None:
        return ""
    start, end = (Partition.of_key(key) for key in (first, run.tags.get(RANGE_END_TAG, first)))
    entities = start.entity if start.entity == end.entity else f"{start.entity} to {end.entity}"
    return f" of {entities} {span_text([start.month, end.month], ' to ')}"


def _check_text(evaluation: dg.AssetCheckEvaluation) -> str:
    message = evaluation.description or evaluation.metadata["message"].value
    return f"{evaluation.asset_key.to_user_string()}, check {evaluation.check_name}: {message}"


def _ends(events: list[dg.DagsterEvent]) -> list[str]:
    """Return why a run ended although no step failed."""
    failures = [event for event in events if event.is_run_failure]
    if not failures:
        return []
    errors = [
        error
        for event in events
        if event.is_run_failure or event.is_engine_event
        for error in [getattr(event.event_specific_data, "error", None)]
        if error is not None
    ]
    texts = [_text_of(error) for error in errors] or [event.message or "" for event in failures]
    return list(dict.fromkeys(texts))


def _text_of(error: Any) -> str:
    """Return Atlas's own text among an error and its causes, or else that of the first cause."""
    while error.cause is not None and not error.message.startswith("atlas_assets."):
        error = error.cause
    name, _, text = error.message.partition(": ")
    return text.strip() if name.startswith("atlas_assets.") else error.message.strip()


def _is_of_a_check(event: dg.DagsterEvent) -> bool:
    error = event.step_failure_data.error
    return error is not None and error.cls_name == CHECK_FAILED_ERROR


def _failure_text(event: dg.DagsterEvent) -> str:
    data = event.step_failure_data
    if data.user_failure_data and data.user_failure_data.description:
        return data.user_failure_data.description
    error = data.error
    if error is not None and error.cls_name == INTERRUPTED_ERROR:
        return INTERRUPTED
    return (
        f"{event.step_key} failed in a way that Atlas does not know: "
        f"{error.message.strip() if error else 'no message'}. Its traceback is on the page of the run in "
        "`atlas ui`."
    )
