"""The `atlas` command. Results go to standard output, everything else to standard error.

Exit status: 0 done, 1 the run failed, 2 bad usage. Heavy modules are imported by the commands that
need them: Dagster and dbt take seconds to load, and `--help` should not.
"""

from __future__ import annotations

import json as json_module
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from atlas_assets.errors import AtlasError, UsageError
from atlas_assets.periods import PeriodType

if TYPE_CHECKING:
    from atlas_assets.cli.pipeline import Pipeline, Result

app = typer.Typer(
    help="From hand-kept workbooks to the monthly management report.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
messages = Console(stderr=True, highlight=False, soft_wrap=True)

EntityOption = Annotated[str, typer.Option(help="Entity code, in any case: ions.")]
EveryEntityOption = Annotated[
    str | None, typer.Option("--entity", help="Entity code, in any case. Default: every entity.")
]
PeriodOption = Annotated[
    str | None,
    typer.Option(help="2026-02, 2026-Q1, 2026-02..2026-04 or 2026, instead of --year and --month."),
]
YearOption = Annotated[int | None, typer.Option(help="Year, for example 2026.")]
MonthOption = Annotated[
    str | None, typer.Option(help="Month or range: 2 or 1-3. Default: the year.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


@app.command()
def build(
    entity: EveryEntityOption = None, period: PeriodOption = None, json: JsonOption = False
) -> None:
    """Do the main job: bring the data up to date, publish them, make report, deck and PDF.

    Without options: every entity, the newest month that has data.
    """
    with _pipeline() as pipeline:
        _show(pipeline.build(entity, period), json)


@app.command()
def seed(entity: EveryEntityOption = None, json: JsonOption = False) -> None:
    """Migrate the operational database and fill its lookups. Safe to repeat."""
    with _pipeline() as pipeline:
        _show(pipeline.seed(entity), json)


@app.command()
def sync(
    entity: EntityOption,
    year: YearOption = None,
    month: MonthOption = None,
    period: PeriodOption = None,
    json: JsonOption = False,
) -> None:
    """Extract, load, validate and transform: from the workbooks to the marts."""
    with _pipeline() as pipeline:
        _show(pipeline.sync(entity, _period_text(year, month, period)), json)


@app.command()
def extract(
    entity: EntityOption,
    year: YearOption = None,
    month: MonthOption = None,
    period: PeriodOption = None,
    json: JsonOption = False,
) -> None:
    """Load the sheets that changed, and say which and why. What is unchanged is not rewritten."""
    with _pipeline() as pipeline:
        _show(pipeline.extract(entity, _period_text(year, month, period)), json)


@app.command()
def validate(
    entity: EveryEntityOption = None,
    year: YearOption = None,
    month: MonthOption = None,
    period: PeriodOption = None,
    config: Annotated[
        bool, typer.Option("--config", help="Check the configuration only; nothing is loaded.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Account for every row and rupiah of the loaded sheets, or check the configuration."""
    if config:
        _validate_configuration()
    elif entity is None:
        raise typer.BadParameter("give --entity and a period, or --config")
    else:
        with _pipeline() as pipeline:
            _show(pipeline.validate(entity, _period_text(year, month, period)), json)


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
    """Build the models, with their tests, on what is loaded: from raw files to the marts."""
    with _pipeline() as pipeline:
        _show(pipeline.transform(entity, _period_text(year, month, period), select), json)


@app.command()
def publish(
    entity: EntityOption,
    year: YearOption = None,
    month: MonthOption = None,
    period: PeriodOption = None,
    json: JsonOption = False,
) -> None:
    """Write months from the warehouse into the operational database."""
    with _pipeline() as pipeline:
        _show(pipeline.publish(entity, _period_text(year, month, period)), json)


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
    unit: Annotated[
        str | None, typer.Option(help="Some units only, in files of their own: TM,WLC_ENGLISH.")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Do not look whether the source has changed since.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Make report.json, deck and PDF: of each month, or of a quarter, year or range as a whole."""
    with _pipeline() as pipeline:
        text = _period_text(year, month, period)
        _show(pipeline.report(entity, text, type_, unit, check_staleness=not force), json)


@app.command()
def backfill(
    *,
    entity: EveryEntityOption = None,
    first: Annotated[str, typer.Option("--from", help="First month: 2024-01.")],
    last: Annotated[str, typer.Option("--to", help="Last month: 2026-02.")],
    reports: Annotated[
        bool, typer.Option("--reports", help="Make report, deck and PDF of every month, too.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Bring the data of a range of months up to date, in one run: sync and publish."""
    with _pipeline() as pipeline:
        _show(pipeline.backfill(entity, f"{first}..{last}", reports=reports), json)


@app.command()
def status(entity: EveryEntityOption = None, json: JsonOption = False) -> None:
    """Show which partitions are fresh, stale, failed or missing at each stage, and why."""
    with _pipeline() as pipeline:
        found = pipeline.status(entity)
    if json:
        lines = [
            {"entity": s.entity, "month": str(s.month), **s.stages, "reason": s.reason}
            for s in found
        ]
        print(json_module.dumps(lines, indent=2))
        return
    from rich.table import Table

    from atlas_assets.status import STAGES

    table = Table("partition", *STAGES, "why", box=None)
    colors = {"fresh": "green", "stale": "yellow", "failed": "red", "missing": "dim"}
    for line in found:
        states = [f"[{colors[line.stages[stage]]}]{line.stages[stage]}" for stage in STAGES]
        table.add_row(f"{line.entity} {line.month}", *states, escape(line.reason))
    Console().print(table)


@app.command()
def sample(
    directory: Annotated[Path, typer.Argument(help="Folder for the workbooks; made if missing.")],
    years: Annotated[
        str, typer.Option(help="First and last year, within 2023-2026.")
    ] = "2023-2026",
    seed: Annotated[int, typer.Option(help="The same seed gives the same workbooks.")] = 1,
    scale: Annotated[float, typer.Option(min=0.01, help="Multiplies the number of orders.")] = 1.0,
    defects: Annotated[
        float, typer.Option(min=0, max=1, help="Share of defective transaction rows.")
    ] = 0.01,
) -> None:
    """Write realistic workbooks of every entity, with the mistakes that real ones have."""
    from atlas_assets.sample.workbooks import write_samples, year_range
    from atlas_assets.settings import load_settings
    from atlas_assets.workspace import Workspace

    with _errors_told():
        workspace = Workspace(load_settings())
        wanted = year_range(years, workspace.configuration)
        samples = write_samples(
            directory,
            workspace.configuration,
            years=wanted,
            seed=seed,
            scale=scale,
            defects=defects,
        )
    for path in samples.files:
        print(path)


@app.command()
def docs(
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1.")] = 8080,
    serve: Annotated[bool, typer.Option(help="Serve the pages, or only write them.")] = True,
) -> None:
    """Write the documentation of the models and serve it, on this machine only."""
    from functools import partial
    from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

    from atlas_assets.settings import load_settings
    from atlas_assets.transform import Transform

    with _errors_told():
        folder = Transform(load_settings()).document()
    print(folder / "static_index.html")
    if serve:
        handler = partial(SimpleHTTPRequestHandler, directory=str(folder))
        messages.print(f"Models on http://127.0.0.1:{port}/static_index.html (Ctrl+C ends it)")
        ThreadingHTTPServer(("127.0.0.1", port), handler).serve_forever()


@app.command()
def ui(
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1.")] = 3000,
) -> None:
    """Start the Dagster web UI with its daemon, on this machine only."""
    import os
    import sys

    from atlas_assets.instance import prepare_home
    from atlas_assets.settings import PROJECT_DIR, load_settings

    with _errors_told():
        prepare_home(load_settings())
        messages.print(f"Dagster on http://127.0.0.1:{port} (Ctrl+C ends it)")
        workspace = str(PROJECT_DIR / "workspace.yaml")
        command = ["-m", "dagster", "dev", "-w", workspace, "-h", "127.0.0.1", "-p", str(port)]
        os.execv(sys.executable, [sys.executable, *command])  # noqa: S606  the web server takes this process's place


def _validate_configuration() -> None:
    from atlas_assets.settings import load_settings
    from atlas_assets.workspace import Workspace

    with _errors_told():
        workspace = Workspace(load_settings())
        for path in workspace.configuration.check():
            print(f"{path}: correct")


@contextmanager
def _pipeline() -> Generator[Pipeline]:
    from atlas_assets.cli.pipeline import Pipeline
    from atlas_assets.settings import load_settings

    with _errors_told():
        yield Pipeline(load_settings(), messages)


@contextmanager
def _errors_told() -> Generator[None]:
    """Tell an error for people and end with status 1, or 2 where the command was used wrongly."""
    try:
        yield
    except UsageError as error:
        messages.print(str(error), style="red")
        raise typer.Exit(2) from error
    except AtlasError as error:
        messages.print(str(error), style="red")
        raise typer.Exit(1) from error


def _period_text(year: int | None, month: str | None, period: str | None) -> str:
    """Return the period that the options name, as `Period.parse` reads it."""
    if (period is None) == (year is None):
        raise typer.BadParameter("give either --period, or --year with or without --month")
    if period is not None:
        return period
    if month is None:
        return str(year)
    first, _, last = month.partition("-")
    try:
        months = [f"{year}-{int(number):02d}" for number in (first, last or first)]
    except ValueError as error:
        raise typer.BadParameter(f"--month takes 2 or 1-3, not {month!r}") from error
    return "..".join(dict.fromkeys(months))


def _show(result: Result, json: bool) -> None:
    """Print what was made; end with status 1 when a run failed."""
    if json:
        print(json_module.dumps(result.as_dict(), indent=2))
    else:
        for line in (*result.changes, *result.findings, *result.files):
            print(line)
    for problem in result.problems:
        messages.print(problem, style="red")
    if result.problems:
        messages.print("Reports and records that were there before are as they were.")
        raise typer.Exit(1)


if __name__ == "__main__":
    app()
