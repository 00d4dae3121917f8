"""Ends a server with the process that started it: killed, that could not end it any more."""

from __future__ import annotations

import os
import signal
import threading
import time

_LOOK_AGAIN_SECONDS = 1
_INIT = 1


def end_with_parent() -> None:
    """End this process once its parent is gone. A server that systemd started has no such parent."""
    parent = os.getppid()
    if parent != _INIT:
        threading.Thread(target=_wait_for_the_end_of, args=(parent,), daemon=True).start()


def _wait_for_the_end_of(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_AGAIN_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
