"""The `atlas` command. Results go to standard output, everything else to standard error.

What goes wrong is reported by `outcome`. Heavy modules are imported inside the commands that need
them: Dagster and dbt take seconds to load, and `--help` should not.
"""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from atlas_assets.cli.dashboard import dashboard
from atlas_assets.cli.options import (
    EntityOption,
    EveryEntityOption,
    FirstOption,
    FullOption,
    JsonOption,
    LastOption,
    MonthOption,
    PeriodOption,
    PlanOption,
    UnitOption,
    ValidatedEntityOption,
    VersionOption,
    YearOption,
    checked_period,
    period_text,
    refuse_other_length,
)
from atlas_assets.cli.outcome import ReportingGroup
from atlas_assets.cli.output import (
    messages,
    show_findings,
    show_overview,
    show_plan,
    show_result,
)
from atlas_assets.cli.tools import tools
from atlas_assets.cli.tracing import tracing
from atlas_assets.errors import UsageError
from atlas_assets.periods.calendar import PeriodType

if TYPE_CHECKING:
    from atlas_assets.cli.pipeline import Pipeline

app = typer.Typer(
    cls=ReportingGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.add_typer(tools)
app.add_typer(tracing)
app.add_typer(dashboard, name="dashboard")


@app.callback()
def atlas(version: VersionOption = False) -> None:
    """From hand-kept workbooks to the monthly management report."""


@app.command()
def build(
    entity: EveryEntityOption = None,
    period: PeriodOption = None,
    plan: PlanOption = False,
    full: FullOption = False,
    json: JsonOption = False,
) -> None:
    """Do the main job: bring the data up to date, publish it, and make report, deck and PDF.

    Without options: every entity, the newest month that has data.
    """
    with _pipeline(runs_jobs=not plan) as pipeline:
        if plan:
            show_plan(pipeline.plan.build(entity, period), as_json=json)
        else:
            show_result(pipeline.build(entity, period, full=full), as_json=json)


@app.command()
def seed(entity: EveryEntityOption = None, json: JsonOption = False) -> None:
    """Migrate the operational database and fill its lookups. Safe to repeat."""
    with _pipeline() as pipeline:
        show_result(pipeline.seed(entity), as_json=json)


@app.command()
def jaffle(json: JsonOption = False) -> None:
    """Load, build and test the Jaffle Shop: CSV files → dlt → DuckDB → dbt."""
    with _pipeline() as pipeline:
        show_result(pipeline.jaffle(), as_json=json)


@app.command()
def sync(
    entity: EntityOption,
    year: YearOption = None,
    month: MonthOption = None,
    period: PeriodOption = None,
    plan: PlanOption = False,
    full: FullOption = False,
    json: JsonOption = False,
) -> None:
    """Extract, load, validate and transform: from the workbooks to the marts."""
    text = period_text(year, month, period)
    with _pipeline(runs_jobs=not plan) as pipeline:
        if plan:
            show_plan(pipeline.plan.sync(entity, text), as_json=json)
        else:
            show_result(pipeline.sync(entity, text, full=full), as_json=json)


@app.command(deprecated=True)
def run(
    entity: EntityOption,
    year: YearOption = None,
    month: MonthOption = None,
    period: PeriodOption = None,
    json: JsonOption = False,
) -> None:
    """Do the same as `atlas sync`, which replaces this command."""
    messages.print("`atlas run` is deprecated: use `atlas sync`.", style="yellow")
    sync(entity, year, month, period, json=json)


@app.command()
def extract(
    entity: EntityOption,
    year: YearOption = None,
    month: MonthOption = None,
    period: PeriodOption = None,
    json: JsonOption = False,
) -> None:
    """Load the sheets that changed, and say which and why. Unchanged ones are not rewritten."""
    text = period_text(year, month, period)
    with _pipeline() as pipeline:
        show_result(pipeline.extract(entity, text), as_json=json)


@app.command()
def load(
    entity: EntityOption,
    year: YearOption = None,
    month: MonthOption = None,
    period: PeriodOption = None,
    json: JsonOption = False,
) -> None:
    """Copy the raw files into the warehouse: as tables `raw.*` and, typed and cleaned, `staging.*`."""
    text = period_text(year, month, period)
    with _pipeline() as pipeline:
        show_result(pipeline.load(entity, text), as_json=json)


@app.command()
def validate(
    entity: ValidatedEntityOption = None,
    year: YearOption = None,
    month: MonthOption = None,
    period: PeriodOption = None,
    config: Annotated[
        bool, typer.Option("--config", help="Check the configuration only; nothing is loaded.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Account for every row and amount of the loaded sheets, or check the configuration."""
    if config:
        _validate_configuration()
    elif entity is None:
        raise typer.BadParameter("give --entity and a period, or --config")
    else:
        text = period_text(year, month, period)
        with _pipeline() as pipeline:
            show_result(pipeline.validate(entity, text), as_json=json)


@app.command()
def transform(
    entity: EntityOption,
    year: YearOption = None,
    month: MonthOption = None,
    period: PeriodOption = None,
    select: Annotated[
        str | None, typer.Option(help="Models as dbt's --select names them: +mart_revenue.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Build and test the models from what is loaded: from raw files to the marts."""
    text = period_text(year, month, period)
    with _pipeline() as pipeline:
        show_result(pipeline.transform(entity, text, select), as_json=json)


@app.command()
def publish(
    entity: EntityOption,
    year: YearOption = None,
    month: MonthOption = None,
    period: PeriodOption = None,
    json: JsonOption = False,
) -> None:
    """Write months from the warehouse into the operational database."""
    text = period_text(year, month, period)
    with _pipeline() as pipeline:
        show_result(pipeline.publish(entity, text), as_json=json)


@app.command()
def report(
    entity: EntityOption,
    year: YearOption = None,
    month: MonthOption = None,
    period: PeriodOption = None,
    type_: Annotated[
        PeriodType,
        typer.Option("--type", help="A report of each month, or one of all months together."),
    ] = PeriodType.MONTHLY,
    unit: UnitOption = None,
    force: Annotated[
        bool, typer.Option("--force", help="Do not check whether the source has changed since.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Make report.json, deck and PDF: of each month, or of a quarter, year or range as a whole."""
    text = period_text(year, month, period)
    refuse_other_length(type_, text)
    with _pipeline() as pipeline:
        show_result(
            pipeline.report(entity, text, type_, unit, check_staleness=not force), as_json=json
        )


@app.command("format")
def format_(
    entity: EntityOption,
    year: YearOption = None,
    month: MonthOption = None,
    period: PeriodOption = None,
    unit: UnitOption = None,
    json: JsonOption = False,
) -> None:
    """Make report.json of each month, without deck and PDF."""
    text = period_text(year, month, period)
    with _pipeline() as pipeline:
        show_result(pipeline.format(entity, text, unit), as_json=json)


@app.command()
def backfill(
    *,
    entity: EveryEntityOption = None,
    first: FirstOption,
    last: LastOption,
    reports: Annotated[
        bool, typer.Option("--reports", help="Also make report, deck and PDF of every month.")
    ] = False,
    plan: PlanOption = False,
    full: FullOption = False,
    json: JsonOption = False,
) -> None:
    """Bring the data of a range of months up to date: sync and publish, in one run an entity."""
    text = checked_period(f"{first}..{last}")
    with _pipeline(runs_jobs=not plan) as pipeline:
        if plan:
            show_plan(pipeline.plan.backfill(entity, text, reports=reports), as_json=json)
        else:
            result = pipeline.backfill(entity, text, reports=reports, full=full)
            show_result(result, as_json=json)


@app.command()
def findings(
    entity: EveryEntityOption = None,
    period: PeriodOption = None,
    out: Annotated[
        Path | None,
        typer.Option(dir_okay=False, help="Write them into a workbook, with links to the cells."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """List what is wrong with the workbooks: each finding with its cell, its effect and its remedy.

    Without options: every entity, all months that are loaded.
    """
    if out is not None and out.suffix.lower() != ".xlsx":
        raise typer.BadParameter(f"--out takes a name that ends in .xlsx, not {out.name!r}")
    with _pipeline(runs_jobs=False) as pipeline:
        found = pipeline.findings(entity, period)
        if out is not None:
            from atlas_assets.validation.findings_list import write_list

            source = pipeline.settings.source_dir
            if out.resolve().is_relative_to(source.resolve()):
                raise UsageError(
                    f"{out} is among the workbooks, and could replace one. Write the list to another folder."
                )
            decimals = pipeline.workspace.configuration.registry.currency.decimals
            write_list(found, out.resolve(), source, decimals)
            print(out)
            return
    show_findings(found, as_json=json)


@app.command()
def status(entity: EveryEntityOption = None, json: JsonOption = False) -> None:
    """Show what is missing, stale, failed or late, how to fix it, and what runs next."""
    with _pipeline(runs_jobs=False) as pipeline:
        overview = pipeline.status(entity)
    show_overview(overview, as_json=json)


@app.command()
def clean(
    reports: Annotated[
        bool, typer.Option("--reports", help="Also the reports, decks, PDFs and validation files.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Remove it without a question.")] = False,
) -> None:
    """Remove what can be made again from the workbooks, after showing what.

    The workbooks, the operational database and the history of runs stay. `atlas build` makes it again.
    """
    from atlas_assets.cli.cleaning import removable

    with _pipeline() as pipeline:
        found = removable(pipeline.settings, reports=reports)
        for item in found:
            print(f"{item.path}: {item.what}, {item.size / 1e6:.1f} MB")
        if not found:
            messages.print("There is nothing to remove.")
        elif not yes and not sys.stdin.isatty():
            raise UsageError("Nothing was removed: nobody can be asked. Repeat it with --yes.")
        elif yes or typer.confirm("Remove all of it?", err=True):
            pipeline.jobs.wait()
            for item in found:
                item.remove()
        else:
            messages.print("Nothing was removed.")


def _validate_configuration() -> None:
    from atlas_assets.settings import load_settings
    from atlas_assets.workspace import Workspace

    workspace = Workspace(load_settings())
    for path in workspace.check():
        print(f"{path}: correct")
    for remark in workspace.remarks_on_configuration():
        messages.print(f"Warning: {remark}", style="yellow")


@contextmanager
def _pipeline(*, runs_jobs: bool = True) -> Generator[Pipeline]:
    """Yield the pipeline; a command that runs jobs waits for its turn first."""
    from atlas_assets.cli.pipeline import Pipeline
    from atlas_assets.settings import load_settings

    pipeline = Pipeline(load_settings(), messages)
    with pipeline.turn() if runs_jobs else nullcontext():
        yield pipeline
