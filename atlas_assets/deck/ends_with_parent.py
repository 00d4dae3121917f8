"""Runs a program that ends, with all that it started, when the process that asked for it is gone.

LibreOffice is several processes, and only the first is known to whoever started it. Run as `python -m
atlas_assets.deck.ends_with_parent PROGRAM ARGUMENT…`, with a pipe as standard input that the parent
closes, by ending or on purpose, to end the program.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading


def main() -> int:
    """Run the program and return its exit status."""
    with (
        subprocess.Popen(  # noqa: S603  the parent's own command
            sys.argv[1:], stdin=subprocess.DEVNULL, start_new_session=True
        ) as process
    ):
        threading.Thread(target=_end_after_parent, args=(process.pid,), daemon=True).start()
        return process.wait()


def _end_after_parent(group: int) -> None:
    while os.read(0, 1024):
        pass
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main())
