"""Connections to the DuckDB file, and the lock that lets one process write at a time."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb
from filelock import FileLock

from atlas_assets.errors import AtlasError
from atlas_assets.faults.explanation import explained

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

CATALOG = "atlas"


class Warehouse:
    """The analytical database. It is always attached as `atlas`, whatever the file is called."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def locked(self) -> Generator[None]:
        """Hold the machine-wide writer lock, which the kernel releases if the process dies."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{self.path}.lock", is_singleton=True):
            yield

    @contextmanager
    def reading(self) -> Generator[duckdb.DuckDBPyConnection]:
        """Yield a read-only connection, while no other Atlas process writes."""
        with self.locked(), self.connect() as connection:
            yield connection

    @contextmanager
    def connect(self, *, read_only: bool = True) -> Generator[duckdb.DuckDBPyConnection]:
        """Yield a connection whose current database is the warehouse.

        The caller has to hold `locked()`. Raises AtlasError if there is nothing to read yet, and
        FaultError if the file cannot be opened.
        """
        if read_only and not self.path.exists():
            raise AtlasError(
                f"There is no data in {self.path} yet. Run `atlas build`, or `atlas sync` first."
            )
        with duckdb.connect() as connection:
            connection.execute("SET TimeZone = 'UTC'")
            mode = "(READ_ONLY)" if read_only else ""
            quoted = str(self.path).replace("'", "''")
            try:
                connection.execute(f"ATTACH '{quoted}' AS {CATALOG} {mode}")
            except duckdb.Error as error:
                raise explained(error) from error
            connection.execute(f"USE {CATALOG}")
            yield connection
            connection.execute(f"USE memory; DETACH {CATALOG}")
