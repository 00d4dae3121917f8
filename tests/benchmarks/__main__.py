"""The command of the benchmarks: measures the lines that are asked for and prints one table, or JSON.

python -m tests.benchmarks [NAME …] [--size S|M|L] [--rounds N] [--json] [--list]
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from tests.benchmarks import (
    commands,
    drawing,
    growth,
    publishing,
    reading,
    schedules,
    serving,
    transforming,
)
from tests.benchmarks.installations import SCALES, Bench
from tests.benchmarks.machine import machine
from tests.benchmarks.output import as_json, as_table
from tests.benchmarks.runner import Row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.benchmarks.runner import Line

MODULES = (commands, reading, transforming, publishing, drawing, growth, schedules, serving)
LINES: dict[str, Line] = {line.name: line for module in MODULES for line in module.LINES}


def options() -> argparse.Namespace:
    """Read the command line; a name that no line has is refused."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="lines to measure; default: all")
    parser.add_argument("--size", choices=SCALES, default="S", help="1, 10 or 100 x the rows")
    parser.add_argument("--rounds", type=int, default=3, help="how often each side is measured")
    parser.add_argument("--list", action="store_true", help="name the lines and measure nothing")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    parser.add_argument(
        "--partitions",
        type=int,
        nargs="+",
        default=[44, 176, 284, 528],
        help="of `growth`; rounded up to whole entities of 22 months",
    )
    parser.add_argument("--receipts", type=int, default=100_000, help="that `publish` writes")
    parser.add_argument(
        "--schedules", type=int, default=500, help="that `schedules` tries, 2 or more"
    )
    given = parser.parse_args()
    if unknown := [name for name in given.names if name not in LINES]:
        parser.error(f"no line is called {', '.join(unknown)}; --list names them")
    if given.rounds < 1:
        parser.error("--rounds takes 1 or more")
    return given


def rows_of(line: Line, bench: Bench) -> Iterator[Row]:
    """Yield the rows of a line, and a row with the error if it fails: the other lines go on."""
    try:
        yield from line.measure(bench)
    except Exception as error:  # noqa: BLE001  whatever it is, it belongs in the table
        yield Row(line.name, line.waits_for, error=f"{type(error).__name__}: {error}")


def main() -> None:
    """Measure and print; the exit status is 1 if a line failed."""
    given = options()
    if given.list:
        for line in LINES.values():
            print(f"{line.name:26} {line.waits_for}")
        return
    found, progress = machine(), Console(stderr=True)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as folder:
        bench = Bench(
            Path(folder),
            size=given.size,
            rounds=given.rounds,
            partitions=tuple(given.partitions),
            receipts=given.receipts,
            schedules=given.schedules,
        )
        for name in given.names or LINES:
            with progress.status(name):
                for row in rows_of(LINES[name], bench):
                    rows.append(row)
                    progress.print(f"{row.name}: {row.error or row.waits_for}", markup=False)
    if given.json:
        print(json.dumps(as_json(found, given.size, given.rounds, rows), indent=2))
    else:
        as_table(found, given.size, given.rounds, rows)
    sys.exit(any(row.error for row in rows))


if __name__ == "__main__":
    main()
