"""What a line of the benchmarks is, and how it is measured and judged.

Two sides of a comparison are measured in turn, round by round, so that a slow minute of the machine
meets both. What counts is the median of the figures, and the median of the ratios of the rounds.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import log
from typing import TYPE_CHECKING, Protocol

from tests.benchmarks.process import Figures

if TYPE_CHECKING:
    from tests.benchmarks.installations import Bench

Side = Callable[[], Figures]  # measures one run; what it prepares stays outside of the figures
Sides = Callable[["Bench"], tuple[Side, Side]]  # what is measured, and its reference


@dataclass(frozen=True)
class Goal:
    """The largest value that a measure of a row may have."""

    measure: str
    limit: float
    unit: str
    value: Callable[[Row], float]

    def __str__(self) -> str:
        return f"{self.measure} ≤ {self.limit:g} {self.unit}".rstrip()

    def is_reached(self, row: Row) -> bool:
        """Return whether the row keeps to it."""
        return self.value(row) <= self.limit


@dataclass(frozen=True)
class Row:
    """What was measured of a line, or why it could not be.

    `ratio` is that of the processors' seconds to the reference's. `exponent` says how these grow with
    `amount`, which counts rows or partitions: 1 is in proportion. `also` is what was measured besides.
    """

    name: str
    waits_for: str
    figures: Figures | None = None
    reference: str = ""
    reference_figures: Figures | None = None
    ratio: float | None = None
    amount: int | None = None
    exponent: float | None = None
    also: dict[str, float] = field(default_factory=dict[str, float])
    goals: tuple[Goal, ...] = ()
    error: str = ""

    @property
    def is_reached(self) -> bool | None:
        """Whether all goals are reached; None if there are none, or nothing was measured."""
        if self.error or not self.goals:
            return None
        return all(goal.is_reached(self) for goal in self.goals)


class Line(Protocol):
    """One or more rows that are measured together."""

    @property
    def name(self) -> str:
        """What the line is called on the command line."""
        ...

    @property
    def waits_for(self) -> str:
        """What a person waits for."""
        ...

    def measure(self, bench: Bench) -> Iterator[Row]:
        """Yield the rows as they are measured."""
        ...


@dataclass(frozen=True)
class Pair:
    """A line with one row: something held against a reference."""

    name: str
    waits_for: str
    reference: str
    sides: Sides
    goals: tuple[Goal, ...] = ()

    def measure(self, bench: Bench) -> Iterator[Row]:
        """Yield the only row."""
        mine, other, ratio = compared(self.sides(bench), bench.rounds)
        yield Row(self.name, self.waits_for, mine, self.reference, other, ratio, goals=self.goals)


@dataclass(frozen=True)
class Several:
    """A line whose function yields the rows."""

    name: str
    waits_for: str
    rows: Callable[[Bench, str], Iterator[Row]] = field(repr=False)

    def measure(self, bench: Bench) -> Iterator[Row]:
        """Yield the rows of the function."""
        return self.rows(bench, self.waits_for)


def compared(sides: tuple[Side, Side], rounds: int) -> tuple[Figures, Figures, float]:
    """Return the medians of both sides, measured in turn, and that of their ratios."""
    pairs = [(sides[0](), sides[1]()) for _ in range(rounds)]
    ratio = statistics.median(mine.cpu / other.cpu for mine, other in pairs)
    return median([mine for mine, _ in pairs]), median([other for _, other in pairs]), ratio


def median(measured: list[Figures]) -> Figures:
    """Return the median of each figure."""
    return Figures(
        statistics.median(figures.wall for figures in measured),
        statistics.median(figures.cpu for figures in measured),
        statistics.median(figures.peak for figures in measured),
    )


def exponent(before: Row, after: Row) -> float:
    """Return the power of the amount with which the processors' seconds grow: 1 is in proportion."""
    assert before.figures
    assert after.figures
    assert before.amount
    assert after.amount
    return log(after.figures.cpu / before.figures.cpu) / log(after.amount / before.amount)


def wall_within(seconds: float) -> Goal:
    """Return the goal that a person waits at most this long."""
    return Goal("wall", seconds, "s", lambda row: _figures(row).wall)


def reference_wall_within(seconds: float) -> Goal:
    """Return the goal that the reference takes at most this long."""

    def value(row: Row) -> float:
        assert row.reference_figures
        return row.reference_figures.wall

    return Goal("reference's wall", seconds, "s", value)


def cpu_within(seconds: float) -> Goal:
    """Return the goal that processors work at most this long."""
    return Goal("CPU", seconds, "s", lambda row: _figures(row).cpu)


def peak_within(mebibytes: float) -> Goal:
    """Return the goal that memory stays below a limit."""
    return Goal("peak", mebibytes, "MiB", lambda row: _figures(row).peak)


def ratio_within(times: float) -> Goal:
    """Return the goal that the reference's processors' seconds are exceeded at most so many times."""
    return Goal("CPU", times, "× reference", lambda row: row.ratio or 0.0)


def exponent_within(power: float) -> Goal:
    """Return the goal that the processors' seconds grow at most with this power."""
    return Goal("exponent", power, "", lambda row: row.exponent or 0.0)


def also_within(measure: str, limit: float, unit: str) -> Goal:
    """Return the goal of something that was measured besides."""
    return Goal(measure, limit, unit, lambda row: row.also[measure])


def _figures(row: Row) -> Figures:
    assert row.figures
    return row.figures
