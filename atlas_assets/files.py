"""Files appear whole or not at all."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path


@contextmanager
def written_whole(path: Path) -> Generator[Path]:
    """Give a temporary path beside `path`; rename it into place at the end, remove it on failure.

    Its suffix is another one, so that no pattern such as `*.parquet` finds what a killed process
    left behind.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}-{uuid4().hex[:8]}.tmp")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
