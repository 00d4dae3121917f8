"""Shows what was measured: as one table, or as data."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from tests.benchmarks.process import Figures
    from tests.benchmarks.runner import Row

WIDTH = 240  # of a table that no terminal shows
COLUMNS = (
    *("line", "waiting for", "wall s", "CPU s", "peak MiB"),
    *("held against", "wall s", "CPU s", "ratio (CPU)", "goal", "reached"),
)
REACHED = {True: "yes", False: "no", None: "–"}


def as_table(machine: dict[str, str], size: str, rounds: int, rows: list[Row]) -> None:
    """Print the machine, and a table with one line for each row."""
    console = Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False)
    for name, text in machine.items():
        console.print(f"{name}: {escape(text)}")
    table = Table(*COLUMNS, caption=f"size {size}, medians of {rounds} rounds", show_lines=True)
    for row in rows:
        table.add_row(*_cells(row))
    console.print(table)


def as_json(machine: dict[str, str], size: str, rounds: int, rows: list[Row]) -> dict[str, Any]:
    """Return the machine and all rows as data."""
    shown = [_data(row) for row in rows]
    return {"machine": machine, "size": size, "rounds": rounds, "lines": shown}


def _cells(row: Row) -> list[str]:
    if row.error:
        return [row.name, row.waits_for, *["–"] * 7, escape(row.error), "failed"]
    judged = {goal.measure for goal in row.goals}
    besides = row.also if row.exponent is None else {"exponent": row.exponent, **row.also}
    goals = [f"{goal}: {goal.value(row):.2f}" for goal in row.goals]
    goals += [f"({name}: {found:.2f})" for name, found in besides.items() if name not in judged]
    ratio = "–" if row.ratio is None else f"{row.ratio:.2f}"
    return [
        row.name,
        row.waits_for,
        *_numbers(row.figures),
        row.reference or "–",
        *_numbers(row.reference_figures)[:2],
        ratio,
        "\n".join(goals) or "–",
        REACHED[row.is_reached],
    ]


def _numbers(figures: Figures | None) -> list[str]:
    if figures is None:
        return ["–"] * 3
    return [f"{figures.wall:.2f}", f"{figures.cpu:.2f}", f"{figures.peak:,.0f}"]


def _data(row: Row) -> dict[str, Any]:
    """Return a row as data; of its goals, what they allow and what was found."""
    judged = [
        {
            "measure": goal.measure,
            "limit": goal.limit,
            "unit": goal.unit,
            "value": goal.value(row),
            "reached": goal.is_reached(row),
        }
        for goal in row.goals
    ]
    plain = {name: value for name, value in vars(row).items() if name != "goals"}
    for name in ("figures", "reference_figures"):
        plain[name] = asdict(plain[name]) if plain[name] else None
    return plain | {"goals": judged, "reached": row.is_reached}
