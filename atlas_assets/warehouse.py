"""Connections to the DuckDB file, and the lock that lets one process write at a time."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb
from filelock import FileLock

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

CATALOG = "atlas"


class Warehouse:
    """The analytical database. It is always attached as `atlas`, whatever the file is called."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def writing(self) -> Generator[None]:
        """Hold the machine-wide writer lock; the kernel lets go of it when the process dies."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{self.path}.lock", is_singleton=True):
            yield

    @contextmanager
    def connect(self, *, read_only: bool = True) -> Generator[duckdb.DuckDBPyConnection]:
        """Give a connection whose current database is the file.

        A writing connection needs `writing()` around it.
        """
        with duckdb.connect() as connection:
            connection.execute("SET TimeZone = 'UTC'")
            mode = "(READ_ONLY)" if read_only else ""
            connection.execute(f"ATTACH '{self.path}' AS {CATALOG} {mode}")
            connection.execute(f"USE {CATALOG}")
            yield connection
            connection.execute(f"USE memory; DETACH {CATALOG}")
