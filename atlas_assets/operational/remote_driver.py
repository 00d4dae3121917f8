"""The driver's connections and cursors for servers, with a limit to every wait; see `remote_process`."""

from __future__ import annotations

import contextlib
import multiprocessing
import subprocess
import sys
from itertools import count
from typing import Any

_MODULE = "atlas_assets.operational.remote_process"


class NoAnswerError(ValueError):
    """The server did not answer in time. The driver, too, raises ValueError for everything."""


class RemoteConnection:
    """A connection to a server, with the methods of the driver's that `dbapi` uses.

    No call takes longer than `seconds`; then NoAnswerError is raised, and the connection is broken.
    """

    def __init__(self, url: str, token: str, seconds: float) -> None:
        self.seconds = seconds
        self.in_transaction = False
        self._numbers = count()
        self._pipe, theirs = multiprocessing.Pipe()
        with theirs:
            number = theirs.fileno()
            # It ends by itself if this process is killed, but later than this one gives up.
            self._process = subprocess.Popen(  # noqa: S603  nothing of it comes from outside
                [sys.executable, "-P", "-m", _MODULE, str(number), str(seconds + 5)],
                pass_fds=[number],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl+C is for the process that waits
            )
        self.call("connect", url, token)

    def cursor(self) -> RemoteCursor:
        """Return a new cursor."""
        number = next(self._numbers)
        self.call("cursor", number)
        return RemoteCursor(self, number)

    def commit(self) -> None:
        """Commit the transaction."""
        self.call("commit")

    def rollback(self) -> None:
        """Roll the transaction back."""
        self.call("rollback")

    def close(self) -> None:
        """End the process of the connection; the server discards an open transaction."""
        self.in_transaction = False
        self._pipe.close()
        self._process.kill()
        self._process.wait()

    def call(self, name: str, *arguments: Any) -> Any:
        """Return the result of a call in the process. Raises ValueError, as the driver does."""
        try:
            self._pipe.send((name, arguments))
            received = self._pipe.recv() if self._pipe.poll(self.seconds) else None
        except (EOFError, OSError):
            received = None
        except BaseException:  # Ctrl+C in the middle: the answer would be taken for the next one
            self.close()
            raise
        if received is None:
            self.close()
            raise NoAnswerError(f"no answer from the server within {self.seconds:g} s")
        answer, error, self.in_transaction = received
        if error is not None:
            raise ValueError(error)
        return answer


class RemoteCursor:
    """A cursor of a `RemoteConnection`."""

    def __init__(self, connection: RemoteConnection, number: int) -> None:
        self._connection, self._number = connection, number
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    def execute(self, statement: str, parameters: Any) -> RemoteCursor:
        """Run a statement."""
        return self._run("execute", statement, parameters)

    def executemany(self, statement: str, parameters: Any) -> RemoteCursor:
        """Run a statement for every set of parameters."""
        return self._run("executemany", statement, parameters)

    def fetchmany(self, size: int) -> list[Any]:
        """Return the next rows."""
        return self._connection.call("fetchmany", self._number, size)

    def fetchall(self) -> list[Any]:
        """Return all remaining rows."""
        return self._connection.call("fetchall", self._number)

    def close(self) -> None:
        """Release the rows."""
        with contextlib.suppress(ValueError):  # nothing is left of a broken connection
            self._connection.call("close", self._number)

    def _run(self, name: str, statement: str, parameters: Any) -> RemoteCursor:
        outcome = self._connection.call(name, self._number, statement, parameters)
        self.description, self.rowcount, self.lastrowid = outcome
        return self
