"""A PEP 249 module over `libsql_experimental`, for `create_engine("sqlite+libsql://…", module=…)`.

The stock driver raises ValueError for everything, binds integers beyond 32 bits as floats, reruns
an `INSERT … RETURNING` when its rows are fetched twice, has no busy timeout, guesses from the
statement whether to begin a transaction, and ignores surplus parameters and statements. This module
fixes that and nothing else: the engine begins transactions (`sessions`), and waiting happens here, in
Python, where it blocks no other thread and ends: for locks of files, and for servers
(`remote_driver`). Tested with libsql-experimental 0.0.55
and sqlalchemy-libsql 0.2.0; to be dropped once the driver does all this itself.
"""

from __future__ import annotations

import contextlib
import math
import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

os.environ.setdefault("RUST_LOG", "error")  # the driver logs to standard output otherwise

import libsql_experimental as driver

from atlas_assets.operational.remote_driver import RemoteConnection

apilevel = "2.0"
threadsafety = 1
paramstyle = "qmark"
sqlite_version_info = (3, 45, 1)
sqlite_version = "3.45.1"
Binary = bytes

Row = tuple[Any, ...]
Parameters = Sequence[Any]


class Error(Exception):
    """Base class of this module's errors."""


class Warning(Exception):  # noqa: A001, N818  PEP 249 requires the name
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
_NO_CODE = re.compile(
    r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\[[^]]*]|--[^\n]*|/\*.*?\*/""", re.DOTALL
)
_CHANGES_ROWS = re.compile(
    r"(INSERT|UPDATE|DELETE|REPLACE)\b|WITH\b.*\b(INSERT|UPDATE|DELETE|REPLACE)\s",
    re.IGNORECASE | re.DOTALL,
)
_ISOLATION = re.compile(r"PRAGMA\s+read_uncommitted\s*$", re.IGNORECASE)
_BEGINS = re.compile(r"BEGIN\b", re.IGNORECASE)
_TRIGGER = re.compile(r"CREATE\s+(TEMP\w*\s+)?TRIGGER\b", re.IGNORECASE)
_NAMED_PARAMETER = re.compile(r"[:@$]\w|\?\d")
_RETURNING = re.compile(r"\bRETURNING\b", re.IGNORECASE)
_MANY = re.compile(r";\s*\S")

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
    """Call the driver and convert its errors to those of this module."""
    try:
        return function(*arguments)
    except ValueError as error:
        raise _mapped(error) from error
    except Exception as error:  # the driver passes on whatever Rust raised
        raise OperationalError(f"{type(error).__name__}: {error}") from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # pyo3's, which cannot be imported
            raise InterfaceError(f"the driver panicked: {error}") from error
        raise


@dataclass(frozen=True)
class Statement:
    """What has to be known of a statement to run it.

    `parameters` is their number, None where they are named.
    """

    changes_rows: bool
    begins: bool
    asks_isolation: bool
    parameters: int | None

    def check(self, parameters: Parameters) -> None:
        """Raise ProgrammingError for a wrong number of parameters, InterfaceError for a dict."""
        if isinstance(parameters, dict):
            raise InterfaceError("parameters must be a sequence: the driver would store dict keys")
        if self.parameters is not None and len(parameters) != self.parameters:
            raise ProgrammingError(
                f"the statement has {self.parameters} parameters, {len(parameters)} were given"
            )


@lru_cache(maxsize=512)
def read_statement(statement: str) -> Statement:
    """Analyse a statement. Raises ProgrammingError for several: only the first would run."""
    code = _NO_CODE.sub("''", statement).replace("''", " ").strip()
    if _MANY.search(code) and not _TRIGGER.match(code):
        raise ProgrammingError("only one statement can be run at a time")
    return Statement(
        changes_rows=bool(_CHANGES_ROWS.match(code)),
        begins=bool(_BEGINS.match(code)),
        asks_isolation=bool(_ISOLATION.match(code)),
        parameters=None if _NAMED_PARAMETER.search(code) else code.count("?"),
    )


def _bound(value: Any, *, remote: bool) -> Any:
    """Return a value in a form that the driver stores exactly."""
    match value:
        case None | bool() | bytes():
            return value
        case str():
            if "\x00" in value:
                raise DataError("text with a NUL character is cut off when it is read back")
            return value
        case int():
            return _bound_integer(value)
        case float():
            return _bound_float(value, remote=remote)
        case bytearray() | memoryview():
            return bytes(value)
        case _:
            raise InterfaceError(f"values of type {type(value).__name__} cannot be stored")


def _bound_integer(value: int) -> int | float | str:
    if value in _INT32:
        return value
    if value in _EXACT_FLOAT:
        return float(value)
    if value in _INT64:
        return str(value)  # an INTEGER column converts the text exactly
    raise DataError(f"{value} does not fit in 64 bits")


def _bound_float(value: float, *, remote: bool) -> float:
    if math.isnan(value):
        raise DataError("NaN would be stored as NULL")
    if remote and not (math.isfinite(value) and float(f"{value:.15g}") == value):
        raise DataError(f"servers do not keep {value!r} exactly: they keep 15 digits")
    return value


class Cursor:
    """A PEP 249 cursor."""

    arraysize = 1

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.rowcount = -1
        self.lastrowid: int | None = None
        self._driver_cursor: Any = None
        self._description: tuple[Row, ...] | None = None
        self._rows: list[Row] | None = None

    @property
    def description(self) -> tuple[Row, ...] | None:
        """One tuple per column, its name first; None where the statement returns no rows."""
        if self._description is None and self._driver_cursor is not None:
            self._description = self._driver_cursor.description or None
        return self._description

    def execute(self, statement: str, parameters: Parameters = ()) -> Cursor:
        """Run one statement, waiting for a lock for up to the connection's timeout."""
        read = read_statement(statement)
        if read.asks_isolation and self.connection.remote:
            self._forget()  # servers refuse a reader this query; they never read uncommitted data
            self._description, self._rows = (("read_uncommitted", *(None,) * 6),), [(0,)]
            return self
        bound = self._bind(read, parameters)
        self._run(read, lambda cursor: cursor.execute(statement, bound))
        return self

    def executemany(self, statement: str, parameter_sets: Sequence[Parameters]) -> Cursor:
        """Run one statement for every set of parameters."""
        read = read_statement(statement)
        if _RETURNING.search(statement):
            raise NotSupportedError("the driver only returns rows for the last set of parameters")
        bound = [self._bind(read, parameters) for parameters in parameter_sets]
        if bound:
            self._run(read, lambda cursor: cursor.executemany(statement, bound))
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
        rows = _call(self._driver_cursor.fetchall) or []  # None if a statement returns no rows
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
        """Release the rows; `rowcount` and `description` stay."""
        self._end()
        self._rows = None

    def _bind(self, read: Statement, parameters: Parameters) -> Row:
        read.check(parameters)
        remote = self.connection.remote
        return tuple([_bound(value, remote=remote) for value in parameters])

    def _run(self, read: Statement, action: Callable[[Any], Any]) -> None:
        self._forget()
        cursor = self.connection.waiting_for_lock(read, action)
        self._driver_cursor = cursor
        if not read.changes_rows:
            return
        if self.description:  # RETURNING: fetch at once, as a second fetch would insert again
            self._rows = _call(cursor.fetchall)
            self.rowcount = len(self._rows or [])
        else:
            self.rowcount = cursor.rowcount
        self.lastrowid = cursor.lastrowid
        self._end()

    def _forget(self) -> None:
        self.close()
        self._description, self.rowcount, self.lastrowid = None, -1, None

    def _end(self) -> None:
        """Release the driver's cursor, which would rerun a finished statement."""
        if self._driver_cursor is not None:
            _ = self.description
            self._driver_cursor.close()
            self._driver_cursor = None


