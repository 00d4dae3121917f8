"""Being asked to stop: by Ctrl+C, by SIGTERM, or by a terminal that is closed."""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Generator
    from types import FrameType

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_STOPPED = (
    "Stopped. What was being made is left as it was before; give the same command again to go on.\n"
)
_CLEARED = "\r\x1b[K\x1b[?25h"  # a terminal, of the progress that was shown


def end_on_signals() -> None:
    """End this process at once when it is asked to stop, whatever it does at that moment.

    Nothing is closed in good order, because nothing needs it: whatever is killed leaves what was there
    before, and the next command closes its run. An exception instead, in the middle of an import or of
    a library with threads, could leave the process waiting for ever; and a handler would wait for a
    query to end. The exit status is 128 and the number of the signal. What is ignored stays ignored,
    as after `nohup`.
    """
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    for number in _ENDING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _do_nothing)  # the pipe is only written to if there is a handler
    terminal = os.dup(sys.stderr.fileno())  # Dagster redirects the original while a step runs
    threading.Thread(target=_wait, args=(reader, terminal), daemon=True).start()


def _do_nothing(_number: int, _frame: FrameType | None) -> None:
    pass


def _wait(reader: int, terminal: int) -> NoReturn:
    """End the process when the number of an ending signal arrives."""
    number = 0
    while number not in _ENDING:
        number = os.read(reader, 1)[0]
    text = _CLEARED + _STOPPED if os.isatty(terminal) else _STOPPED
    with suppress(OSError):  # the terminal may be gone
        os.write(terminal, text.encode())
    os._exit(128 + number)


@contextmanager
def held_back() -> Generator[None]:
    """Let the block end before a signal has its effect, in the runs that Dagster starts.

    There, Dagster raises an exception, which in the middle of a library that works with threads can leave
    it waiting for ever.
    """
    if threading.current_thread() is not threading.main_thread():  # where signals never arrive
        yield
        return
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    received: list[int] = []

    def remember(number: int, _frame: FrameType | None) -> None:
        received.append(number)

    for number in handlers:
        signal.signal(number, remember)
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    for number in received:
        signal.raise_signal(number)
