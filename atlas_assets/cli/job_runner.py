"""Runs jobs on the persistent Dagster instance, and shows their progress on a terminal."""

from __future__ import annotations

import shlex
import sys
from functools import cached_property
from typing import TYPE_CHECKING, Any

import dagster as dg

from atlas_assets.cli.progress import counted, shown_progress
from atlas_assets.orchestration import jobs
from atlas_assets.orchestration.runs.changed_sheets import changed_sheets, removed_records
from atlas_assets.orchestration.runs.instance import run_job
from atlas_assets.orchestration.runs.unfinished_runs import wait_for_runs
from atlas_assets.periods.scope import Scope

if TYPE_CHECKING:
    from rich.console import Console

    from atlas_assets.cli.result import Result
    from atlas_assets.periods.calendar import Month
    from atlas_assets.workspace import Workspace


# The jobs that remove what the source no longer has.
_KEEPING_UP = {
    jobs.EXTRACT,
    jobs.LOAD,
    jobs.TRANSFORM,
    jobs.SYNC,
    jobs.BACKFILL,
    jobs.MONTHLY_CLOSE,
}


class JobRunner:
    """Runs the jobs of one installation, one after the other, and records them in a result."""

    def __init__(self, workspace: Workspace, result: Result, messages: Console) -> None:
        self.workspace, self.result, self.messages = workspace, result, messages
        self.with_shop = False  # to parse its models takes a second
        self.command = shlex.join(["atlas", *sys.argv[1:]])

    @cached_property
    def definitions(self) -> dg.Definitions:
        """Dagster's definitions, built when the first job is run; they can do without the Jaffle Shop."""
        from atlas_assets.orchestration.build import build_definitions  # slow; a refusal needs none

        return build_definitions(self.workspace, with_shop=self.with_shop)

    def run(
        self,
        job: str,
        wanted: dict[str, tuple[Month, ...]],
        assets: list[dg.AssetKey] | None = None,
    ) -> dict[str, tuple[Month, ...]]:
        """Run a job over the months of each entity, and return the entities whose runs all succeeded.

        Every entity has a run of its own, so that none stops another or shows in it. `assets` limits the
        job to some of its assets.
        """
        return {
            entity: months
            for entity, months in wanted.items()
            if not months or self.run_scope(job, Scope((entity,), months), assets)
        }

    def run_scope(
        self,
        job: str,
        scope: Scope | None,
        assets: list[dg.AssetKey] | None = None,
        config: dict[str, Any] | None = None,
    ) -> bool:
        """Run a job in one run, once no other is in progress, and return whether it succeeded.

        `config` is the config of its assets, by the names of their steps.
        """
        label = f"{job} {scope}" if scope else job
        entities = scope.entities if scope else ()
        if job in _KEEPING_UP:
            for text in self.workspace.staleness.lost(entities):
                self.messages.print(f"{text}: it leaves every figure that is built from now on.")
        self.wait()
        with shown_progress(
            self.messages, label, self._about(job, scope), self._steps(job, assets)
        ) as on_step:
            outcome = run_job(self.definitions, job, scope, on_step, self.command, assets, config)
        self.messages.print(f"{label}: {'done' if outcome.succeeded else 'failed'}")
        self.result.runs.append(outcome.run_id)
        self.result.problems += outcome.problems
        with dg.DagsterInstance.get() as instance:
            for what in removed_records(instance, outcome.run_id):
                self.messages.print(f"{what} is gone: removed from the operational database.")
        return outcome.succeeded

    def wait(self) -> None:
        """Wait until no run is in progress, whoever started it."""
        with dg.DagsterInstance.get() as instance:
            wait_for_runs(instance, self.messages.print)

    def changed_sheets(self) -> list[str]:
        """Return which sheets the runs have loaded so far, and why."""
        with dg.DagsterInstance.get() as instance:
            return [line for run in self.result.runs for line in changed_sheets(instance, run)]

    def _about(self, job: str, scope: Scope | None) -> str:
        """Return how many months and sheets a run reads, if it does read sheets."""
        if scope is None or job not in _KEEPING_UP:
            return ""
        sheets = sum(len(self.workspace.source.tables(*of)) for of in scope.partitions)
        return f"{counted(len(scope.partitions), 'month')}, {counted(sheets, 'sheet')}"

    def _steps(self, job: str, assets: list[dg.AssetKey] | None) -> int:
        """Return how many steps a run has."""
        definition = self.definitions.resolve_job_def(job)
        return len(definition.get_subset(asset_selection=set(assets) if assets else None).nodes)
