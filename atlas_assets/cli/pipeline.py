"""What the commands do: turn options into scopes, run the jobs, name the files."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import dagster as dg

from atlas_assets.cli.overview import Overview, overview
from atlas_assets.cli.selection import Selection
from atlas_assets.errors import UsageError
from atlas_assets.monitoring.staleness import facts_changed, pending
from atlas_assets.orchestration import jobs as automation
from atlas_assets.orchestration.runs.instance import prepare_home, run_job
from atlas_assets.orchestration.runs.unfinished_runs import turn_of_commands, wait_for_runs
from atlas_assets.periods.calendar import Month, Period, PeriodType
from atlas_assets.periods.scope import Scope, rectangles
from atlas_assets.sources.extract import changes
from atlas_assets.sources.known_months import business_now
from atlas_assets.validation.assemble import validation_path
from atlas_assets.warehouse.reconciliation import reconciliations
from atlas_assets.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from rich.console import Console

    from atlas_assets.settings import Settings


@dataclass
class Result:
    """What a command made, and what went wrong."""

    changes: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    runs: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return the result for machines."""
        return {
            "changes": self.changes,
            "findings": self.findings,
            "files": [str(path) for path in self.files],
            "runs": self.runs,
            "problems": self.problems,
        }


class Pipeline:
    """The jobs of one installation, run from the command line on the persistent instance."""

    def __init__(self, settings: Settings, messages: Console) -> None:
        self.settings, self.messages = settings, messages
        self.workspace = Workspace(settings)
        self.selection = Selection(self.workspace, messages)
        self.result = Result()
        prepare_home(settings, self.workspace.runs)

    def turn(self) -> AbstractContextManager[None]:
        """Wait for other commands that are under way, and hold back those that come later."""
        return turn_of_commands(self.settings.dagster_home, self.messages.print)

    @cached_property
    def definitions(self) -> dg.Definitions:
        """Everything that Dagster knows, built when the first job is run."""
        from atlas_assets.orchestration.build import (
            build_definitions,  # takes seconds; no refusal needs it
        )

        return build_definitions(self.settings)

    def build(self, entity: str | None, period: str | None) -> Result:
        """Sync what is stale up to the period, then publish and report its months.

        An entity with a sheet that cannot be read is left as it is, but for its other sheets,
        which are loaded.
        """
        wanted = self.selection.months_of_each(entity, period)
        stale = {
            code: pending(self.workspace, code, self.selection.known_months(code, months[-1]))
            for code, months in wanted.items()
        }
        for code, months in stale.items():
            if any(month.refused for month in months.values()):
                self._run(automation.EXTRACT, {code: tuple(months)})
                del wanted[code]
        to_sync = {code: tuple(stale[code]) for code in wanted}
        if wanted and self._run(automation.SYNC, to_sync) and self._follow(wanted):
            self._run(automation.DELIVER, wanted)
            self._name_files(_monthly(wanted))
        return self.result

    def _follow(self, wanted: dict[str, tuple[Month, ...]]) -> bool:
        """Build the months again whose figures a correction of another month has changed."""
        changed = facts_changed(self.workspace)
        to_build = {
            code: tuple(
                month for entity, month in changed if entity == code and month <= months[-1]
            )
            for code, months in wanted.items()
        }
        return self._run(automation.TRANSFORM, to_build)

    def seed(self, entity: str | None) -> Result:
        """Run the seed job for one entity or all."""
        config = {
            "operational__lookups": {"entity": self.selection.entity(entity) if entity else None}
        }
        self._run_scope(automation.SEED, None, config=config)
        return self.result

    def sync(self, entity: str, period: str) -> Result:
        """Run the sync job."""
        return self._run_period(automation.SYNC, entity, period)

    def extract(self, entity: str, period: str) -> Result:
        """Run the extract job; say which sheets changed and why."""
        code = self.selection.entity(entity)
        months = self.selection.months(code, period)
        self.result.changes = [
            f"{code} {month} {change.table}: {change.reason}"
            for month, found in changes(self.workspace, code, months).items()
            for change in found
            if not change.refused
        ]
        self._run(automation.EXTRACT, {code: tuple(months)})
        if not self.result.changes:
            self.messages.print("No sheet changed.")
        return self.result

    def transform(self, entity: str, period: str, selection: str | None) -> Result:
        """Run the transform job, or the part of it that dbt's `--select` chooses."""
        code = self.selection.entity(entity)
        scope = {code: tuple(self.selection.months(code, period))}
        if selection is None:
            self._run(automation.TRANSFORM, scope)
            return self.result
        from atlas_assets.orchestration.assets.models import selected_models

        models = selected_models(self.definitions, selection)
        if not models:
            raise UsageError(f"--select {selection} chooses no model.")
        self._run(automation.TRANSFORM, scope, models)
        return self.result

    def validate(self, entity: str, period: str) -> Result:
        """Run the validate job, tell every reconciliation, and name the validation files."""
        code = self.selection.entity(entity)
        months = self.selection.months(code, period)
        self._run(automation.VALIDATE, {code: tuple(months)})
        with self.workspace.warehouse.reading() as connection:
            found = reconciliations(connection, Scope((code,), tuple(months)))
        for check, pairs in found.items():
            differing = [pair for pair in pairs if not pair.passed]
            self.result.findings.append(
                f"{check}: {len(pairs) - len(differing)} of {len(pairs)} figures agree"
            )
            self.result.findings += [f"  {pair.told()}" for pair in differing]
        output = self.settings.output_dir
        years = sorted({month.year for month in months})
        self.result.files = [validation_path(output, code, year) for year in years]
        return self.result

    def backfill(self, entity: str | None, period: str, *, reports: bool) -> Result:
        """Bring the data of a range up to date in one run, with the reports of its months or not."""
        months = self.selection.months_of_each(entity, period)
        if (
            self._run(automation.MONTHLY_CLOSE if reports else automation.BACKFILL, months)
            and reports
        ):
            self._name_files(_monthly(months))
        return self.result

    def status(self, entity: str | None) -> Overview:
        """Return the state of one entity or all, and what to do about it."""
        with dg.DagsterInstance.get() as instance:
            return overview(self.workspace, instance, self.selection.chosen(entity))

    def load(self, entity: str, period: str) -> Result:
        """Run the load job."""
        return self._run_period(automation.LOAD, entity, period)

    def format(self, entity: str, period: str) -> Result:
        """Make report.json of each month, without deck and PDF."""
        code = self.selection.entity(entity)
        wanted = {code: tuple(self.selection.months(code, period))}
        if self._run(automation.REPORT, wanted, [dg.AssetKey(["reports", "monthly_report"])]):
            for period_ in _monthly(wanted)[code]:
                self.result.files.append(self.workspace.report_files.path(code, period_, "json"))
        return self.result

    def publish(self, entity: str, period: str) -> Result:
        """Run the publish job; warn where the source has changed since the marts were built."""
        code = self.selection.entity(entity)
        self._warn_of_stale(code, self.selection.months(code, period))
        return self._run_period(automation.PUBLISH, code, period)

    def report(
        self,
        entity: str,
        period: str,
        type_: PeriodType,
        units: str | None = None,
        *,
        check_staleness: bool,
    ) -> Result:
        """Make the report of each month, or of another type for the period as a whole.

        Warns where the source has changed since the marts were built, and of unknown units.
        """
        code = self.selection.entity(entity)
        months = self.selection.months(code, period)
        chosen = self.selection.units(code, units) if units else []
        if check_staleness:
            self._warn_of_stale(code, months)
        if type_ is not PeriodType.MONTHLY:
            return self._report_whole(code, Period.parse(period), type_, chosen)
        if chosen:
            for month in months:
                self._report_on_demand(code, Period.of_month(month), chosen)
            return self.result
        wanted = {code: tuple(months)}
        if self._run(automation.REPORT, wanted):
            self._name_files(_monthly(wanted))
        return self.result

    def _report_whole(
        self, entity: str, period: Period, type_: PeriodType, units: list[str]
    ) -> Result:
        """Run the job of a quarter's or year's partition, or that of ranges."""
        if type_ is PeriodType.YEARLY and period.type is not type_:
            raise UsageError(f"{period} is no year. Write --year {period.first.year}.")
        if type_ is PeriodType.QUARTERLY and not 1 < len(period.months) < 12:
            raise UsageError(f"{period} is no quarter. Write a range of months: --month 1-3.")
        jobs = {
            PeriodType.QUARTERLY: automation.QUARTERLY_REPORT,
            PeriodType.YEARLY: automation.YEARLY_REPORT,
        }
        is_over = period.last < Month.of(business_now(self.workspace).date())
        if units or period.type not in jobs or not is_over:  # there is no such partition
            self._report_on_demand(entity, period, units)
        elif self._run(jobs[period.type], {entity: (period.first,)}):
            self._name_files({entity: [period]})
        return self.result

    def _report_on_demand(self, entity: str, period: Period, units: list[str]) -> None:
        config = {"entity": entity, "period": str(period), "units": units}
        job = automation.RANGE_REPORT
        if self._run_scope(job, None, config={"reports__range_report": config}):
            self._name_files({entity: [period]}, units)

    def _warn_of_stale(self, entity: str, months: list[Month]) -> None:
        for month, stale in pending(self.workspace, entity, months).items():
            self.messages.print(
                f"Warning: {entity} {month} is stale: {stale.reason}. `atlas build --entity {entity} "
                f"--period {month}` brings it up to date.",
                style="yellow",
            )

    def _run_period(self, job: str, entity: str, period: str) -> Result:
        code = self.selection.entity(entity)
        self._run(job, {code: tuple(self.selection.months(code, period))})
        return self.result

    def _run(
        self,
        job: str,
        wanted: dict[str, tuple[Month, ...]],
        assets: list[dg.AssetKey] | None = None,
    ) -> bool:
        """Run a job over the months of each entity in as few runs as can be; say if all succeeded."""
        return all(
            self._run_scope(job, scope, assets)
            for scope in rectangles(wanted, self.selection.entities)
        )

    def _run_scope(
        self,
        job: str,
        scope: Scope | None,
        assets: list[dg.AssetKey] | None = None,
        config: dict[str, Any] | None = None,
    ) -> bool:
        where = f" {scope.first_key}" if scope else ""
        if scope and scope.first_key != scope.last_key:
            where += f" … {scope.last_key}"
        with dg.DagsterInstance.get() as instance:
            wait_for_runs(instance, self.messages.print)
        with self._progress(f"{job}{where}", job, assets) as on_step:
            outcome = run_job(self.definitions, job, scope, on_step, assets, config)
        self.messages.print(f"{job}{where}: {'done' if outcome.succeeded else 'failed'}")
        self.result.runs.append(outcome.run_id)
        self.result.problems += outcome.problems
        return outcome.succeeded

    @contextmanager
    def _progress(
        self, label: str, job: str, assets: list[dg.AssetKey] | None
    ) -> Generator[Callable[[str], None]]:
        """Show how many steps of a job are done, on a terminal only."""
        from rich.progress import Progress

        steps = self.definitions.resolve_job_def(job).get_subset(
            asset_selection=set(assets) if assets else None
        )
        with Progress(
            console=self.messages, transient=True, disable=not self.messages.is_terminal
        ) as progress:
            task = progress.add_task(label, total=len(steps.nodes) + 1)
            yield lambda step: progress.update(task, advance=1, description=f"{label}: {step}")

    def _name_files(self, made: dict[str, list[Period]], units: Sequence[str] = ()) -> None:
        for entity, periods in made.items():
            for period in periods:
                files = self.workspace.report_files.existing(entity, period, units)
                self.result.files += files
                if not any(path.suffix == ".pdf" for path in files):
                    from atlas_assets.deck.pdf import INSTALL_HINT

                    self.messages.print(INSTALL_HINT, style="yellow")


def _monthly(wanted: dict[str, tuple[Month, ...]]) -> dict[str, list[Period]]:
    return {
        entity: [Period.of_month(month) for month in months] for entity, months in wanted.items()
    }
