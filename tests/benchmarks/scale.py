"""How time and memory grow with the rows, in one run.

    uv run --group test python tests/benchmarks/scale.py [--scales 1 10 100] [--years 2026]

For each scale the sample workbooks are written and synced whole (loaded, built, checked) in a process
of its own. The ratio is seconds for each row to those at the smallest scale: at most 1 is linear
or better. Memory is the peak of the process and of its readers together; the goal is 4 GiB.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

MEBIBYTE = 2**20


def tree_memory(process: int) -> int:
    """Return the bytes that a process and its descendants hold together, shared pages counted once."""
    total = 0
    waiting = [process]
    while waiting:
        number = waiting.pop()
        try:
            rollup = Path(f"/proc/{number}/smaps_rollup").read_text("utf-8")
            children = Path(f"/proc/{number}/task/{number}/children").read_text("utf-8")
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue  # it has ended
        total += int(rollup.split("Pss:")[1].split()[0]) * 1024
        waiting += map(int, children.split())
    return total


def sync(root: Path, years: str) -> None:
    """Write nothing but marts: load, build and check everything that the sample has."""
    from conftest import Installation  # beside the tests, whose helpers these are

    first, _, last = years.partition("-")
    installation = Installation(root)
    installation.build_marts(range(int(first), int(last or first) + 1))
    with installation.workspace.warehouse.reading() as connection:
        rows = connection.execute("SELECT count(*) FROM raw.transactions").fetchone()
        print(json.dumps({"rows": rows[0] if rows else 0}))


def measure(root: Path, years: str) -> dict[str, float]:
    """Sync in a process of its own, and watch its memory."""
    command = [sys.executable, __file__, "--sync", str(root), "--years", years]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    started = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    peak = 0
    ended = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not ended.wait(0.2):
            peak = max(peak, tree_memory(process.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    output, _ = process.communicate()
    ended.set()
    watcher.join()
    if process.returncode:
        raise SystemExit(f"the sync ended with status {process.returncode}")
    rows = json.loads(output.splitlines()[-1])["rows"]
    return {"rows": rows, "seconds": time.perf_counter() - started, "bytes": peak}


def main() -> None:
    """Measure every scale and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scales", type=float, nargs="+", default=[1, 10, 100])
    parser.add_argument("--years", default="2026")
    parser.add_argument("--sync", type=Path)
    options = parser.parse_args()
    if options.sync:
        sync(options.sync, options.years)
        return
    table = Table(
        "scale", "transactions", "seconds", "each 1,000 rows", "ratio", "peak memory, MiB"
    )
    first: float | None = None
    for scale in options.scales:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            sample = [
                sys.executable,
                "-m",
                "atlas_assets.cli.entry",
                "sample",
                str(root / "source"),
            ]
            sample += ["--years", options.years, "--scale", str(scale)]
            subprocess.run(sample, check=True, capture_output=True)
            found = measure(root, options.years)
        each = found["seconds"] / found["rows"]
        first = first or each
        table.add_row(
            f"{scale:g}",
            f"{found['rows']:,.0f}",
            f"{found['seconds']:.1f}",
            f"{each * 1000:.2f} s",
            f"{each / first:.2f}",
            f"{found['bytes'] / MEBIBYTE:,.0f}",
        )
    Console().print(table)


if __name__ == "__main__":
    main()
