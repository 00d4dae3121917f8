"""Counts attempts to log in, over all processes, and holds back who fails too often."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WINDOW_SECONDS = 15 * 60
MOST_OF_NAME, MOST_OF_ADDRESS = 5, 20  # failures within the window


class Attempts:
    """Failed attempts by name and by address."""

    def __init__(self, path: Path, now: Callable[[], float] = time.time) -> None:
        self.path, self.now = path, now
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        with self._opened() as connection:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS failures (name TEXT, address TEXT, at REAL)"
            )

    def may_try(self, name: str, address: str) -> bool:
        """Count an attempt as failed, until `succeeded`, and return whether it may be made.

        Attempts at the same moment are counted one after the other.
        """
        now = self.now()
        with self._opened() as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("DELETE FROM failures WHERE at <= ?", (now - WINDOW_SECONDS,))
            by_name, by_address = connection.execute(
                "SELECT count(*) FILTER (WHERE name = ?), count(*) FILTER (WHERE address = ?) "
                "FROM failures",
                (name, address),
            ).fetchone()
            allowed = by_name < MOST_OF_NAME and by_address < MOST_OF_ADDRESS
            if allowed:
                connection.execute("INSERT INTO failures VALUES (?, ?, ?)", (name, address, now))
            connection.execute("COMMIT")
        return allowed

    def succeeded(self, name: str) -> None:
        """Forget the failures of a name."""
        with self._opened() as connection:
            connection.execute("DELETE FROM failures WHERE name = ?", (name,))

    def _opened(self) -> closing[sqlite3.Connection]:
        return closing(sqlite3.connect(self.path, timeout=10, isolation_level=None))
