"""Engines and sessions on the operational database, for writing and for reading."""

from __future__ import annotations

import re
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import parse_qsl, urlsplit

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from atlas_assets.errors import AtlasError, ConfigurationError
from atlas_assets.operational import dbapi, entity_session

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from sqlalchemy.orm import Session

    from atlas_assets.operational.entity_session import EntityWriter
    from atlas_assets.settings import Settings

Mode = Literal["IMMEDIATE", "DEFERRED"]


class StoreError(AtlasError):
    """The operational database cannot be reached or used, or refuses what the token does not allow."""

    is_outside = True


# Server errors, and how they are explained to the user; the last one is for everything else.
_REFUSALS = [
    (
        re.compile(r"401.*expired", re.IGNORECASE | re.DOTALL),
        "at {url} was refused: the token in TURSO_AUTH_TOKEN has expired. Create a new one.",
    ),
    (
        re.compile(r"401 Unauthorized", re.IGNORECASE),
        "at {url} needs a token that it accepts. Set it in TURSO_AUTH_TOKEN.",
    ),
    (
        re.compile(r"403|invalid baton|STREAM_EXPIRED|TRANSACTION_TIMEOUT", re.IGNORECASE),
        "at {url} ended the transaction: it took too long, or the token may only read.",
    ),
    (
        re.compile(r"no answer from the server within (?P<why>[\d.]+ s)", re.IGNORECASE),
        "at {url} did not answer within {why}. Look at the server and the network, then repeat.",
    ),
    (
        re.compile(
            r"error trying to connect|connection (refused|reset|closed)|unexpected EOF|dns error|"
            r"Hrana: `http error",
            re.IGNORECASE,
        ),
        "cannot be reached at {url}. Check DATABASE_URL, and that the server is running.",
    ),
    (
        re.compile(r"\b(?P<why>429 Too Many Requests)|\b(?P<also>5\d\d [A-Z][A-Za-z ]+)"),
        "at {url} is not available now ({why}). Repeat later, or look at the server.",
    ),
    (
        re.compile(r"Hrana: `(api|json) error|error decoding", re.IGNORECASE),
        "at {url} answers like no libSQL server. Check DATABASE_URL.",
    ),
]
ANSWER_SECONDS = 30.0  # how long a server may take to answer a statement
_BUSY = re.compile(r"database (schema |table )?is locked|SQLITE_BUSY", re.IGNORECASE)
_DAMAGED = re.compile(r"not a database|malformed|encrypted", re.IGNORECASE)
_FILE_FAULTS = [
    (_BUSY, "{url} is in use by another program. Close it there, then repeat."),
    (
        _DAMAGED,
        "{url} is damaged or of another program. Move it away, then repeat: it is made again.",
    ),
    (
        re.compile(r"unable to open|readonly|read-only|permission", re.IGNORECASE),
        (
            "{url} cannot be opened for writing. If it is a folder, move it away; otherwise give Atlas the "
            "right to write there. Then repeat."
        ),
    ),
    (
        re.compile(r"disk is full|disk I/O|no space", re.IGNORECASE),
        "{url} cannot be written: the disk is full, or failed. Free some space, then repeat.",
    ),
]


_EXPECTED = (
    "Expected file:<path>, libsql://<host> or http(s)://<host>:<port>. A token is set in "
    "TURSO_AUTH_TOKEN."
)


