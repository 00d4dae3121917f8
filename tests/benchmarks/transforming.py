"""Lines about building models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.benchmarks.commands import running
from tests.benchmarks.installations import NEWEST
from tests.benchmarks.process import measured_inside
from tests.benchmarks.runner import Pair, reference_wall_within, wall_within

if TYPE_CHECKING:
    from tests.benchmarks.installations import Bench
    from tests.benchmarks.runner import Line, Side

SCOPE = ("EPN", NEWEST)


def _transform(bench: Bench) -> tuple[Side, Side]:
    made = bench.built()
    mine = made.function("stages:transforming_again", *SCOPE)
    other = made.function("stages:compiled_sql", *SCOPE)
    return lambda: measured_inside(mine), lambda: measured_inside(other)


def _command(bench: Bench) -> tuple[Side, Side]:
    made = bench.built()
    command = made.atlas("transform", "--entity", SCOPE[0], "--period", SCOPE[1])
    other = made.function("stages:transforming_again", *SCOPE)
    return running(command), lambda: measured_inside(other)


LINES: list[Line] = [
    Pair(
        "transform",
        "the models of a month, dbt loaded",
        "their compiled SQL alone",
        _transform,
        (wall_within(3), reference_wall_within(0.6)),
    ),
    Pair(
        "transform-command",
        "`atlas transform` of a month",
        "the transform itself, dbt loaded",
        _command,
    ),
]
