"""Runs that have not ended: they take turns, and one whose process is gone has failed."""

from __future__ import annotations

import contextlib
import os
import platform
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import dagster as dg
import psutil
from filelock import FileLock, Timeout

from atlas_assets.files import is_running
from atlas_assets.orchestration.dagster_internals import TaggingExecutor, launched_process
from atlas_assets.orchestration.runs.origin import origin_tags

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

    from atlas_assets.warehouse.ledger import RunLedger

# Which process executes a run, so that its end can be detected.
HOST_TAG, PROCESS_TAG = "atlas/host", "atlas/process"
_RUNNING = [
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]
_COMMANDS = ".commands.lock"
_NOT_STARTED = dg.DagsterRunStatus.NOT_STARTED
_ENDED = "The process that ran this was ended before it was done. Run the same command again."
_LOOK_AGAIN_SECONDS = 1
_CLOCK_STEP_SECONDS = 60  # start times are wall-clock times, and clocks get adjusted


def this_process(run_id: str) -> dict[str, str]:
    """Return tags that identify the process of a run by host, process id and start time.

    They name the run, because Dagster copies the tags of a run that is executed again.
    """
    created = psutil.Process().create_time()
    return {HOST_TAG: platform.node(), PROCESS_TAG: f"{run_id} {os.getpid()} {created}"}


@dg.executor(name="in_this_process")
def in_this_process(_context: dg.InitExecutorContext) -> TaggingExecutor:
    """Execute all steps in the process of the run; tags name the process, and what the run is about."""
    return TaggingExecutor(
        lambda run: {**this_process(run.run_id), **origin_tags(run.job_name, run.tags)}
    )


def under_way(instance: dg.DagsterInstance) -> list[dg.DagsterRun]:
    """Return the runs in progress, whoever started them."""
    return list(instance.get_runs(dg.RunsFilter(statuses=_RUNNING)))


def waiting(instance: dg.DagsterInstance) -> list[dg.DagsterRun]:
    """Return the queued runs."""
    return list(instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.QUEUED])))


def close_dead_runs(instance: dg.DagsterInstance, ledger: RunLedger) -> None:
    """Mark runs whose process is gone, and their stages, as failed; else they would never end."""
    looked_at = datetime.now(UTC)
    for run in instance.get_runs(dg.RunsFilter(statuses=[*_RUNNING, _NOT_STARTED])):
        if _is_dead(instance, run):
            instance.report_run_failed(run, _ENDED)
    if not under_way(instance):
        ledger.fail_unfinished(looked_at, _ENDED)


@contextmanager
def turn_of_commands(home: Path, report: Callable[[str], None]) -> Generator[None]:
    """Wait until no other command is under way, and hold other commands back until the block ends."""
    lock = FileLock(home / _COMMANDS)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        report("Waits for another command, which is under way.")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def is_command_under_way(home: Path) -> bool:
    """Return whether a command that runs jobs is under way."""
    try:
        with FileLock(home / _COMMANDS, timeout=0):
            return False
    except Timeout:
        return True


def wait_for_runs(instance: dg.DagsterInstance, report: Callable[[str], None]) -> None:
    """Wait until no run is in progress, and report each run that is waited for."""
    reported: set[str] = set()
    while runs := [run for run in under_way(instance) if not _is_dead(instance, run)]:
        for run in runs:
            if run.run_id not in reported:
                report(f"Waits for the run {run.run_id[:8]} ({run.job_name}), which is under way.")
                reported.add(run.run_id)
        time.sleep(_LOOK_AGAIN_SECONDS)


def _is_dead(instance: dg.DagsterInstance, run: dg.DagsterRun) -> bool:
    """Return whether the process of a run is gone.

    The code server says nothing about it: one that was reloaded does not know the runs of before,
    which go on.
    """
    run_id, _, process = run.tags.get(PROCESS_TAG, "").partition(" ")
    if run_id == run.run_id:
        is_gone = run.tags[HOST_TAG] == platform.node() and not _is_alive(process)
    elif run.status is dg.DagsterRunStatus.STARTED:  # not tagged yet, or by an earlier version
        number = launched_process(instance, run.run_id)
        is_gone = number is not None and not is_running(number)
    else:  # Dagster itself monitors runs that are starting or being canceled
        return False
    if not is_gone:
        return False
    now = instance.get_run_by_id(run.run_id)  # it may have ended normally in the meantime
    return now is not None and not now.is_finished


def _is_alive(process: str) -> bool:
    number, _, created = process.partition(" ")
    if not is_running(int(number)):
        return False
    with contextlib.suppress(psutil.NoSuchProcess):
        difference = psutil.Process(int(number)).create_time() - float(created)
        return abs(difference) < _CLOCK_STEP_SECONDS
    return False
