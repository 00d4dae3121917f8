"""The persistent Dagster instance: made on first use, and the jobs run on it from the command line."""

from __future__ import annotations

import os
import platform
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import dagster as dg
import psutil
from filelock import FileLock

from atlas_assets.partitions import RANGE_END_TAG, RANGE_START_TAG
from atlas_assets.settings import PROJECT_DIR

if TYPE_CHECKING:
    from collections.abc import Callable

    from atlas_assets.scope import Scope
    from atlas_assets.settings import Settings

# Where a command's run is running, to know when it is no more.
HOST_TAG, PROCESS_TAG = "atlas/host", "atlas/process"
# The command line tells what matters itself; the whole log is in the web UI.
_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass(frozen=True)
class RunOutcome:
    """How a run ended. `problems` are complete texts for people."""

    run_id: str
    job: str
    succeeded: bool
    problems: list[str]


def prepare_home(settings: Settings) -> None:
    """Make the Dagster home usable and tell this process, and those it starts, where it is."""
    home = settings.dagster_home
    home.mkdir(parents=True, exist_ok=True)
    os.environ["DAGSTER_HOME"] = str(home)
    with FileLock(home / ".lock"):  # two processes that initialise one home at once break it
        if not (home / "dagster.yaml").exists():
            shutil.copy(PROJECT_DIR / ".dagster" / "dagster.yaml", home / "dagster.yaml")
        with dg.DagsterInstance.get() as instance:
            mark_dead_runs_failed(instance)


def mark_dead_runs_failed(instance: dg.DagsterInstance) -> None:
    """Mark the runs of commands whose process is gone as failed; they would seem to run for ever."""
    host = platform.node()
    for run in instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED])):
        if run.tags.get(HOST_TAG) == host and not _is_alive(run.tags.get(PROCESS_TAG, "")):
            instance.report_run_failed(
                run, "The process that ran this was ended. Run the same command again."
            )


def _this_process() -> str:
    """Return this process's number and start, which no later process has both of."""
    return f"{os.getpid()} {psutil.Process().create_time()}"


def _is_alive(process: str) -> bool:
    number, _, started = process.partition(" ")
    try:
        return str(psutil.Process(int(number)).create_time()) == started
    except (psutil.NoSuchProcess, ValueError):
        return False


def run_job(
    definitions: dg.Definitions,
    job: str,
    scope: Scope | None,
    on_step: Callable[[str], None],
    assets: list[dg.AssetKey] | None = None,
    config: dict[str, Any] | None = None,
) -> RunOutcome:
    """Run a job in this process on the persistent instance, over a whole scope in one run.

    `on_step` is told the name of each step that begins; `assets` limits the job to some of its own;
    `config` is that of its assets, by the names of their steps.
    """
    run_id = str(uuid4())

    def tell(entry: dg.EventLogEntry) -> None:
        event = entry.dagster_event
        if event and event.event_type == dg.DagsterEventType.STEP_START and event.step_key:
            on_step(event.step_key)

    with dg.DagsterInstance.get() as instance:
        instance.add_event_listener(run_id, tell)
        single = scope is not None and scope.first_key == scope.last_key
        result = definitions.resolve_job_def(job).execute_in_process(
            instance=instance,
            run_id=run_id,
            run_config={**_QUIET, "ops": {n: {"config": c} for n, c in (config or {}).items()}},
            raise_on_error=False,
            asset_selection=assets,
            partition_key=scope.first_key if scope and single else None,
            tags={
                HOST_TAG: platform.node(),
                PROCESS_TAG: _this_process(),
                **(
                    {RANGE_START_TAG: scope.first_key, RANGE_END_TAG: scope.last_key}
                    if scope and not single
                    else {}
                ),
            },
        )
    return RunOutcome(run_id, job, result.success, [] if result.success else _problems(result))


def _problems(result: dg.ExecuteInProcessResult) -> list[str]:
    checks = [
        f"{evaluation.asset_key.to_user_string()}, check {evaluation.check_name}: "
        f"{evaluation.description or evaluation.metadata['message'].value}"
        for evaluation in result.get_asset_check_evaluations()
        if not evaluation.passed and evaluation.severity is dg.AssetCheckSeverity.ERROR
    ]
    return checks or [_failure_text(event) for event in result.all_events if event.is_step_failure]


def _failure_text(event: dg.DagsterEvent) -> str:
    data = event.step_failure_data
    if data.user_failure_data and data.user_failure_data.description:
        return data.user_failure_data.description
    return f"{event.step_key}: {data.error_display_string}"
