"""The process that talks to a libSQL server for another one, which can end it at any time.

The driver waits for a server without a limit, and stops every thread of its process meanwhile, even
those that handle signals. Run as `python -m atlas_assets.operational.remote_process FD SECONDS`; imports
nothing else of Atlas, as it is started for every connection.
"""

from __future__ import annotations

import faulthandler
import os
import sys
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

os.environ["RUST_LOG"] = "error"  # the driver logs to standard output otherwise

import libsql_experimental as driver

if TYPE_CHECKING:
    from collections.abc import Callable


class Session:
    """A connection of the driver with its cursors, which have numbers here."""

    def __init__(self) -> None:
        self.connection: Any = None
        self.cursors: dict[int, Any] = {}

    def connect(self, url: str, token: str) -> None:
        """Open the connection."""
        open_driver: Callable[..., Any] = vars(driver)["connect"]  # the driver has no types
        self.connection = open_driver(url, isolation_level=None, auth_token=token)

    def commit(self) -> None:
        """Commit the transaction."""
        self.connection.commit()

    def rollback(self) -> None:
        """Roll the transaction back."""
        self.connection.rollback()

    def cursor(self, number: int) -> None:
        """Open a cursor."""
        self.cursors[number] = self.connection.cursor()

    def close(self, number: int) -> None:
        """Close a cursor."""
        self.cursors.pop(number).close()

    def execute(self, number: int, statement: str, parameters: Any) -> tuple[Any, ...]:
        """Run a statement; return description, number of rows and last id."""
        return self._outcome(self.cursors[number].execute(statement, parameters))

    def executemany(self, number: int, statement: str, parameters: Any) -> tuple[Any, ...]:
        """Run a statement for many sets of parameters; return the same."""
        return self._outcome(self.cursors[number].executemany(statement, parameters))

    def fetchmany(self, number: int, count: int) -> list[Any]:
        """Return the next rows of a cursor."""
        return self.cursors[number].fetchmany(count) or []

    def fetchall(self, number: int) -> list[Any]:
        """Return all remaining rows of a cursor."""
        return self.cursors[number].fetchall() or []

    @staticmethod
    def _outcome(cursor: Any) -> tuple[Any, ...]:
        return cursor.description, cursor.rowcount, cursor.lastrowid


def serve(pipe: Connection, seconds: float) -> None:
    """Answer each call with its result, or with the text of its error, until the pipe is closed."""
    session = Session()
    while True:
        try:
            name, arguments = pipe.recv()
        except EOFError:
            return
        faulthandler.dump_traceback_later(seconds, exit=True, file=sys.stderr)
        try:
            answer, error = getattr(session, name)(*arguments), None
        except BaseException as raised:  # noqa: BLE001  a panic of the driver is not an Exception
            answer, error = None, str(raised) or type(raised).__name__
        faulthandler.cancel_dump_traceback_later()
        in_transaction = bool(session.connection is not None and session.connection.in_transaction)
        pipe.send((answer, error, in_transaction))


if __name__ == "__main__":
    serve(Connection(int(sys.argv[1])), float(sys.argv[2]))
