"""The sensor that asks again for automatic runs that failed for a reason outside of their data.

A full disk, a mistake in the registry, an unreachable server, a machine that was switched off: when the
reason is gone, nobody has to remember the run. What a workbook or a figure is to blame for is not
repeated: it would only fail again.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import dagster as dg
from pydantic import BaseModel

from atlas_assets.orchestration import jobs
from atlas_assets.orchestration.dagster_internals import RESERVED_JOB_PREFIX
from atlas_assets.orchestration.partitions import PARTITION_TAG, RANGE_END_TAG, RANGE_START_TAG
from atlas_assets.orchestration.runs.run_problems import failed_outside_of_data

if TYPE_CHECKING:
    from collections.abc import Sequence

    from atlas_assets.workspace import Workspace

ATTEMPT_TAG = "atlas/attempt"
LONGEST_WAIT = timedelta(minutes=30)
INTERVAL_SECONDS = 30
# Who asked for a run: commands are repeated by whoever gave them.
_AUTOMATIC = (
    "dagster/sensor_name",
    "dagster/schedule_name",
    "dagster/from_automation_condition",
)
_KEPT_TAGS = (RANGE_START_TAG, RANGE_END_TAG)
# The jobs that make what conditions ask for, by the first word of the assets' names; else DELIVER does.
_JOBS = {"quarterly": jobs.QUARTERLY_REPORT, "yearly": jobs.YEARLY_REPORT}


class RepeatMemory(BaseModel):
    """What is due again and when, by the id of the failed run, and until when runs were looked at.

    `configuration` is the time of the newest change in `source/config`, in nanoseconds.
    """

    looked_at: datetime
    due: dict[str, datetime] = {}
    configuration: int = 0

    def note(self, failed: Sequence[dg.DagsterRun], configuration: int, now: datetime) -> None:
        """Plan failed runs again, each attempt later than the one before; all at once after a change."""
        for run in failed:
            self.due[run.run_id] = now + wait(attempt_of(run))
        if configuration != self.configuration:
            self.due = dict.fromkeys(self.due, now)
        self.configuration, self.looked_at = configuration, now


def wait(attempt: int) -> timedelta:
    """Return how long to wait after an attempt, the first of which is 0."""
    return min(timedelta(minutes=2 ** min(attempt, 10)), LONGEST_WAIT)


def attempt_of(run: dg.DagsterRun) -> int:
    """Return how often a run had been asked for again before."""
    return int(run.tags.get(ATTEMPT_TAG, "0"))


def repeats(
    workspace: Workspace, all_jobs: list[dg.UnresolvedAssetJobDefinition]
) -> dg.SensorDefinition:
    """Return the sensor; it is on by default."""

    @dg.sensor(
        name="repeats",
        description=(
            "Asks again for automatic runs that failed for a reason outside of their data, such as a "
            "full disk, a mistake in the registry, or a machine that was switched off: after one, "
            "two, four … 30 minutes, and at once after a change in source/config."
        ),
        jobs=all_jobs,
        minimum_interval_seconds=INTERVAL_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def again(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        now = datetime.now(UTC)
        memory = RepeatMemory.model_validate_json(
            context.cursor or RepeatMemory(looked_at=now).model_dump_json()
        )
        failed = failed_outside_of_data(context.instance, memory.looked_at)
        automatic = [run for run in failed if any(tag in run.tags for tag in _AUTOMATIC)]
        memory.note(automatic, _newest_change(workspace), now)
        requests = _requests(context.instance, memory, now)
        cursor = memory.model_dump_json()
        if not requests:
            reason = (
                f"{len(memory.due)} runs wait to be repeated." if memory.due else "None failed."
            )
            return dg.SensorResult(skip_reason=reason, cursor=cursor)
        return dg.SensorResult(run_requests=requests, cursor=cursor)

    return again


def _requests(
    instance: dg.DagsterInstance, memory: RepeatMemory, now: datetime
) -> list[dg.RunRequest]:
    """Return the requests of the runs that are due, and forget these."""
    due = [run_id for run_id, moment in memory.due.items() if moment <= now]
    runs = {run_id: instance.get_run_by_id(run_id) for run_id in due}
    for run_id in due:
        del memory.due[run_id]
    return [_request(run) for run in runs.values() if run]


def _request(run: dg.DagsterRun) -> dg.RunRequest:
    tags = {name: run.tags[name] for name in _KEPT_TAGS if name in run.tags}
    return dg.RunRequest(
        run_key=f"again {run.run_id}",
        job_name=_job_of(run),
        asset_selection=sorted(run.asset_selection) if run.asset_selection else None,
        partition_key=None if tags else run.tags.get(PARTITION_TAG),
        tags={**tags, ATTEMPT_TAG: str(attempt_of(run) + 1)},
    )


def _job_of(run: dg.DagsterRun) -> str:
    """Return the job of a run or, if a condition asked for its assets, a job that has them."""
    if not run.job_name.startswith(RESERVED_JOB_PREFIX):
        return run.job_name
    words = [key.path[-1].split("_")[0] for key in run.asset_selection or ()]
    return next((_JOBS[word] for word in words if word in _JOBS), jobs.DELIVER)


def _newest_change(workspace: Workspace) -> int:
    files = workspace.settings.config_dir.glob("*.yaml")
    return max((path.stat().st_mtime_ns for path in files), default=0)
