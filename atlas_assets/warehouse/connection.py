"""Connections to the DuckDB file, and the lock that lets one process write at a time."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import duckdb
from filelock import FileLock

from atlas_assets.errors import AtlasError
from atlas_assets.faults.explanation import explained
from atlas_assets.files import state_of

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping
    from pathlib import Path

CATALOG = "atlas"
Callbacks = list["Callable[[Any], None]"]


class Warehouse:
    """The analytical database, a file. It is always attached as `atlas`, whatever it is called."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def place(self) -> str:
        """Where it is, for people."""
        return str(self.path)

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables by which dbt finds it."""
        return {"ATLAS_DUCKDB": str(self.path)}

    def exists(self) -> bool:
        """Return whether anything was ever written to it."""
        return self.path.exists()

    def state(self) -> str:
        """Return what changes whenever it is written to."""
        return state_of(self.path)

    @contextmanager
    def locked(self) -> Generator[None]:
        """Hold the machine-wide writer lock, which the kernel releases if the process dies."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{self.path}.lock", is_singleton=True):
            yield

    @contextmanager
    def building(self, _rules: str, *, is_whole: bool) -> Generator[Callbacks]:  # noqa: ARG002
        """Hold what a build of models needs from the loading of raw tables on, and yield callbacks for dbt.

        `_rules` is the hash of what models depend on besides the sheets; `is_whole` says whether all of them
        are built.
        """
        with self.locked():
            yield []

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
        if read_only and not self.exists():
            raise AtlasError(
                f"There is no data in {self.place} yet. Run `atlas build`, or `atlas sync` first."
            )
        with duckdb.connect() as connection:
            connection.execute("SET TimeZone = 'UTC'")
            try:
                self._attach(connection, read_only=read_only)
            except duckdb.Error as error:
                raise explained(error) from error
            connection.execute(f"USE {CATALOG}")
            yield connection
            connection.execute(f"USE memory; DETACH {CATALOG}")

    def copy_to(self, path: Path) -> None:
        """Copy everything into a DuckDB file at `path`. The caller has to hold `locked()`."""
        with self.connect(read_only=False) as connection:
            connection.execute("CHECKPOINT")
        shutil.copyfile(self.path, path)

    def _attach(self, connection: duckdb.DuckDBPyConnection, *, read_only: bool) -> None:
        mode = "(READ_ONLY)" if read_only else ""
        connection.execute(f"ATTACH {quoted(str(self.path))} AS {CATALOG} {mode}")


def quoted(text: str) -> str:
    """Return a text as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"