class OperationalStore:
    """The operational database that `DATABASE_URL` names."""

    def __init__(self, url: str, auth_token: str | None = None) -> None:
        """Raise ConfigurationError, which does not show it, for an address that is none."""
        self.url, token = _without_token(url)
        self._auth_token = auth_token or token
        self._engines: dict[tuple[Mode, bool], sa.Engine] = {}

    @classmethod
    def of(cls, settings: Settings) -> OperationalStore:
        """Return the store that the settings name."""
        token = settings.turso_auth_token
        address = settings.database_url.get_secret_value()
        return cls(address, token.get_secret_value() if token else None)

    @contextmanager
    def writer(self, *, foreign_keys: bool = True) -> Generator[sa.Connection]:
        """Yield a connection in one transaction that holds the write lock from its start.

        It is committed at the end and rolled back on any error.
        """
        engine = self._engine("IMMEDIATE", foreign_keys=foreign_keys)
        with (
            self._errors_explained(),
            engine.begin() as connection,
        ):
            yield connection

    @contextmanager
    def reader(self) -> Generator[sa.Connection]:
        """Yield a connection for reading, which sees one state of the database."""
        engine = self._engine("DEFERRED", foreign_keys=True)
        with self._errors_explained(), engine.connect() as connection:
            yield connection

    @contextmanager
    def entity_writer(self, entity_id: str) -> Generator[EntityWriter]:
        """Yield a writer of one entity's records, in one transaction as from `writer`."""
        with self.writer() as connection, entity_session.writing(connection, entity_id) as writer:
            yield writer

    @contextmanager
    def entity_reader(self, entity_id: str) -> Generator[Session]:
        """Yield a session that reads one entity's records, on a connection as from `reader`."""
        with self.reader() as connection, entity_session.reading(connection, entity_id) as session:
            yield session

    def copy_to(self, path: Path) -> None:
        """Write a copy of a local database to `path`, as of one moment, whoever writes meanwhile."""
        with (
            self._errors_explained(),
            self._engine("DEFERRED", foreign_keys=True).connect() as opened,
        ):
            driver = opened.connection.driver_connection
            if not isinstance(driver, dbapi.Connection):
                raise StoreError(
                    f"{self.shown_url} is no local database, which alone can be copied."
                )
            driver.rollback()
            driver.execute("PRAGMA query_only=OFF")
            driver.execute("VACUUM INTO ?", [str(path)])

    @property
    def shown_url(self) -> str:
        """The address as it is shown: a path, or a server."""
        return self.url.removeprefix("file:")

    @property
    def is_file(self) -> bool:
        """Whether the database is a local file and not a server."""
        return self.url.startswith("file:")

    @contextmanager
    def _errors_explained(self) -> Generator[None]:
        """Raise StoreError with advice where the database refuses or cannot be reached."""
        try:
            yield
        except DBAPIError as error:
            faults = _FILE_FAULTS if self.is_file else _REFUSALS
            for pattern, explanation in faults:
                if match := pattern.search(str(error.orig)):
                    why = next(filter(None, match.groupdict().values()), "")
                    text = explanation.format(url=self.shown_url, why=why)
                    raise StoreError(
                        f"The operational database {text} Nothing was changed."
                    ) from error
            raise

    def _engine(self, begin: Mode, *, foreign_keys: bool) -> sa.Engine:
        """Return the engine of a kind, always the same one, which keeps its compiled statements."""
        kind = (begin, foreign_keys)
        if kind not in self._engines:
            self._engines[kind] = self._new_engine(begin, foreign_keys=foreign_keys)
        return self._engines[kind]

    def _new_engine(self, begin: Mode, *, foreign_keys: bool) -> sa.Engine:
        options: dict[str, Any] = {"auth_token": self._auth_token} if self._auth_token else {}
        if not self.is_file:
            options["timeout"] = ANSWER_SECONDS
        engine = sa.create_engine(
            self._sqlalchemy_url(),
            module=sys.modules[dbapi.__name__],
            connect_args=options,
            poolclass=sa.pool.NullPool,  # an open connection would outlive its file or server
        )

        @event.listens_for(engine, "connect")
        def _prepare(connection: dbapi.Connection, _record: object) -> None:
            if not connection.remote:
                connection.execute("PRAGMA journal_mode=WAL").fetchall()
                connection.execute(f"PRAGMA foreign_keys={'ON' if foreign_keys else 'OFF'}")
                if begin == "DEFERRED":
                    connection.execute("PRAGMA query_only=ON")

        @event.listens_for(engine, "handle_error")
        def _forget_broken(context: sa.engine.ExceptionContext) -> None:
            """Let the pool drop a connection whose stream the server has ended."""
            broken = any(
                refusal.search(str(context.original_exception)) for refusal, _ in _REFUSALS
            )
            context.is_disconnect = context.is_disconnect or broken

        @event.listens_for(engine, "begin")
        def _begin(connection: sa.Connection) -> None:
            connection.exec_driver_sql(f"BEGIN {begin}")

        return engine

    def _sqlalchemy_url(self) -> sa.URL:
        """Return the address in SQLAlchemy's form; nothing in the path of a file is special."""
        scheme, _, rest = self.url.partition(":")
        if scheme == "file":
            return sa.URL.create("sqlite+libsql", database=rest)
        secure = {"libsql": "true", "https": "true", "http": "false"}
        return sa.make_url(f"sqlite+libsql:{rest}/?secure={secure[scheme]}")


def _without_token(url: str) -> tuple[str, str | None]:
    """Return an address without the token that it may contain, and the token.

    Raises ConfigurationError, without showing the address, for one that has anything else in it: what is
    not understood can be a secret.
    """
    if url.startswith("file:"):
        return url, None
    try:
        parts = urlsplit(url)
    except ValueError:
        raise ConfigurationError(f"DATABASE_URL is no address of a database. {_EXPECTED}") from None
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    token = query.pop("authToken", None)
    if parts.scheme not in {"libsql", "http", "https"} or not parts.hostname:
        raise ConfigurationError(f"DATABASE_URL is no address of a database. {_EXPECTED}")
    if parts.username is not None or query or parts.fragment or parts.path.strip("/"):
        raise ConfigurationError(
            f"DATABASE_URL has more in it than the name and port of a server. {_EXPECTED}"
        )
    return f"{parts.scheme}://{parts.netloc}", token or None
