"""A build that is killed costs nothing but the same command again; builds take turns."""

import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb
import psutil
import pytest
from conftest import Installation, make_installation, of_all_workers
from filelock import FileLock

KILLS = int(os.environ.get("ATLAS_TEST_KILLS", "12"))  # each costs two builds
YEARS = range(2026, 2027)


@dataclass(frozen=True)
class Undisturbed:
    """What a build makes that nobody disturbs, and how long it takes."""

    installation: Installation
    contents: dict[str, object]
    seconds: float


def start_build(installation: Installation) -> subprocess.Popen:
    """Start the command as a user does, without waiting for it."""
    return subprocess.Popen(
        [sys.executable, "-m", "atlas_assets.cli.entry", "build", "--entity", "EPN"],
        env={
            **os.environ,
            **installation.environment,
            **installation.search_path,
            "SOURCE_DATE_EPOCH": "1767225600",
            "PYTHONDONTWRITEBYTECODE": "",
        },
        cwd=installation.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=heed_signals,  # noqa: PLW1509  it calls into Python only
    )


def heed_signals() -> None:
    """Let no signal be ignored that whoever started the tests ignores, as `nohup` does."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def contents(installation: Installation) -> dict[str, object]:
    """Return the bytes of every file in the output folder, and every row of the figures.

    Left out are when a sheet was loaded, which the validation file tells, and the copies for the dashboard,
    each of which has a name of its own.
    """
    files = {
        str(path.relative_to(installation.root)): re.sub(
            rb'"loaded_at": "[^"]*"', b"", path.read_bytes()
        )
        for path in sorted((installation.root / "output").rglob("*"))
        if path.is_file() and path.parent.name != "serving"
    }
    with installation.workspace.warehouse.reading() as connection:
        tables = connection.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'marts'"
        ).fetchall()
        rows = {
            name: connection.execute(f"SELECT * FROM marts.{name} ORDER BY ALL").fetchall()
            for (name,) in tables
        }
    return {**files, **rows}


def unfinished(installation: Installation) -> list[str]:
    """Return the runs and stages that seem to be under way."""
    with sqlite3.connect(installation.settings.dagster_home / "history" / "runs.db") as connection:
        runs = connection.execute(
            "SELECT pipeline_name FROM runs WHERE status NOT IN ('SUCCESS', 'FAILURE')"
        ).fetchall()
    with duckdb.connect(str(installation.settings.duckdb_path), read_only=True) as connection:
        stages = connection.execute(
            "SELECT stage FROM main._pipeline_runs WHERE status = 'started'"
        ).fetchall()
    return [name for (name,) in runs + stages]


def leftovers(installation: Installation) -> list[Path]:
    return list(installation.root.rglob("*.tmp"))


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, parsed_models: Path) -> Undisturbed:
    root = of_all_workers(tmp_path_factory) / "undisturbed"
    with FileLock(f"{root}.lock"):
        installation = Installation(root)
        marker = root / "seconds"
        if not marker.exists():
            make_installation(root, years=YEARS, defects=0.05, scale=0.1)
            shutil.copytree(parsed_models, installation.settings.dbt_target_dir)
            shutil.copytree(root, f"{root}-before")
            started = time.monotonic()
            assert start_build(installation).wait() == 0
            marker.write_text(str(time.monotonic() - started))
    return Undisturbed(installation, contents(installation), float(marker.read_text()))


def copy_of(undisturbed: Undisturbed, folder: Path) -> Installation:
    """Return an installation with the same workbooks of which nothing has been built."""
    shutil.copytree(f"{undisturbed.installation.root}-before", folder)
    return Installation(folder)


@pytest.mark.slow
@pytest.mark.parametrize("number", range(KILLS))
def test_the_same_command_after_a_kill_makes_the_same(
    number: int, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    kill = [signal.SIGKILL, signal.SIGINT, signal.SIGTERM, signal.SIGHUP][number % 4]
    installation = copy_of(undisturbed, tmp_path / "atlas")
    moment = random.Random(number).uniform(0, undisturbed.seconds)
    build = start_build(installation)
    try:
        build.communicate(timeout=moment)
    except subprocess.TimeoutExpired:
        children = psutil.Process(build.pid).children(recursive=True)
        build.send_signal(kill)
        told = build.communicate()[1]
        assert psutil.wait_procs(children, timeout=30)[1] == [], moment
        assert "Traceback" not in told, (moment, told)
        # Python heeds signals by itself while it ends; and the build may have ended just before.
        assert build.returncode in (128 + kill, -kill, 0), (moment, told)
    again = start_build(installation)
    told = again.communicate()[1]
    assert again.returncode == 0, (moment, told)
    assert contents(installation) == undisturbed.contents, moment
    assert unfinished(installation) == [], moment
    assert leftovers(installation) == [], moment


@pytest.mark.slow
def test_two_builds_at_once_queue_up(undisturbed: Undisturbed, tmp_path: Path) -> None:
    installation = copy_of(undisturbed, tmp_path / "atlas")
    builds = [start_build(installation), start_build(installation)]
    told = [build.communicate()[1] for build in builds]
    assert [build.returncode for build in builds] == [0, 0], told
    waited = [text for text in told if "Waits for another command, which is under way." in text]
    assert len(waited) == 1
    assert "sync" not in waited[0]  # the first one had done it
    assert contents(installation) == undisturbed.contents
