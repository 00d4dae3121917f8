"""The processes that read workbooks end with the process that started them."""

import multiprocessing
import subprocess
import sys

import psutil
from conftest import Installation

from atlas_assets.periods.calendar import Month
from atlas_assets.settings import Settings
from atlas_assets.workspace import Workspace

SECONDS = 60  # that no end may take


def look(settings: Settings) -> None:
    assert Workspace(settings).source.look("transactions", "EPN", Month(2026, 2)).rows_kept


def test_a_process_of_multiprocessing_ends(installation: Installation) -> None:
    """As a run does that the web UI started."""
    process = multiprocessing.get_context("spawn").Process(
        target=look, args=(installation.settings,)
    )
    process.start()
    readers = []
    while process.is_alive() and not readers:
        readers = psutil.Process(process.pid).children(recursive=True)
    process.join(SECONDS)
    ended = process.exitcode
    process.kill()
    for reader in readers:
        if reader.is_running():
            reader.kill()
    assert ended == 0


def test_a_command_ends(installation: Installation) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "atlas_assets.cli.entry", "status"],
        env=installation.environment | installation.search_path,
        timeout=SECONDS,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0
