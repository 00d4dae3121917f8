"""Writes files so that they appear whole or not at all."""

from __future__ import annotations

import os
from contextlib import contextmanager
from glob import escape
from typing import TYPE_CHECKING
from uuid import uuid4

import psutil

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path


@contextmanager
def written_whole(path: Path) -> Generator[Path]:
    """Yield a temporary path next to `path`; rename it into place at the end, remove it on failure.

    Its suffix is `.tmp`, so that no pattern such as `*.parquet` matches what a killed process left
    behind. Its name contains the process id: the next writer removes files of dead processes.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    _remove_leftovers(path)
    temporary = path.with_name(f".{path.name}-{os.getpid()}-{uuid4().hex[:8]}.tmp")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _remove_leftovers(path: Path) -> None:
    for leftover in path.parent.glob(f".{escape(path.name)}-*-*.tmp"):
        process = leftover.name.rsplit("-", 2)[1]
        if process.isdecimal() and not psutil.pid_exists(int(process)):
            leftover.unlink(missing_ok=True)
