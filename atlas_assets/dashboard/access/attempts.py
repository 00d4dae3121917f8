"""Counts attempts to log in, over all processes, and holds back who fails too often."""

from __future__ import annotations

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
        with self._opened() as connection, connection:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS failures (name TEXT, address TEXT, at REAL)"
            )

    def are_too_many(self, name: str, address: str) -> bool:
        """Return whether a name or address has to wait."""
        since = self.now() - WINDOW_SECONDS
        with self._opened() as connection:
            by_name, by_address = connection.execute(
                "SELECT count(*) FILTER (WHERE name = ?), count(*) FILTER (WHERE address = ?) "
                "FROM failures WHERE at > ?",
                (name, address, since),
            ).fetchone()
        return by_name >= MOST_OF_NAME or by_address >= MOST_OF_ADDRESS

    def failed(self, name: str, address: str) -> None:
        """Remember a failure, and forget old ones."""
        now = self.now()
        with self._opened() as connection, connection:
            connection.execute("DELETE FROM failures WHERE at <= ?", (now - WINDOW_SECONDS,))
            connection.execute("INSERT INTO failures VALUES (?, ?, ?)", (name, address, now))

    def succeeded(self, name: str) -> None:
        """Forget the failures of a name."""
        with self._opened() as connection, connection:
            connection.execute("DELETE FROM failures WHERE name = ?", (name,))

    def _opened(self) -> closing[sqlite3.Connection]:
        return closing(sqlite3.connect(self.path, timeout=10))
