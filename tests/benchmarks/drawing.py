"""Lines about reports and decks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.benchmarks.installations import NEWEST
from tests.benchmarks.process import measured_inside
from tests.benchmarks.runner import Pair, ratio_within, wall_within

if TYPE_CHECKING:
    from tests.benchmarks.installations import Bench
    from tests.benchmarks.runner import Line, Side


def _report(bench: Bench) -> tuple[Side, Side]:
    made = bench.built()
    mine = made.function("stages:reporting", "EPN", NEWEST)
    other = made.function("stages:report_queries", "EPN", NEWEST)
    return lambda: measured_inside(mine), lambda: measured_inside(other)


def _deck(bench: Bench) -> tuple[Side, Side]:
    made = bench.empty()
    mine, other = (
        made.function("sixty_slides:by_atlas"),
        made.function("sixty_slides:by_python_pptx"),
    )
    return lambda: measured_inside(mine), lambda: measured_inside(other)


LINES: list[Line] = [
    Pair(
        "report",
        "report.json of a month, imports done",
        "its queries alone",
        _report,
        (wall_within(1),),
    ),
    Pair(
        "deck",
        "a deck of 60 slides",
        "the same by python-pptx's own interface",
        _deck,
        (ratio_within(0.25),),
    ),
]
