"""Runs a server that ends with the process that started it: killed, that could not end it any more.

Run as `python -m atlas_assets.orchestration.ui.parent MODULE ARGUMENT…`.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading
import time

_LOOK_AGAIN_SECONDS = 1


def main() -> None:
    """Run the module in this process, until it or the parent ends."""
    threading.Thread(target=_wait_for_the_end_of, args=(os.getppid(),), daemon=True).start()
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


def _wait_for_the_end_of(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_AGAIN_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
