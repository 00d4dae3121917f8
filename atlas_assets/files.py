"""Writes files so that they appear whole or not at all, and tells whether files are the same."""

from __future__ import annotations

import hashlib
import os
import time
from contextlib import contextmanager
from glob import escape
from typing import TYPE_CHECKING
from uuid import uuid4

import psutil

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable
    from pathlib import Path

TRUSTED_AFTER_SECONDS = 3  # longer than the steps in which any disk counts time


@contextmanager
def written_whole(path: Path, *, durable: bool = True) -> Generator[Path]:
    """Yield a temporary path next to `path`; rename it into place at the end, remove it on failure.

    It is on the disk before it takes its name, so that not even a power failure leaves half of it,
    unless it need not be durable: what is cheap to make again, and whose damage is noticed.
    Its suffix is `.tmp`, so that no pattern such as `*.parquet` matches what a killed process left
    behind. Its name contains the process id: the next writer removes files of dead processes.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    remove_leftovers(path.parent, path.name)
    temporary = path.with_name(f".{path.name}-{os.getpid()}-{uuid4().hex[:8]}.tmp")
    try:
        yield temporary
        if durable:
            _sync(temporary)
        temporary.replace(path)
        if durable:
            _sync(path.parent)
    except OSError as error:  # a full disk names no file
        if error.filename in (None, str(temporary)):
            error.filename = str(path)
        raise
    finally:
        temporary.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk; a folder on POSIX systems only."""
    if path.is_dir() and os.name != "posix":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove_leftovers(folder: Path, name: str | None = None) -> None:
    """Remove what processes that were killed have left of a file, or of any file in a folder."""
    for leftover in folder.glob(f".{escape(name) if name else '*'}-*-*.tmp*"):
        process = leftover.name.rsplit(".tmp", 1)[0].rsplit("-", 2)[1]
        if process.isdecimal() and not is_running(int(process)):
            leftover.unlink(missing_ok=True)


def is_running(process: int) -> bool:
    """Return whether a process runs; one that has ended and that nobody has waited for does not."""
    try:
        return psutil.Process(process).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def digest_of(paths: Iterable[Path], *texts: str) -> str:
    """Return a hash of the names and the content of some files, folders left out, and of texts."""
    digest = hashlib.sha256("\0".join(texts).encode())
    for path in sorted(paths):
        if path.is_file() and path.suffix != ".pyc":
            digest.update(f"\0{path.name}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def settled_state(paths: Iterable[Path]) -> str | None:
    """Return the state of files, or None if one is missing, or was written to so recently that it may be again.

    A disk counts time in steps: a second writing within one would not be noticed.
    """
    try:
        stats = {path: path.stat() for path in paths}
    except OSError:
        return None
    newest = max(max(stat.st_ctime, stat.st_mtime) for stat in stats.values())
    if abs(time.time() - newest) < TRUSTED_AFTER_SECONDS:
        return None
    return " ".join(map(state_of, stats))


def state_of(path: Path) -> str:
    """Return what changes whenever a file is written: name, size, times and inode, without reading it."""
    stat = path.stat()
    return f"{path} {stat.st_size} {stat.st_mtime_ns} {stat.st_ctime_ns} {stat.st_ino}"
