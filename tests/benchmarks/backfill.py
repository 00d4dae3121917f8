"""How long all partitions take, beside one of them, in one run.

    uv run --group test python tests/benchmarks/backfill.py

A fresh installation with the sample workbooks of 2023 to 2026: `atlas backfill` of one month, then of
every month of both entities, each command in a process of its own, its start included. Everything is
loaded, built, checked and published. The ratio is to one partition; the goal is at most 4.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from atlas_assets.configuration.configuration import Configuration
from atlas_assets.sample.workbooks import write_samples
from atlas_assets.settings import PROJECT_DIR

FIRST, LAST = "2023-01", "2026-10"


def atlas(root: Path, *arguments: str) -> tuple[float, str]:
    """Run a command on the installation in a folder; return its seconds and its output."""
    environment = {
        "ATLAS_SOURCE_DIR": str(root / "source"),
        "ATLAS_OUTPUT_DIR": str(root / "output"),
        "ATLAS_DUCKDB": str(root / "atlas.db"),
        "DATABASE_URL": f"file:{root / 'operational.db'}",
        "DAGSTER_HOME": str(root / "dagster"),
        "PYTHONDONTWRITEBYTECODE": "",
    }
    started = time.perf_counter()
    finished = subprocess.run(
        [sys.executable, "-m", "atlas_assets.cli.entry", *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return time.perf_counter() - started, finished.stdout


def main() -> None:
    """Write the sample, run one partition and all of them, print."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        configuration = Configuration(PROJECT_DIR / "source" / "config")
        years = range(2023, 2027)
        write_samples(root / "source", configuration, years=years, seed=1, scale=1, defects=0.01)
        atlas(root, "seed")
        one, _ = atlas(root, "backfill", "--entity", "IONS", "--from", LAST, "--to", LAST)
        every, output = atlas(root, "backfill", "--from", FIRST, "--to", LAST, "--json")
        runs = len(json.loads(output)["runs"])
        table = Table("what", "partitions", "runs", "seconds", "ratio")
        table.add_row("one month of IONS", "1", "1", f"{one:.1f}", "1.00")
        table.add_row("every month of both", "92", str(runs), f"{every:.1f}", f"{every / one:.2f}")
        Console().print(table)


if __name__ == "__main__":
    main()
