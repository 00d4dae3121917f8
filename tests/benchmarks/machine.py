"""Says what the figures were measured on."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path

from tests.benchmarks.installations import PROJECT_DIR
from tests.benchmarks.process import MEBIBYTE

LIBRARIES = (
    "dagster",
    "dbt-core",
    "dbt-duckdb",
    "duckdb",
    "fastexcel",
    "libsql-experimental",
    "polars",
    "python-pptx",
    "sqlalchemy",
)


def machine() -> dict[str, str]:
    """Return processor, memory, kernel, versions, commit and load of this moment."""
    cpu = Path("/proc/cpuinfo").read_text("utf-8").partition("model name")[2]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // MEBIBYTE
    return {
        "processor": cpu.partition(":")[2].partition("\n")[0].strip() or platform.machine(),
        "cores": str(os.cpu_count()),
        "memory": f"{memory:,} MiB",
        "kernel": platform.release(),
        "Python": platform.python_version(),
        "libraries": ", ".join(f"{name} {version(name)}" for name in LIBRARIES),
        "commit": _commit(),
        "load average at start": " ".join(f"{load:.2f}" for load in os.getloadavg()),
    }


def _commit() -> str:
    """Return the commit that is measured, and whether files differ from it."""
    git = shutil.which("git")
    if not git:
        return "unknown"
    command = [git, "-C", str(PROJECT_DIR), "describe", "--always", "--dirty"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"
