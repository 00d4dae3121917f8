"""Measures whole processes: time, time of processors, and peak memory, descendants included.

Time of processors is that of the process and of every descendant that was waited for. It misses
descendants that outlive the process, or that nobody waited for. Memory is sampled: a peak between
two samples is missed. Linux only, because both come from `/proc` and `wait4`.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Generator

MEBIBYTE = 2**20
TICKS = os.sysconf("SC_CLK_TCK")  # of a processor's clock, a second
SAMPLING = 0.05  # seconds between two looks at the memory
WIDEST = 160  # characters of a line of what a failed process said
PATIENCE = 180  # seconds until a server that does not answer is given up


class FailedError(Exception):
    """A process ended with a status other than 0, or a server did not answer."""


@dataclass(frozen=True)
class Figures:
    """What a run took: seconds, seconds of processors, and peak memory in MiB."""

    wall: float
    cpu: float
    peak: float


@dataclass(frozen=True)
class Program:
    """A command, with the whole environment and the folder that it runs in."""

    command: tuple[str, ...]
    environment: dict[str, str]
    folder: Path


def measured(program: Program) -> Figures:
    """Run a program to its end. Raises FailedError with the end of what it said."""
    return _run(program)[0]


def measured_inside(program: Program) -> Figures:
    """Run a program that prints the times of its own work, as `inside` does; memory is the whole."""
    figures, output = _run(program)
    times = json.loads(output.splitlines()[-1])
    return Figures(times["wall"], times["cpu"], figures.peak)


def measured_until_it_answers(program: Program, port: int) -> Figures:
    """Start a server and measure until its first page answers; then end it and what it started."""
    started = time.perf_counter()
    with _started(program, subprocess.DEVNULL, subprocess.DEVNULL) as process:
        try:
            with _Peak(process.pid) as peak:
                _await_page(process, port)
                wall, cpu = time.perf_counter() - started, cpu_of_tree(process.pid)
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(30)
    return Figures(wall, cpu, peak.bytes / MEBIBYTE)


@contextmanager
def answering(program: Program, port: int) -> Generator[int]:
    """Yield the process of a server once its first page answers, and end it after the block."""
    with _started(program, subprocess.DEVNULL, subprocess.DEVNULL) as process:
        _await_page(process, port)
        yield process.pid


@contextmanager
def repeated(program: Program) -> Generator[None]:
    """Run a program again and again while the block runs."""
    ended = threading.Event()

    def run() -> None:
        while not ended.is_set():
            with _started(program, subprocess.DEVNULL, subprocess.DEVNULL) as process:
                while process.poll() is None and not ended.wait(SAMPLING):
                    pass

    worker = threading.Thread(target=run)
    worker.start()
    try:
        yield
    finally:
        ended.set()
        worker.join()


def free_port() -> int:
    """Return a port of the loopback interface that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def tree(process: int) -> list[int]:
    """Return the ids of a process and of its living descendants."""
    found, waiting = [], [process]
    while waiting:
        number = waiting.pop()
        found.append(number)
        for children in Path(f"/proc/{number}/task").glob("*/children"):
            with suppress(OSError):  # the thread or the process has ended
                waiting += map(int, children.read_text("utf-8").split())
    return found


def cpu_of_tree(process: int) -> float:
    """Return the seconds of processors of a process, its living descendants, and those waited for."""
    ticks = 0
    for number in tree(process):
        with suppress(OSError):
            text = Path(f"/proc/{number}/stat").read_text("utf-8")
            ticks += sum(map(int, text.rpartition(")")[2].split()[11:15]))
    return ticks / TICKS


def memory_of_tree(process: int) -> int:
    """Return the bytes that a process and its descendants hold, each shared page counted once."""
    total = 0
    for number in tree(process):
        with suppress(OSError, IndexError):  # it has ended
            rollup = Path(f"/proc/{number}/smaps_rollup").read_text("utf-8")
            total += int(rollup.split("Pss:")[1].split()[0]) * 1024
    return total


class _Peak:
    """The peak memory, in bytes, of a process and its descendants while the context is open."""

    def __init__(self, process: int) -> None:
        self.process, self.bytes = process, 0
        self.ended = threading.Event()
        self.watcher = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self.watcher.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.ended.set()
        self.watcher.join()

    def _watch(self) -> None:
        while not self.ended.wait(SAMPLING):
            self.bytes = max(self.bytes, memory_of_tree(self.process))


@contextmanager
def _started(
    program: Program, output: int | IO[bytes], errors: int | IO[bytes]
) -> Generator[subprocess.Popen[bytes]]:
    """Yield a process in a group of its own, of which nothing is left afterwards."""
    process = subprocess.Popen(
        program.command,
        env=program.environment,
        cwd=program.folder,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=errors,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _run(program: Program) -> tuple[Figures, str]:
    """Run a program to its end; return what it took and what it printed."""
    started = time.perf_counter()
    with (
        tempfile.TemporaryFile() as output,
        tempfile.TemporaryFile() as errors,
        _started(program, output, errors) as process,
    ):
        with _Peak(process.pid) as peak:
            _, status, usage = os.wait4(process.pid, 0)
            wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        printed, said = _text(output), _text(errors)
    if process.returncode:
        last = "\n".join(line[:WIDEST] for line in (said or printed).strip().splitlines()[-5:])
        raise FailedError(f"status {process.returncode} of {program.command[-1]!r}: {last}")
    return Figures(wall, usage.ru_utime + usage.ru_stime, peak.bytes / MEBIBYTE), printed


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace")


def _await_page(process: subprocess.Popen[bytes], port: int) -> None:
    """Wait until the first page answers. Raises FailedError if it never does."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        with (
            suppress(urllib.error.URLError, OSError),
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=PATIENCE),
        ):
            return
        time.sleep(0.02)
    raise FailedError(f"no page answered; status {process.poll()}")
