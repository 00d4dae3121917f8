"""A command that is asked to stop ends at once with a word, whatever it does at that moment."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Installation

TOLD = (
    "Stopped. What was being made is left as it was before; give the same command again to go on.\n"
)


def handles(process: subprocess.Popen, number: signal.Signals) -> bool:
    """Return whether a process has a handler of a signal."""
    caught = re.search(r"SigCgt:\s*(\w+)", Path(f"/proc/{process.pid}/status").read_text())
    assert caught
    return bool(int(caught[1], 16) >> number - 1 & 1)


def heed_hang_up() -> None:
    """Let SIGHUP not be ignored because whoever started the tests ignores it, as `nohup` does."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("moment", [0.0, 0.1, 0.3, 0.6])  # seconds, in which it loads its modules
def test_a_command_that_still_loads_can_be_stopped(
    built: Installation, number: signal.Signals, moment: float
) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "atlas_assets.cli.entry", "status"],
        env={**os.environ, **built.environment, "PYTHONDONTWRITEBYTECODE": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=heed_hang_up,  # noqa: PLW1509  it calls into Python only
    ) as process:
        while not handles(process, signal.SIGHUP):
            assert process.poll() is None
        try:
            process.communicate(timeout=moment)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, number)
            os.killpg(process.pid, number)  # an impatient user
        _, told = process.communicate(timeout=30)
    assert (process.returncode, told) == (128 + number, TOLD)


def test_what_nohup_ignores_stays_ignored() -> None:
    """A command that was started with `nohup` survives the terminal, but not Ctrl+C."""
    program = (
        "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "from atlas_assets.faults.stopping import end_on_signals\n"
        "end_on_signals()\n"
        "signal.raise_signal(signal.SIGHUP); print('lives', flush=True)\n"
        "signal.raise_signal(signal.SIGINT); signal.pause()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "lives\n", TOLD)
