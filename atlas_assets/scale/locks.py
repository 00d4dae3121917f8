"""Locks that all workers share. PostgreSQL holds them, and frees them if a worker dies or is cut off."""

from __future__ import annotations

import threading
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import psycopg2
from psycopg2.errors import LockNotAvailable

from atlas_assets.errors import FaultError

if TYPE_CHECKING:
    from collections.abc import Generator

PATIENCE = "30min"  # longer than any step of a run takes
_FAMILY = 0x41746C61  # keeps the numbers of these locks apart from those of other programs


class SharedLocks:
    """The locks in the database at `address`, by name. A thread can take one again that it holds."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._local = threading.local()

    @contextmanager
    def held(self, name: str, *, shared: bool = False) -> Generator[None]:
        """Hold a lock, alone or with others who share it.

        Raises FaultError if it cannot be had, or PostgreSQL not be reached.
        """
        held: set[str] = self._local.__dict__.setdefault("held", set())
        if name in held:
            yield
            return
        with catalog_connection(self.address) as connection:
            _acquire(connection, name, shared=shared)
            held.add(name)
            try:
                yield
            finally:
                held.discard(name)


def _acquire(connection: Any, name: str, *, shared: bool) -> None:
    function = "pg_advisory_lock_shared" if shared else "pg_advisory_lock"
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = '{PATIENCE}'")
            cursor.execute(f"SELECT {function}(%s, hashtext(%s))", (_FAMILY, name))
    except LockNotAvailable as error:
        raise FaultError(
            f"Another worker has held the lock {name!r} for {PATIENCE}. Look at the runs, "
            "end the one that is stuck, then repeat this one. What was there before is unchanged."
        ) from error


@contextmanager
def catalog_connection(address: str) -> Generator[Any]:
    """Yield a connection to the PostgreSQL of the catalog. Raises FaultError if it cannot be reached."""
    try:
        connection = psycopg2.connect(address, connect_timeout=10)
    except psycopg2.OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        raise FaultError(
            f"PostgreSQL cannot be reached ({reason}). Check that it runs, ATLAS_CATALOG and PGPASSWORD. "
            "What was there before is unchanged."
        ) from error
    connection.autocommit = True
    try:
        yield connection
    finally:
        connection.close()


class TableLocks:
    """A listener to dbt that holds the lock of a model's table while dbt writes it.

    DuckLake refuses a transaction that replaces rows of a table in which another one did the same meanwhile,
    whichever rows these were.
    """

    def __init__(self, locks: SharedLocks) -> None:
        self.locks = locks
        self._held: dict[str, ExitStack] = {}

    def __call__(self, event: Any) -> None:
        """Take the lock before dbt begins with a model, and free it afterwards."""
        if event.info.name not in {"NodeStart", "NodeFinished"}:
            return
        node = event.data.node_info
        if node.resource_type != "model":
            return
        if event.info.name == "NodeFinished":
            self._release(node.unique_id)
            return
        stack = self._held[node.unique_id] = ExitStack()
        stack.enter_context(self.locks.held(node.unique_id))

    def close(self) -> None:
        """Free what dbt has not told the end of."""
        for name in list(self._held):
            self._release(name)

    def _release(self, name: str) -> None:
        if stack := self._held.pop(name, None):
            stack.close()
