"""Commands that run no job of the pipeline: decks of any report, samples, documentation, web UI."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from atlas_assets.cli.options import JsonOption
from atlas_assets.cli.output import messages, show_changes
from atlas_assets.errors import UsageError

if TYPE_CHECKING:
    from atlas_assets.settings import Settings

tools = typer.Typer()
_port = typer.Option(min=1, max=65_535, help="Port on 127.0.0.1.")


@tools.command()
def init(
    directory: Annotated[Path, typer.Argument(help="Folder for `config/` and the workbooks.")],
    workbooks: Annotated[
        list[Path], typer.Argument(exists=True, dir_okay=False, help="The workbooks to look into.")
    ],
) -> None:
    """Write a first configuration, guessed from workbooks, with a comment on every guess.

    Ends with a check that says how many sheets can be read, and what to do next.
    """
    from atlas_assets.guessing.start import distinct, start, tried
    from atlas_assets.settings import load_settings
    from atlas_assets.workspace import Workspace

    for path in start(directory, workbooks):
        print(path)
    settings = load_settings().model_copy(update={"source_dir": directory.resolve()})
    trial = tried(Workspace(settings))
    for problem in distinct(trial.problems):
        messages.print(problem, style="yellow")
    loaded = trial.sheets - len(trial.problems)
    messages.print(
        f"{loaded:,} of {trial.sheets:,} sheets can be read. Next: correct names, colours and what is "
        f"marked in {directory / 'config'}, then\n"
        f"  export ATLAS_SOURCE_DIR={directory.resolve()}\n"
        f"  export ATLAS_LOCALE={settings.locale}  # the language of the reports: id or en\n"
        "  atlas validate --config\n"
        "  atlas build"
    )


@tools.command()
def present(
    report: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="A report.json.")],
) -> None:
    """Draw the deck and PDF of any report.json, next to it, without running the pipeline."""
    from atlas_assets.settings import load_settings
    from atlas_assets.workspace import Workspace

    for path in Workspace(load_settings()).presenter.present_file(report):
        print(path)


@tools.command()
def diff(
    report: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A report.json.")],
    other: Annotated[
        Path | None,
        typer.Argument(
            exists=True,
            dir_okay=False,
            help="A later edition of it; by default, the kept edition before REPORT is compared.",
        ),
    ] = None,
    json: JsonOption = False,
) -> None:
    """List every figure that differs between two editions of a report, and the rows that made it so."""
    from atlas_assets.report.editions import compare
    from atlas_assets.report.files import kept_edition, read_report

    before, after = (report, other) if other else (kept_edition(report), report)
    if not before.exists():
        raise UsageError(
            f"No earlier edition of {report.name} is kept. Name two files: atlas diff A.json B.json"
        )
    show_changes(compare(read_report(before), read_report(after)), as_json=json)


@tools.command()
def sample(
    directory: Annotated[
        Path, typer.Argument(help="Folder for the workbooks; created if missing.")
    ],
    years: Annotated[
        str, typer.Option(help="First and last year, within 2023-2026.")
    ] = "2023-2026",
    seed: Annotated[int, typer.Option(help="The same seed gives the same workbooks.")] = 1,
    scale: Annotated[float, typer.Option(min=0.01, help="Multiplies the number of orders.")] = 1.0,
    defects: Annotated[
        float, typer.Option(min=0, max=1, help="Share of defective transaction rows.")
    ] = 0.01,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace workbooks that are in the folder.")
    ] = False,
) -> None:
    """Write realistic workbooks of every entity, with the mistakes that real ones have."""
    from atlas_assets.sample.workbooks import refuse_workbooks, write_samples, year_range
    from atlas_assets.settings import load_settings
    from atlas_assets.workspace import Workspace

    if not overwrite:
        refuse_workbooks(directory)
    configuration = Workspace(load_settings()).configuration
    samples = write_samples(
        directory,
        configuration,
        years=year_range(years, configuration),
        seed=seed,
        scale=scale,
        defects=defects,
    )
    for path in samples.files:
        print(path)


@tools.command()
def docs(
    port: Annotated[int, _port] = 8080,
    serve: Annotated[bool, typer.Option(help="Serve the pages, or only write them.")] = True,
) -> None:
    """Write the documentation of the models and serve it, on this machine only."""
    from functools import partial
    from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

    from atlas_assets.settings import load_settings
    from atlas_assets.workspace import Workspace

    workspace = Workspace(load_settings())
    page = workspace.dbt.document()
    folder, pages = page.parent, [page]
    if workspace.jaffle_shop.database.exists():
        pages.append(
            Path(shutil.copy(workspace.jaffle_shop.document(), folder / "jaffle_shop.html"))
        )
    print(*pages, sep="\n")
    if serve:
        handler = partial(SimpleHTTPRequestHandler, directory=str(folder))
        server = ThreadingHTTPServer(("127.0.0.1", port), handler)
        for path in pages:
            messages.print(f"Models on http://127.0.0.1:{port}/{path.name} (Ctrl+C ends it)")
        server.serve_forever()


class Part(StrEnum):
    """The parts that `atlas ui` can start alone."""

    WEB = "web"
    DAEMON = "daemon"


@tools.command()
def ui(
    port: Annotated[int, _port] = 3000,
    only: Annotated[
        Part | None, typer.Option(help="Start only this part, as a system service does.")
    ] = None,
) -> None:
    """Start the Dagster web UI with its daemon, on this machine only."""
    from atlas_assets.orchestration.runs.instance import prepare_home
    from atlas_assets.orchestration.ui.only_one import hold
    from atlas_assets.settings import load_settings
    from atlas_assets.workspace import Workspace

    workspace = Workspace(load_settings())
    workspace.check()
    prepare_home(workspace.settings, workspace.ledger)
    address = f"http://127.0.0.1:{port}"
    for part in [only] if only else list(Part):
        where = address if part is Part.WEB else "its daemon"
        hold(workspace.settings.dagster_home, part, f"process {os.getpid()}, {where}")
    if only is not Part.DAEMON:
        _refuse_used(port)
        messages.print(f"Dagster on {address} (Ctrl+C ends it)")
    _become_server(workspace.settings, only, ["-h", "127.0.0.1", "-p", str(port)])


def _refuse_used(port: int) -> None:
    """Raise OSError if another program listens on a port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))


def _become_server(settings: Settings, only: Part | None, web: list[str]) -> NoReturn:
    """Replace this process by the servers, in the Dagster home, whatever the current folder is.

    Dagster takes every variable from a file `.env` of its current folder.
    """
    from atlas_assets.settings import PROJECT_DIR

    commands = {
        None: ["atlas_assets.orchestration.ui.both", *web],
        Part.WEB: ["atlas_assets.orchestration.ui.web", *web],
        Part.DAEMON: ["dagster._daemon", "run"],
    }
    # The first evaluation of a sensor can take long with large workbooks.
    os.environ["DAGSTER_SENSOR_GRPC_TIMEOUT_SECONDS"] = "600"
    os.environ.update(settings.exported())
    os.chdir(settings.dagster_home)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # Dagster ends as it does on SIGINT
    command = ["-m", *commands[only], "-w", str(PROJECT_DIR / "workspace.yaml")]
    os.execv(sys.executable, [sys.executable, *command])  # noqa: S606  the servers replace it
