"""Being asked to stop: by Ctrl+C, or by SIGTERM."""

from __future__ import annotations

import signal
import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Generator
    from types import FrameType


class Stopped(BaseException):
    """The process was asked to end by a signal."""

    def __init__(self, number: int) -> None:
        super().__init__(f"Stopped by {signal.Signals(number).name}.")
        self.number = number


@contextmanager
def stopping_on_sigterm() -> Generator[None]:
    """Raise Stopped in the block when SIGTERM arrives, so that everything that is open gets closed."""
    before = signal.signal(signal.SIGTERM, _stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def stopping_after() -> Generator[None]:
    """Raise Stopped after the block if a signal came in meanwhile.

    Dagster ends a run in good order when a signal arrives, but says neither that one did nor which. It
    leaves its own handler of SIGTERM behind.
    """
    handler = signal.getsignal(signal.SIGTERM)
    reader, writer = socket.socketpair()
    reader.setblocking(False)
    writer.setblocking(False)
    before = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        signal.signal(signal.SIGTERM, handler)
        numbers = _received(reader)
        reader.close()
        writer.close()
    for number in numbers:
        if number in (signal.SIGINT, signal.SIGTERM):
            raise Stopped(number)


@contextmanager
def held_back() -> Generator[None]:
    """Let the block end before a signal has its effect; a second one has it at once.

    An exception in the middle of a library that works with threads can leave it waiting for ever.
    """
    if threading.current_thread() is not threading.main_thread():  # where signals never arrive
        yield
        return
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    received: list[int] = []

    def remember(number: int, _frame: FrameType | None) -> None:
        received.append(number)
        for each, handler in handlers.items():
            signal.signal(each, handler)

    for number in handlers:
        signal.signal(number, remember)
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    for number in received:
        signal.raise_signal(number)


def _received(reader: socket.socket) -> bytes:
    try:
        return reader.recv(4096)
    except BlockingIOError:
        return b""


def _stop(number: int, _frame: FrameType | None) -> NoReturn:
    raise Stopped(number)
