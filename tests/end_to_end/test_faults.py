"""No traceback reaches a user: each trouble is provoked, and said in words with a status."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import openpyxl
import pytest

from atlas_assets.faults.explanation import UnexpectedError, explained
from atlas_assets.faults.traceback_log import log_traceback

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Installation

WORKBOOK = "source/LAPORAN EVALUASI EPN 2026.xlsx"
GARBAGE = b"\x00\xffgarbage" * 5000
REPORT = ("report", "--entity", "EPN", "--period", "2026-02")
PUBLISH = ("publish", "--entity", "EPN", "--period", "2026-02")
TRANSFORM = ("transform", "--entity", "EPN", "--period", "2026-02")
EXTRACT = ("extract", "--entity", "EPN", "--period", "2026-02")
STATUS = ("status", "--entity", "EPN")


@dataclass(frozen=True)
class Trouble:
    """What is done to an installation, the command then given, and what it has to say.

    `limits` are set for the process of the command.
    """

    spoil: Callable[[Installation], object]
    command: tuple[str, ...]
    told: str
    limits: dict[int, int] = field(default_factory=dict)
    status: int = 1


def overwrite(name: str, content: bytes = GARBAGE) -> Callable[[Installation], object]:
    return lambda made: (made.root / name).write_bytes(content)


def cut(name: str) -> Callable[[Installation], object]:
    def spoil(made: Installation) -> None:
        path = made.root / name
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    return spoil


def folder_at(name: str) -> Callable[[Installation], object]:
    def spoil(made: Installation) -> None:
        # The process that built it may have parsed the project for another installation before.
        (made.root / name).unlink(missing_ok=True)
        (made.root / name).mkdir()

    return spoil


def file_at(name: str) -> Callable[[Installation], object]:
    def spoil(made: Installation) -> None:
        shutil.rmtree(made.root / name)
        (made.root / name).write_text("in the way", encoding="utf-8")

    return spoil


def pipe_at(name: str) -> Callable[[Installation], object]:
    def spoil(made: Installation) -> None:
        (made.root / name).unlink()
        os.mkfifo(made.root / name)

    return spoil


def mark_up(made: Installation) -> None:
    path = made.root / WORKBOOK
    workbook = openpyxl.load_workbook(path, data_only=True)
    workbook["FEBRUARI"]["O6"].value = "[/b] %s {x} [red] :smile:"
    workbook.save(path)


def nothing(_made: Installation) -> None:
    """The limits are trouble enough."""


TROUBLES = {
    "warehouse cut off": Trouble(cut("warehouse.db"), TRANSFORM, "is damaged. Move it away"),
    "warehouse is garbage": Trouble(overwrite("warehouse.db"), STATUS, "is damaged. Move it away"),
    "warehouse is a folder": Trouble(
        folder_at("warehouse.db"), STATUS, "a folder in place of a file"
    ),
    "log of the warehouse is a folder": Trouble(
        lambda made: (made.root / "warehouse.db.wal").mkdir(), STATUS, "a folder in place of a file"
    ),
    "dbt's parsed project is a folder": Trouble(
        folder_at("dagster/dbt/partial_parse.msgpack"), TRANSFORM, "a folder in place of a file"
    ),
    "records cut off": Trouble(cut("operational.db"), PUBLISH, "is damaged or of another program"),
    "records are garbage": Trouble(
        overwrite("operational.db"), PUBLISH, "is damaged or of another program"
    ),
    "records are a folder": Trouble(folder_at("operational.db"), PUBLISH, "cannot be opened"),
    "runs are garbage": Trouble(
        overwrite("dagster/history/runs.db"),
        STATUS,
        "Move its folders `history` and `schedules` away",
    ),
    "index of runs is garbage": Trouble(
        overwrite("dagster/history/runs/index.db"), TRANSFORM, "`history` and `schedules` away"
    ),
    "schedules are garbage": Trouble(
        overwrite("dagster/schedules/schedules.db"), STATUS, "`history` and `schedules` away"
    ),
    "dagster.yaml is garbage": Trouble(
        overwrite("dagster/dagster.yaml", b"a: [\n"), STATUS, "dagster.yaml"
    ),
    "dagster.yaml names nothing": Trouble(
        overwrite("dagster/dagster.yaml", b"storage: {sqlit: {}}\n"), STATUS, "dagster.yaml"
    ),
    "dagster.yaml is text": Trouble(
        overwrite("dagster/dagster.yaml", b"some text"), STATUS, "dagster.yaml is wrong"
    ),
    "a file for the raw folder": Trouble(file_at("warehouse-raw"), EXTRACT, "in place of a folder"),
    "a file for the output": Trouble(file_at("output/monthly"), REPORT, "in place of a folder"),
    "a file for the home": Trouble(file_at("dagster"), STATUS, "in place of a folder"),
    "a report is garbage": Trouble(
        overwrite("output/monthly/EPN-2026-02.json"),
        ("present", "--report", "output/monthly/EPN-2026-02.json"),
        "EPN-2026-02.json",
    ),
    "markup in a header": Trouble(mark_up, EXTRACT, "[/b] %s {x} [red] :smile:"),
    "a pipe for a workbook": Trouble(
        pipe_at(WORKBOOK), EXTRACT, "is no file, but a folder, a pipe"
    ),
    "a pipe for the registry": Trouble(
        pipe_at("source/config/registry.yaml"), STATUS, "registry.yaml is no file, but a pipe"
    ),
    "texts are wrong": Trouble(
        overwrite("source/config/strings.yaml", b"target: Ziel\n"),
        ("validate", "--config"),
        "strings.yaml, line 1",
    ),
    "a file may not grow": Trouble(
        nothing, REPORT, "cannot be read or written: ", {resource.RLIMIT_FSIZE: 100_000}
    ),
    "few open files": Trouble(
        nothing, REPORT, "cannot be read or written: ", {resource.RLIMIT_NOFILE: 24}
    ),
    # So little that Python notices first: a library written in C may end the process.
    "little memory": Trouble(nothing, STATUS, "is used up. ", {resource.RLIMIT_AS: 160 * 2**20}),
}


@pytest.mark.slow
@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES)
def test_trouble_is_said_in_words(february: Installation, trouble: Trouble) -> None:
    trouble.spoil(february)

    def limit() -> None:
        for kind, most in trouble.limits.items():
            resource.setrlimit(kind, (most, most))

    done = subprocess.run(
        [sys.executable, "-m", "atlas_assets.cli.entry", *trouble.command],
        env={**os.environ, **february.environment, **february.search_path},
        cwd=february.root,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=limit,
    )
    assert done.returncode == trouble.status, done
    assert "Traceback" not in done.stderr, done.stderr
    assert "LibreOffice" not in done.stderr
    assert trouble.told in done.stderr, done.stderr


@pytest.mark.slow
def test_damaged_raw_files_of_another_month_stop_nothing(february: Installation) -> None:
    for path in (february.root / "warehouse-raw").rglob("*.*"):
        if path.is_file() and path.stem != "2026-02":
            path.write_bytes(GARBAGE)
    for command in (STATUS, ("validate", *PUBLISH[1:]), REPORT, ("build", *PUBLISH[1:])):
        february.atlas(*command)


def test_a_port_in_use_is_said(february: Installation) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        told = february.atlas("ui", "--port", port, status=1).stderr
    assert "The port is in use" in told


def test_a_warehouse_in_use_is_said(february: Installation) -> None:
    program = (
        "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print(flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(february.root / "warehouse.db")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        assert other.stdout
        other.stdout.readline()
        told = february.atlas("status", status=1).stderr
        other.kill()
    assert "Another program has the warehouse open. Close it there" in told
    assert "damaged" not in told


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(errno.EACCES, os.strerror(errno.EACCES), "a.json"), "at a.json. Atlas may not"),
        (duckdb.IOException('IO Error: Cannot open file "a": Permission denied'), "Atlas may not"),
        (duckdb.IOException("IO Error: Could not write file: No space left on device"), "is full"),
        (duckdb.IOException('IO Error: No files found that match the pattern "x"'), "was moved"),
        (duckdb.FatalException("FATAL Error: Failed: database has been invalidated"), "is damaged"),
        (RuntimeError("No space left on device (os error 28)"), "The disk is full"),
        (ImportError("failed to map segment from shared object"), "The memory is used up"),
    ],
)
def test_what_a_library_says_of_the_machine_is_explained(error: Exception, told: str) -> None:
    explanation = str(explained(error))
    assert told in explanation
    assert ".." not in explanation
    assert not isinstance(explained(error), UnexpectedError)


def in_a_shell(made: Installation, arguments: str) -> subprocess.CompletedProcess[str]:
    """Give a command, with redirections, to a shell."""
    return subprocess.run(
        ["/bin/sh", "-c", f"'{sys.executable}' -m atlas_assets.cli.entry {arguments}"],
        env={**os.environ, **made.environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("arguments", ["--help", "status --entity EPN"])
def test_output_that_cannot_be_written_is_said(built: Installation, arguments: str) -> None:
    done = in_a_shell(built, f"{arguments} >/dev/full")
    assert done.returncode == 1
    assert "No space left on device." in done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr


@pytest.mark.parametrize("redirection", [">&-", "2>&-", "| head -c 1", "<&-"])
def test_a_closed_stream_leaves_no_traceback(built: Installation, redirection: str) -> None:
    done = in_a_shell(built, f"status --entity EPN {redirection}")
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr


def test_what_nobody_foresaw_is_said_and_its_traceback_logged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, february: Installation
) -> None:
    from atlas_assets.cli import pipeline  # noqa: PLC0415  it is changed

    def fail(*_arguments: object) -> None:
        raise ZeroDivisionError("nobody foresaw this [/b]")

    monkeypatch.setattr(pipeline.Pipeline, "status", fail)
    told = february.atlas("status", status=1).stderr
    assert (
        "Atlas met something that it does not know (ZeroDivisionError: nobody foresaw this [/b])"
        in told
    )
    log = february.root / "dagster" / "tracebacks.log"
    assert f"The traceback is in {log}." in told
    assert "nobody foresaw this" in log.read_text(encoding="utf-8")
    assert isinstance(explained(ZeroDivisionError()), UnexpectedError)
    assert "could not" not in log_traceback(ZeroDivisionError(), tmp_path / "new")


def test_a_traceback_goes_to_the_temporary_folder_if_need_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    told = log_traceback(ZeroDivisionError("why"), tmp_path / "file" / "folder")
    path = Path(told.removeprefix("The traceback is in ").removesuffix("."))
    assert "why" in path.read_text(encoding="utf-8")
    assert path.stat().st_mode & 0o077 == 0  # nobody else reads it
    path.unlink()
