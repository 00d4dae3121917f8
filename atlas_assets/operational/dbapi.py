"""A PEP 249 module over `libsql_experimental`, for `create_engine("sqlite+libsql://…", module=…)`.

The stock driver raises ValueError for everything, binds integers beyond 32 bits as floats, runs an
`INSERT … RETURNING` again when its rows are fetched twice, has no busy timeout and begins
transactions by the look of the statement. This module mends that and nothing else: transactions
are begun by the engine (`sessions`), waiting for locks happens here, in Python, where it blocks
no other thread. Tested with libsql-experimental 0.0.55 and sqlalchemy-libsql 0.2.0; to be dropped
when the driver does all this itself.
"""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

os.environ.setdefault("RUST_LOG", "error")  # the driver logs to standard output otherwise

import libsql_experimental as driver

apilevel = "2.0"
threadsafety = 1
paramstyle = "qmark"
sqlite_version_info = (3, 45, 1)
sqlite_version = "3.45.1"
Binary = bytes

Row = tuple[Any, ...]
Parameters = Sequence[Any]


class Error(Exception):
    """Base of all errors of this module."""


class Warning(Exception):  # noqa: A001, N818  PEP 249 names it so
    """Required by PEP 249; never raised."""


class InterfaceError(Error):
    """The module was used in a way that it does not support."""


class DatabaseError(Error):
    """The database reported an error."""


class DataError(DatabaseError):
    """A value cannot be stored exactly."""


class OperationalError(DatabaseError):
    """The database could not do its work: locked, unreachable, a faulty statement."""


class IntegrityError(DatabaseError):
    """A constraint was violated."""


class InternalError(DatabaseError):
    """The database is damaged."""


class ProgrammingError(DatabaseError):
    """The caller made a mistake, such as using a closed connection."""


class NotSupportedError(DatabaseError):
    """The database cannot do that."""


_INTEGRITY = re.compile(
    r"constraint failed|datatype mismatch|SQLITE_(CONSTRAINT|MISMATCH)", re.IGNORECASE
)
_DAMAGED = re.compile(r"not a database|malformed|encrypted", re.IGNORECASE)
_LOCKED = re.compile(r"database (schema |table )?is locked|SQLITE_BUSY", re.IGNORECASE)
_CHANGES_ROWS = re.compile(
    r"\s*(?:--[^\n]*\n\s*|/\*.*?\*/\s*)*(INSERT|UPDATE|DELETE|REPLACE)\b", re.IGNORECASE | re.DOTALL
)
_ISOLATION = re.compile(r"\s*PRAGMA\s+read_uncommitted\s*$", re.IGNORECASE)
_BEGINS = re.compile(r"\s*BEGIN\b", re.IGNORECASE)

_INT32 = range(-(2**31), 2**31)
_EXACT_FLOAT = range(-(2**53), 2**53 + 1)
_INT64 = range(-(2**63), 2**63)


def _mapped(error: Exception) -> Error:
    message = str(error)
    if _INTEGRITY.search(message):
        return IntegrityError(message)
    if _DAMAGED.search(message):
        return DatabaseError(message)
    if "nsupported parameter" in message:
        return InterfaceError(message)
    return OperationalError(message)


