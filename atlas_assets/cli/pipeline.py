"""What the commands do: turn options into scopes, run the jobs, collect the files to print."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import dagster as dg

from atlas_assets.cli.job_runner import JobRunner
from atlas_assets.cli.overview import Overview, overview
from atlas_assets.cli.plan import Plan
from atlas_assets.cli.result import Result
from atlas_assets.cli.selection import Selection
from atlas_assets.errors import UsageError
from atlas_assets.orchestration import jobs, keys
from atlas_assets.orchestration.runs.instance import prepare_home
from atlas_assets.orchestration.runs.unfinished_runs import turn_of_commands
from atlas_assets.periods.calendar import Month, Period, PeriodType
from atlas_assets.periods.scope import Scope
from atlas_assets.warehouse.provenance import facts_changed
from atlas_assets.warehouse.reconciliation import reconciliations
from atlas_assets.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    from rich.console import Console

    from atlas_assets.settings import Settings
    from atlas_assets.validation.findings import Finding


class Pipeline:
    """The jobs of one installation, run from the command line on the persistent instance."""

    def __init__(self, settings: Settings, messages: Console) -> None:
        self.settings, self.messages = settings, messages
        self.workspace = Workspace(settings)
        self.selection = Selection(self.workspace, messages)
        self.plan = Plan(self.workspace, self.selection)
        self.result = Result()
        self.jobs = JobRunner(self.workspace, self.result, messages)
        prepare_home(settings, self.workspace.ledger)

    def turn(self) -> AbstractContextManager[None]:
        """Return a context that waits for commands under way, and holds later ones back until it ends."""
        return turn_of_commands(self.settings.dagster_home, self.messages.print)

    def build(self, entity: str | None, period: str | None, *, full: bool) -> Result:
        """Sync what is stale up to the period, then publish and report its months if that changes anything.

        An entity with a sheet that cannot be read is left as it is, except that its other sheets are
        loaded. With `full`, whatever is fresh is built anew, from the workbooks on.
        """
        wanted = self.selection.months_of_each(entity, period)
        if full:
            self._forget()
        staleness = self.workspace.staleness
        stale = {
            code: staleness.pending(
                code, self.selection.known_months(code, months[-1]), read_new=False
            )
            for code, months in wanted.items()
        }
        for code, months in stale.items():
            if any(month.refused for month in months.values()):
                self.jobs.run(jobs.EXTRACT, {code: tuple(months)})
                del wanted[code]
        to_sync = {
            code: tuple(self.selection.known_months(code, months[-1]) if full else stale[code])
            for code, months in wanted.items()
        }
        synced = self.jobs.run(jobs.SYNC, to_sync)
        followed = self._follow({code: wanted[code] for code in synced})
        self._deliver({code: wanted[code] for code in followed})
        if followed:
            self._serve()
        self._summarize({code: wanted[code] for code in followed})
        return self.result

    def _forget(self) -> None:
        """Let go of what spares a build work: what sheets were last like, and what the models are made of."""
        shutil.rmtree(self.workspace.memory.folder, ignore_errors=True)
        self.workspace.dbt.forget()

    def findings(self, entity: str | None, period: str | None) -> list[Finding]:
        """Return what is wrong with the workbooks of a period, by default of all that is loaded."""
        wanted = {
            code: self.selection.period(period) if period else Period(months[0], months[-1])
            for code in self.selection.chosen(entity)
            if (months := self.workspace.source.months(code))
        }
        reader = self.workspace.findings
        return [found for code, span in wanted.items() for found in reader.findings(code, span)]

    def _summarize(self, wanted: dict[str, tuple[Month, ...]]) -> None:
        """Add what a person has to know about months that were brought up to date."""
        for entity, months in wanted.items():
            if months:
                period = Period(months[0], months[-1])
                self.result.summary += self.workspace.findings.summary(entity, period)

    def _deliver(self, wanted: dict[str, tuple[Month, ...]]) -> None:
        """Publish and report months, unless everything is as their last delivery left it."""
        deliveries = self.workspace.deliveries
        for entity, months in wanted.items():
            database = deliveries.database
            if deliveries.are_current(entity, months):
                self.messages.print(f"{Scope((entity,), months)}: nothing changed")
            elif self.jobs.run(jobs.DELIVER, {entity: months}):
                deliveries.note(entity, months, database)
            else:
                continue
            self._add_files(_monthly({entity: months}))

    def _serve(self) -> None:
        """Publish the snapshot of the dashboard, if anything has changed since the last one."""
        workspace = self.workspace
        is_here = workspace.snapshots.is_current(workspace.warehouse)
        if not is_here or (workspace.mirror and not workspace.mirror.is_current()):
            self.jobs.run_scope(jobs.SERVE, None)

    def _follow(self, wanted: dict[str, tuple[Month, ...]]) -> dict[str, tuple[Month, ...]]:
        """Rebuild the months whose figures a correction of another month has changed.

        Returns the entities for which that succeeded.
        """
        changed = facts_changed(self.workspace.warehouse)
        to_build = {
            code: tuple(
                month for entity, month in changed if entity == code and month <= months[-1]
            )
            for code, months in wanted.items()
        }
        return self.jobs.run(jobs.TRANSFORM, to_build)

    def seed(self, entity: str | None) -> Result:
        """Run the seed job for one entity or all."""
        code = self.selection.entity(entity) if entity else None
        self.jobs.run_scope(jobs.SEED, None, config={keys.step(keys.LOOKUPS): {"entity": code}})
        return self.result

    def jaffle(self) -> Result:
        """Run the job of the Jaffle Shop. Raises UsageError where there are no files of it."""
        shop = self.workspace.jaffle_shop
        if not shop.is_there:
            raise UsageError(
                f"There is no folder {shop.folder}. Put the three files of the shop there."
            )
        self.jobs.with_shop = True
        if self.jobs.run_scope(jobs.JAFFLE_SHOP, None):
            counts = [
                f"{table}: {rows:,} rows" for table, rows in sorted(shop.row_counts().items())
            ]
            self.result.summary += [f"Every test passed. {', '.join(counts)}."]
            self.result.files.append(shop.database)
        return self.result

    def sync(self, entity: str, period: str, *, full: bool) -> Result:
        """Run the sync job. With `full`, nothing that was built before is made use of."""
        code = self.selection.entity(entity)
        if full:
            self._forget()
        synced = self.jobs.run(jobs.SYNC, {code: tuple(self.selection.months(code, period))})
        self._summarize(synced)
        return self.result

    def extract(self, entity: str, period: str) -> Result:
        """Run the extract job if a sheet changed, and return which ones did and why."""
        code = self.selection.entity(entity)
        months = self.selection.months(code, period)
        if self.workspace.staleness.to_extract(code, months):
            self.jobs.run(jobs.EXTRACT, {code: tuple(months)})
        self.result.changes = self.jobs.changed_sheets()
        if not self.result.changes:
            self.messages.print("No sheet changed.")
        return self.result

    def transform(self, entity: str, period: str, selection: str | None) -> Result:
        """Run the transform job, or the part of it that dbt's `--select` chooses.

        Raises UsageError if `selection` matches no model.
        """
        code = self.selection.entity(entity)
        scope = {code: tuple(self.selection.months(code, period))}
        if selection is None:
            self.jobs.run(jobs.TRANSFORM, scope)
            return self.result
        from atlas_assets.orchestration.assets.models import selected_models

        models = selected_models(self.jobs.definitions, selection)
        if not models:
            raise UsageError(f"--select {selection} chooses no model.")
        self.jobs.run(jobs.TRANSFORM, scope, models)
        return self.result

    def validate(self, entity: str, period: str) -> Result:
        """Run the validate job; return every reconciliation and the validation files."""
        code = self.selection.entity(entity)
        scope = Scope((code,), tuple(self.selection.months(code, period)))
        self.jobs.run(jobs.VALIDATE, {code: scope.months})
        with self.workspace.warehouse.reading() as connection:
            compared = reconciliations(connection, scope)
        for check, pairs in compared.items():
            differing = [pair for pair in pairs if not pair.passed]
            self.result.findings.append(
                f"{check}: {len(pairs) - len(differing)} of {len(pairs)} figures agree"
            )
            self.result.findings += [f"  {pair.message()}" for pair in differing]
        self.result.files = [self.workspace.validation.path(code, year) for year in scope.years]
        self._summarize({code: scope.months})
        return self.result

    def backfill(self, entity: str | None, period: str, *, reports: bool, full: bool) -> Result:
        """Bring the data of a range up to date, in one run for each entity.

        With `reports`, also make its monthly reports. With `full`, nothing that was built before is made
        use of.
        """
        if full:
            self._forget()
        months = self.selection.months_of_each(entity, period)
        done = self.jobs.run(jobs.MONTHLY_CLOSE if reports else jobs.BACKFILL, months)
        if reports:
            self._add_files(_monthly(done))
        if done:
            self._serve()
        return self.result

    def status(self, entity: str | None) -> Overview:
        """Return the state of one entity or all, and what to do about it."""
        with dg.DagsterInstance.get() as instance:
            return overview(self.workspace, instance, self.selection.chosen(entity))

    def load(self, entity: str, period: str) -> Result:
        """Run the load job."""
        return self._run_period(jobs.LOAD, entity, period)

    def format(self, entity: str, period: str, units: str | None = None) -> Result:
        """Make report.json of each month, without deck and PDF. Warns of unknown units."""
        code = self.selection.entity(entity)
        wanted = {code: tuple(self.selection.months_with_rows(code, period))}
        if chosen := self.selection.units(code, units) if units else []:
            for period_ in _monthly(wanted)[code]:
                self._report_on_demand(code, period_, chosen, with_deck=False)
            return self.result
        if self.jobs.run(jobs.REPORT, wanted, [keys.report(PeriodType.MONTHLY, "report")]):
            for period_ in _monthly(wanted)[code]:
                self.result.files.append(self.workspace.report_files.path(code, period_, "json"))
        return self.result

    def publish(self, entity: str, period: str) -> Result:
        """Run the publish job; warn of months whose source has changed since the marts were built."""
        code = self.selection.entity(entity)
        months = self.selection.months_with_rows(code, period)
        self._warn_of_stale(code, months)
        if self.jobs.run(jobs.PUBLISH, {code: tuple(months)}):
            self._serve()
        return self.result

    def report(
        self,
        entity: str,
        period: str,
        type_: PeriodType,
        units: str | None = None,
        *,
        check_staleness: bool,
    ) -> Result:
        """Make the report of each month, or one of another type for the period as a whole.

        Warns of unknown units and, if `check_staleness`, of months whose source has changed since the
        marts were built.
        """
        code = self.selection.entity(entity)
        months = self.selection.months_with_rows(code, period)
        chosen = self.selection.units(code, units) if units else []
        if check_staleness:
            self._warn_of_stale(code, months)
        if type_ is not PeriodType.MONTHLY:
            return self._report_whole(code, self.selection.period(period), chosen)
        if chosen:
            for month in months:
                self._report_on_demand(code, Period.of_month(month), chosen)
            return self.result
        wanted = {code: tuple(months)}
        if self.jobs.run(jobs.REPORT, wanted):
            self._add_files(_monthly(wanted))
        return self.result

    def _report_whole(self, entity: str, period: Period, units: list[str]) -> Result:
        """Run the job of the quarter's or year's partition or, if there is none, the job for ranges."""
        job = {
            PeriodType.QUARTERLY: jobs.QUARTERLY_REPORT,
            PeriodType.YEARLY: jobs.YEARLY_REPORT,
        }.get(period.type)
        is_over = period.last < self.selection.running_month
        if units or job is None or not is_over:  # there is no such partition
            self._report_on_demand(entity, period, units)
        elif self.jobs.run(job, {entity: (period.first,)}):
            self._add_files({entity: [period]})
        return self.result

    def _report_on_demand(
        self, entity: str, period: Period, units: list[str], *, with_deck: bool = True
    ) -> None:
        config = {
            "entity": entity,
            "period": str(period),
            "units": units,
            "with_deck": with_deck,
        }
        job = jobs.RANGE_REPORT
        if not self.jobs.run_scope(job, None, config={keys.step(keys.RANGE_REPORT): config}):
            return
        if with_deck:
            self._add_files({entity: [period]}, units)
        else:
            files = self.workspace.report_files
            self.result.files.append(files.path(entity, period, "json", units))

    def _warn_of_stale(self, entity: str, months: list[Month]) -> None:
        for month, stale in self.workspace.staleness.pending(entity, months).items():
            self.messages.print(
                f"Warning: {entity} {month} is stale: {stale.reason}. `atlas build --entity {entity} "
                f"--period {month}` brings it up to date.",
                style="yellow",
            )

    def _run_period(self, job: str, entity: str, period: str) -> Result:
        code = self.selection.entity(entity)
        self.jobs.run(job, {code: tuple(self.selection.months(code, period))})
        return self.result

    def _add_files(self, reported: dict[str, list[Period]], units: Sequence[str] = ()) -> None:
        for entity, periods in reported.items():
            for period in periods:
                files = self.workspace.report_files.existing(entity, period, units)
                self.result.files += files
        from atlas_assets.deck import pdf

        if reported and not pdf.is_available():
            self.messages.print(pdf.INSTALL_HINT, style="yellow")


def _monthly(wanted: dict[str, tuple[Month, ...]]) -> dict[str, list[Period]]:
    return {
        entity: [Period.of_month(month) for month in months] for entity, months in wanted.items()
    }
