"""What old runs leave behind is removed."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from atlas_assets.orchestration.runs.old_logs import prune


def test_logs_of_old_runs_are_removed_and_the_index_stays(tmp_path: Path) -> None:
    now = datetime(2026, 11, 23, tzinfo=UTC)
    old = now - timedelta(days=91)
    runs = tmp_path / "history" / "runs"
    logs = [tmp_path / "storage" / f"{n}a2b-4c-4d-8e-1f" / "compute_logs" for n in (1, 2)]
    files = [runs / name for name in ("index.db", "old.db", "old.db-wal", "new.db")]
    for folder in (runs, *logs):
        folder.mkdir(parents=True)
    for path in (*files, *(log.parent for log in logs)):
        path.touch()
        moment = (now if path.name.startswith(("new", "2")) else old).timestamp()
        os.utime(path, (moment, moment))
    prune(tmp_path, now)
    assert sorted(path.name for path in runs.iterdir()) == ["index.db", "new.db"]
    assert [log.exists() for log in logs] == [False, True]
