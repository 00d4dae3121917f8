"""The progress of a run, on terminals only: what it is about, what it does now, and since when."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from rich.console import Console

# What a step does, by its name in Dagster.
_DOES = {
    "raw_sheets": "reads the workbooks",
    "dbt_models": "builds and tests the models",
    "validation_file": "writes the validation file",
    "reconciled": "compares figures that must agree",
    "lookups": "prepares the operational database",
    "records": "publishes the records",
    "monthly_report": "computes the report",
    "monthly_deck": "draws the deck",
    "monthly_pdf": "prints the PDF",
}


@contextmanager
def shown_progress(
    console: Console, label: str, about: str, steps: int
) -> Generator[Callable[[str], None]]:
    """Show a run until the block ends; yield the function to call with the name of each step that begins.

    `about` says how much it is. The time goes on and the sign turns while a step takes long.
    """
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
    from rich.progress import TimeElapsedColumn as Elapsed

    columns = (
        *(SpinnerColumn(), TextColumn("{task.description}"), BarColumn(bar_width=16)),
        *(MofNCompleteColumn(), TextColumn("steps,"), Elapsed()),
    )
    title = f"{label} ({about})" if about else label
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as progress:
        task = progress.add_task(escape(title), total=steps)
        begun = -1

        def on_step(step: str) -> None:
            nonlocal begun
            begun += 1
            does = _DOES.get(step, step.replace("_", " "))
            progress.update(task, completed=begun, description=escape(f"{title}: {does}"))

        yield on_step


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: `1 month`, `2 months`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
