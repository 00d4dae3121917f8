"""Files appear whole or not at all."""

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
    """Give a temporary path beside `path`; rename it into place at the end, remove it on failure.

    Its suffix is another one, so that no pattern such as `*.parquet` finds what a killed process
    left behind. It names its process: the next writer removes what belongs to none.
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