class Connection:
    """A PEP 249 connection. It never begins a transaction by itself: execute `BEGIN`.

    `timeout` is how long to wait for a lock, in seconds.
    """

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
        """Commit the transaction, if one has begun."""
        _call(self._open.commit)

    def rollback(self) -> None:
        """Roll the transaction back, if one has begun."""
        _call(self._open.rollback)

    def create_function(self, *_arguments: Any, **_options: Any) -> None:
        """Do nothing: the dialect registers a function, but the driver supports none in Python."""

    def close(self) -> None:
        """Roll back an open transaction and close the connection."""
        if self._driver_connection is not None:
            if self.in_transaction:
                with contextlib.suppress(OperationalError):  # a server discards it anyway
                    self.rollback()
            self._driver_connection.close()
            self._driver_connection = None

    def waiting_for_lock(self, read: Statement, action: Callable[[Any], Any]) -> Any:
        """Run an action on a new driver cursor and return the cursor; retry while locked.

        Only single statements outside a transaction are retried, so nothing is ever applied twice.
        Raises OperationalError when the timeout has passed.
        """
        deadline: float | None = None
        pause = 0.002
        while True:
            cursor = self._open.cursor()
            try:
                _call(action, cursor)
            except OperationalError as error:
                cursor.close()
                deadline = deadline or time.monotonic() + self.timeout
                may_wait = not self.remote and (read.begins or not self.in_transaction)
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
    """Open a local file, or a server at `libsql://`, `http://` or `https://`.

    `timeout` is how long to wait for the lock of a file, or for each answer of a server, in seconds.
    """
    if database.startswith(("libsql://", "http://", "https://")):
        opened = _call(RemoteConnection, database, auth_token, timeout)
        return Connection(opened, remote=True, timeout=timeout)
    open_driver: Callable[..., Any] = vars(driver)["connect"]  # the driver has no types
    opened = _call(partial(open_driver, isolation_level=None), database)
    return Connection(opened, remote=False, timeout=timeout)