def _call(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call the driver and raise its errors as this module's own."""
    try:
        return function(*arguments)
    except ValueError as error:
        raise _mapped(error) from error
    except Exception as error:  # the driver raises what Rust happened to give it
        raise OperationalError(f"{type(error).__name__}: {error}") from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # a BaseException of pyo3's, not importable
            raise InterfaceError(f"the driver panicked: {error}") from error
        raise


def _bound(value: Any) -> Any:
    """Return a value in a form that the driver stores exactly."""
    match value:
        case None | bool() | float() | bytes():
            return value
        case str():
            if "\x00" in value:
                raise DataError("text with a NUL character is cut off when it is read back")
            return value
        case int():
            if value in _INT32:
                return value
            if value in _EXACT_FLOAT:
                return float(value)
            if value in _INT64:
                return str(value)  # an INTEGER column converts the text exactly
            raise DataError(f"{value} does not fit in 64 bits")
        case bytearray() | memoryview():
            return bytes(value)
        case _:
            raise InterfaceError(f"values of type {type(value).__name__} cannot be stored")


class Cursor:
    """A PEP 249 cursor."""

    arraysize = 1

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.description: tuple[Row, ...] | None = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self._driver_cursor: Any = None
        self._rows: list[Row] | None = None

    def execute(self, statement: str, parameters: Parameters = ()) -> Cursor:
        """Run one statement, waiting for a lock as long as the connection's timeout."""
        if self.connection.remote and _ISOLATION.match(statement):
            self._forget()  # servers refuse to tell it to a reader; they never read uncommitted
            self.description, self._rows = (("read_uncommitted", *(None,) * 6),), [(0,)]
            return self
        bound = tuple(_bound(value) for value in parameters)
        self._run(statement, lambda cursor: cursor.execute(statement, bound))
        return self

    def executemany(self, statement: str, parameter_sets: Sequence[Parameters]) -> Cursor:
        """Run one statement for every set of parameters."""
        bound = [tuple(_bound(value) for value in parameters) for parameters in parameter_sets]
        if bound:
            self._run(statement, lambda cursor: cursor.executemany(statement, bound))
        else:
            self._forget()
            self.rowcount = 0
        return self

    def fetchone(self) -> Row | None:
        """Return the next row, or None."""
        rows = self.fetchmany(1)
        return rows[0] if rows else None

    def fetchmany(self, size: int | None = None) -> list[Row]:
        """Return the next rows, `arraysize` of them by default."""
        count = self.arraysize if size is None else size
        if self._rows is not None:
            taken, self._rows = self._rows[:count], self._rows[count:]
            return taken
        if self._driver_cursor is None:
            return []
        rows = _call(self._driver_cursor.fetchmany, count)
        if len(rows) < count:
            self._end()
        return rows

    def fetchall(self) -> list[Row]:
        """Return all remaining rows."""
        if self._rows is not None:
            taken, self._rows = self._rows, []
            return taken
        if self._driver_cursor is None:
            return []
        rows = _call(self._driver_cursor.fetchall)
        self._end()
        return rows

    def __iter__(self) -> Iterator[Row]:
        while (row := self.fetchone()) is not None:
            yield row

    def setinputsizes(self, _sizes: Sequence[Any]) -> None:
        """Do nothing, as PEP 249 allows."""

    def setoutputsize(self, _size: int, _column: int | None = None) -> None:
        """Do nothing, as PEP 249 allows."""

    def close(self) -> None:
        """Let go of the rows; `rowcount` and `description` stay."""
        self._end()
        self._rows = None

    def _run(self, statement: str, action: Callable[[Any], Any]) -> None:
        self._forget()
        cursor = self.connection.waiting_for_lock(statement, action)
        if cursor.description:
            self.description = cursor.description
        if not _CHANGES_ROWS.match(statement):
            self._driver_cursor = cursor if self.description else None
            return
        if self.description:  # RETURNING: fetched at once, a second fetch would insert again
            self._rows = _call(cursor.fetchall)
            self.rowcount = len(self._rows or [])
        else:
            self.rowcount = cursor.rowcount
        self.lastrowid = cursor.lastrowid

    def _forget(self) -> None:
        self.close()
        self.description, self.rowcount, self.lastrowid = None, -1, None

    def _end(self) -> None:
        if self._driver_cursor is not None:
            self._driver_cursor.close()
            self._driver_cursor = None


class Connection:
    """A PEP 249 connection. It begins no transaction by itself: send `BEGIN`."""

    isolation_level: str | None = ""

    def __init__(self, driver_connection: Any, *, remote: bool, timeout: float) -> None:
        self._driver_connection = driver_connection
        self.remote = remote
        self.timeout = timeout

    @property
    def _open(self) -> Any:
        if self._driver_connection is None:
            raise ProgrammingError("the connection is closed")
        return self._driver_connection

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction has been begun and not ended."""
        return bool(self._open.in_transaction)

    def cursor(self) -> Cursor:
        """Return a new cursor."""
        _ = self._open
        return Cursor(self)

    def execute(self, statement: str, parameters: Parameters = ()) -> Cursor:
        """Run one statement on a new cursor."""
        return self.cursor().execute(statement, parameters)

    def commit(self) -> None:
        """Commit the transaction; does nothing where none has begun."""
        _call(self._open.commit)

    def rollback(self) -> None:
        """Roll the transaction back; does nothing where none has begun."""
        _call(self._open.rollback)

    def create_function(self, *_arguments: Any, **_options: Any) -> None:
        """Do nothing: the driver has no functions in Python, and the dialect asks for one."""

    def close(self) -> None:
        """Roll back what is open and close."""
        if self._driver_connection is not None:
            if self.in_transaction:
                with contextlib.suppress(OperationalError):  # a server forgets what is left open
                    self.rollback()
            self._driver_connection.close()
            self._driver_connection = None

    def waiting_for_lock(self, statement: str, action: Callable[[Any], Any]) -> Any:
        """Run an action on a new driver cursor; repeat it while another process holds the lock.

        Only outside a transaction and only single statements are repeated, so nothing is ever
        applied twice. Raises OperationalError when the timeout has passed.
        """
        may_wait = not self.remote and (_BEGINS.match(statement) or not self.in_transaction)
        deadline = time.monotonic() + self.timeout
        pause = 0.002
        while True:
            cursor = self._open.cursor()
            try:
                _call(action, cursor)
            except OperationalError as error:
                cursor.close()
                locked = _LOCKED.search(str(error))
                if not (may_wait and locked) or time.monotonic() >= deadline:
                    raise
                time.sleep(pause)
                pause = min(pause * 1.5, 0.05)
            else:
                return cursor


def connect(
    database: str,
    *,
    timeout: float = 30.0,
    auth_token: str = "",
    check_same_thread: bool = True,  # noqa: ARG001  the dialect passes it
    uri: bool = False,  # noqa: ARG001  the dialect passes it
) -> Connection:
    """Open a local file, or a server at `libsql://`, `http://` or `https://`."""
    remote = database.startswith(("libsql://", "http://", "https://"))
    open_driver: Callable[..., Any] = vars(driver)["connect"]  # the driver has no types
    opened = _call(partial(open_driver, isolation_level=None, auth_token=auth_token), database)
    return Connection(opened, remote=remote, timeout=timeout)
