"""Files appear whole or not at all, and what killed processes leave behind is removed."""

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from atlas_assets.files import written_whole


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
            raise OSError(errno.ENOSPC, "disk full")

    with pytest.raises(OSError, match="disk") as caught:
        write()
    assert caught.value.filename == str(path)  # and not the temporary name
    assert [p.read_text() for p in tmp_path.iterdir()] == ["before"]
