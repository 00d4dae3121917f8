"""Lines about commands: what a person waits for at a terminal."""

from __future__ import annotations

from shutil import rmtree
from typing import TYPE_CHECKING

from tests.benchmarks.installations import FIRST, NEWEST, PARTITIONS, PROGRAMS, Installation
from tests.benchmarks.process import (
    Program,
    free_port,
    measured,
    measured_until_it_answers,
)
from tests.benchmarks.runner import Pair, ratio_within, wall_within

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.benchmarks.installations import Bench
    from tests.benchmarks.process import Figures
    from tests.benchmarks.runner import Line, Side, Sides

LOADING = """
import dagster as dg
from atlas_assets import definitions
found = definitions.definitions
dg.Definitions.validate_loadable(found() if callable(found) else found)
"""
NOTHING_DEFINED = "import dagster\n\ndefs = dagster.Definitions()\n"
LIBRARIES = "import dagster, duckdb, polars"


def running(program: Program) -> Side:
    """Return the measuring of a program that may run again and again."""
    return lambda: measured(program)


def first_time(bench: Bench, program: Callable[[Installation], Program]) -> Side:
    """Return the measuring of a program on a new installation each time, which is removed again."""

    def side() -> Figures:
        made = bench.fresh()
        try:
            return measured(program(made))
        finally:
            rmtree(made.root)

    return side


def after_a_change(installation: Installation, program: Program) -> Side:
    """Return the measuring of a program after one more amount of EPN's newest month was changed."""

    def side() -> Figures:
        installation.change_a_cell("EPN", NEWEST)
        return measured(program)

    return side


def _help(bench: Bench) -> tuple[Side, Side]:
    made = bench.empty()
    return running(made.atlas("--help")), running(made.python("import typer, rich"))


def _code_location(bench: Bench) -> tuple[Side, Side]:
    made = bench.unchanged
    return running(made.python(LOADING)), running(made.python("import dagster, dagster_dbt"))


def _ui(bench: Bench) -> tuple[Side, Side]:
    """Return Atlas's web UI, and Dagster's with a home of its own and nothing defined."""
    made, plain = bench.built(), bench.empty()
    (plain.root / "nothing.py").write_text(NOTHING_DEFINED, "utf-8")
    plain.home.mkdir()

    def atlas() -> Figures:
        port = free_port()
        return measured_until_it_answers(made.atlas("ui", "--port", str(port)), port)

    def dagster() -> Figures:
        port = free_port()
        command = (str(PROGRAMS / "dagster-webserver"), "-f", "nothing.py", "-p", str(port))
        return measured_until_it_answers(Program(command, plain.environment, plain.root), port)

    return atlas, dagster


def _unchanged(*arguments: str) -> Sides:
    def sides(bench: Bench) -> tuple[Side, Side]:
        made = bench.unchanged
        program = made.atlas(*arguments)
        measured(
            program
        )  # once before: it may load months without rows, which a build leaves alone
        return running(program), running(made.python(LIBRARIES))

    return sides


def _one_cell(bench: Bench) -> tuple[Side, Side]:
    mine, other = bench.built(), bench.built()
    return (
        after_a_change(mine, mine.atlas("build", "--entity", "EPN")),
        after_a_change(other, other.function("stages:month", "EPN", NEWEST)),
    )


def _first_build(bench: Bench) -> tuple[Side, Side]:
    build = first_time(bench, lambda made: made.atlas("build"))
    return build, running(bench.empty().python(LIBRARIES))


def _month(bench: Bench) -> tuple[Side, Side]:
    command = ("backfill", "--entity", "EPN", "--from", NEWEST, "--to", NEWEST, "--reports")
    return (
        first_time(bench, lambda made: made.atlas(*command)),
        first_time(bench, lambda made: made.function("stages:month", "EPN", NEWEST)),
    )


def _backfill(bench: Bench) -> tuple[Side, Side]:
    every = ("backfill", "--from", FIRST, "--to", NEWEST)
    one = ("backfill", "--entity", "IONS", "--from", NEWEST, "--to", NEWEST)
    return (
        first_time(bench, lambda made: made.atlas(*every)),
        first_time(bench, lambda made: made.atlas(*one)),
    )


LINES: list[Line] = [
    Pair(
        "help",
        "the list of commands",
        'python -c "import typer, rich"',
        _help,
        (wall_within(0.35),),
    ),
    Pair(
        "code-location",
        "the web UI or a daemon loading the definitions",
        "importing dagster and dagster_dbt",
        _code_location,
        (ratio_within(1.5),),
    ),
    Pair("ui", "the first page of the web UI", "dagster-webserver, nothing defined", _ui),
    Pair(
        "status-unchanged",
        "`atlas status` of a built installation",
        "importing dagster, duckdb, polars",
        _unchanged("status"),
        (wall_within(2.5),),
    ),
    Pair(
        "extract-unchanged",
        "`atlas extract` of an unchanged year",
        "importing dagster, duckdb, polars",
        _unchanged("extract", "--entity", "EPN", "--year", NEWEST[:4]),
        (wall_within(2.5),),
    ),
    Pair(
        "build-unchanged",
        "`atlas build` when nothing changed",
        "importing dagster, duckdb, polars",
        _unchanged("build", "--entity", "EPN"),
        (wall_within(3.5),),
    ),
    Pair(
        "one-cell",
        "a new deck after one cell changed",
        "the same stages without Dagster",
        _one_cell,
        (wall_within(14),),
    ),
    Pair(
        "first-build",
        "the first `atlas build`, without PDF",
        "importing dagster, duckdb, polars",
        _first_build,
        (wall_within(35),),
    ),
    Pair(
        "month-functions",
        "one month from workbooks to deck, nothing loaded yet",
        "the same stages without Dagster",
        _month,
    ),
    Pair(
        "backfill",
        f"`atlas backfill` of all {PARTITIONS} partitions",
        "one partition",
        _backfill,
        (ratio_within(3.5),),
    ),
]
