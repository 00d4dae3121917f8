"""What killed processes and old runs leave behind is removed."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from atlas_assets.files import written_whole
from atlas_assets.orchestration.runs.old_logs import prune


def test_the_next_writer_removes_what_a_killed_one_left(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    killed = (
        "import os, sys; from pathlib import Path; from atlas_assets.files import written_whole\n"
        "with written_whole(Path(sys.argv[1])) as temporary:\n"
        "    temporary.write_text('half'); os.kill(os.getpid(), 9)\n"
    )
    subprocess.run([sys.executable, "-c", killed, str(path)], check=False)
    (left,) = tmp_path.iterdir()
    assert left.suffix == ".tmp"
    with written_whole(path) as mine:
        mine.write_text("whole")
        with written_whole(path) as other:  # of a process that is alive
            other.write_text("other")
        assert mine.exists()
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("report.json", "whole")]


def test_what_was_there_stays_where_writing_fails(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text("before")

    def write() -> None:
        with written_whole(path) as temporary:
            temporary.write_text("half")
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk"):
        write()
    assert [p.read_text() for p in tmp_path.iterdir()] == ["before"]


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
