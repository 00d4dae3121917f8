"""Removes old logs of runs; what the runs materialized stays known."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

KEPT = timedelta(days=90)
_INDEX = "index"  # which partitions were materialized, by which run, with which checks


def prune(dagster_home: Path, now: datetime) -> None:
    """Remove the log files of runs that have not been written to for 90 days."""
    for path in (dagster_home / "history" / "runs").glob("*.db*"):
        if not path.name.startswith(_INDEX) and _is_old(path, now):
            path.unlink(missing_ok=True)
    for folder in (dagster_home / "storage").glob("*-*-*-*-*"):
        if _is_old(folder, now):
            shutil.rmtree(folder, ignore_errors=True)


def _is_old(path: Path, now: datetime) -> bool:
    try:
        written = datetime.fromtimestamp(path.stat().st_mtime, tz=now.tzinfo)
    except FileNotFoundError:  # another process was faster
        return False
    return written < now - KEPT
