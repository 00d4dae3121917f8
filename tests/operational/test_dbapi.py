"""Each defect of the stock driver that the module mends."""

import threading
import time
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from operational.libsql_server import LibsqlServer
from sqlalchemy.exc import IntegrityError, OperationalError

from atlas_assets.errors import ConfigurationError
from atlas_assets.operational import dbapi
from atlas_assets.operational.sessions import OperationalStore, StoreError


@pytest.fixture
def connection(tmp_path: Path) -> dbapi.Connection:
    connection = dbapi.connect(str(tmp_path / "test.db"))
    connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, value, whole INTEGER UNIQUE)")
    return connection


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        ("INSERT INTO t (whole) VALUES (1), (1)", dbapi.IntegrityError),
        ("SELECT * FROM nothing", dbapi.OperationalError),
        ("SELEC", dbapi.OperationalError),
    ],
)
def test_errors_have_their_classes(
    connection: dbapi.Connection, statement: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        connection.execute(statement)


@given(
    st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))
    | st.binary()
    | st.none()
)
def test_values_come_back_as_they_went_in(value: object) -> None:
    connection = dbapi.connect(":memory:")
    kind = "INTEGER" if isinstance(value, int) else "BLOB"
    connection.execute(f"CREATE TABLE t (value {kind})")
    connection.execute("INSERT INTO t VALUES (?)", [value])
    assert connection.execute("SELECT value FROM t").fetchall() == [(value,)]


@pytest.mark.parametrize(
    "value", ["a\x00b", 2**63, float("nan"), "\ud800", Decimal("0.1"), object()]
)
def test_what_cannot_be_stored_exactly_is_refused(
    connection: dbapi.Connection, value: object
) -> None:
    with pytest.raises((dbapi.DataError, dbapi.InterfaceError)):
        connection.execute("INSERT INTO t (value) VALUES (?)", [value])


def test_fetching_twice_does_not_insert_twice(connection: dbapi.Connection) -> None:
    cursor = connection.execute("INSERT INTO t (value) VALUES ('x') RETURNING id")
    assert cursor.fetchall() == [(1,)]
    assert cursor.fetchall() == []
    assert connection.execute("SELECT count(*) FROM t").fetchone() == (1,)


def test_text_longer_than_a_block_and_bytes_of_other_kinds_are_kept(
    connection: dbapi.Connection,
) -> None:
    for value in ("é" * 100_000, bytearray(b"ab"), memoryview(b"ab")):
        connection.execute("DELETE FROM t")
        connection.execute("INSERT INTO t (value) VALUES (?)", [value])
        assert connection.execute("SELECT value FROM t").fetchone() == (
            value if isinstance(value, str) else bytes(value),
        )


@pytest.mark.parametrize(
    ("statement", "parameters"),
    [
        ("SELECT ?, ?", [1]),
        ("SELECT ? -- one?", [1, 2]),
        ("SELECT '?' || ?", []),
        ("INSERT INTO t (value) VALUES (?)", []),
        ("DELETE FROM t; DELETE FROM t", []),
    ],
)
def test_too_few_and_too_many_are_refused(
    connection: dbapi.Connection, statement: str, parameters: list[int]
) -> None:
    with pytest.raises(dbapi.ProgrammingError):
        connection.execute(statement, parameters)


def test_what_the_driver_would_do_otherwise_is_refused(connection: dbapi.Connection) -> None:
    with pytest.raises(dbapi.InterfaceError, match="sequence"):
        connection.execute("SELECT :a", {"a": 5})
    with pytest.raises(dbapi.NotSupportedError):
        connection.cursor().executemany(
            "INSERT INTO t (value) VALUES (?) RETURNING id", [(1,), (2,)]
        )
    assert connection.execute("PRAGMA user_version=5").fetchall() == []
    assert connection.execute("SELECT count(*) FROM t").fetchone() == (0,)


def test_one_statement_may_hold_others(connection: dbapi.Connection) -> None:
    connection.execute(
        "CREATE TRIGGER twice AFTER INSERT ON t BEGIN DELETE FROM t; SELECT 'a;b'; END;"
    )
    connection.execute("INSERT INTO t (value) VALUES ('; ?'); -- done")
    assert connection.execute("SELECT count(*) FROM t").fetchone() == (0,)


def test_rows_are_counted_where_a_statement_changes_some(connection: dbapi.Connection) -> None:
    cursor = connection.cursor()
    cursor.executemany("INSERT INTO t (value) VALUES (?)", [(1,), (2,), (3,)])
    assert cursor.rowcount == 3
    assert cursor.execute("UPDATE t SET value = 0 WHERE id > 1").rowcount == 2
    assert cursor.execute("WITH one AS (SELECT 1 AS i) DELETE FROM t WHERE id = 1").rowcount == 1
    cursor.execute("SELECT * FROM t")
    assert (cursor.rowcount, [column[0] for column in cursor.description or ()]) == (
        -1,
        ["id", "value", "whole"],
    )
    assert list(cursor) == [(2, 0, None), (3, 0, None)]
    assert [column[0] for column in cursor.description or ()] == ["id", "value", "whole"]
    assert cursor.execute("CREATE TABLE u (id)").description is None


def test_a_file_that_is_no_database_is_said_to_be_damaged(tmp_path: Path) -> None:
    path = tmp_path / "test.db"
    path.write_bytes(b"no database at all" * 1000)
    with pytest.raises(dbapi.DatabaseError, match="not a database"):
        dbapi.connect(str(path)).execute("SELECT * FROM sqlite_master")


def test_a_commit_with_rows_left_unfetched_succeeds(connection: dbapi.Connection) -> None:
    connection.execute("BEGIN")
    connection.execute("INSERT INTO t (value) VALUES (1), (2) RETURNING id").fetchone()
    connection.commit()
    assert connection.execute("SELECT count(*) FROM t").fetchone() == (2,)


def test_reads_of_a_transaction_see_one_state(tmp_path: Path) -> None:
    path = str(tmp_path / "test.db")
    reader, writer = dbapi.connect(path), dbapi.connect(path)
    writer.execute("PRAGMA journal_mode=WAL").fetchall()
    writer.execute("CREATE TABLE t (id)")
    reader.execute("BEGIN")
    assert reader.execute("SELECT count(*) FROM t").fetchone() == (0,)
    writer.execute("REPLACE INTO t VALUES (1)")
    assert reader.execute("SELECT count(*) FROM t").fetchone() == (0,)
    reader.commit()
    assert reader.execute("SELECT count(*) FROM t").fetchone() == (1,)


def test_schema_changes_roll_back_too(connection: dbapi.Connection) -> None:
    connection.execute("BEGIN")
    connection.execute("CREATE TABLE gone (id)")
    connection.execute("/* c */ INSERT INTO t (value) VALUES (1)")
    connection.rollback()
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    assert tables == [("t",)]
    assert connection.execute("SELECT count(*) FROM t").fetchone() == (0,)


def test_a_closed_connection_says_so(connection: dbapi.Connection) -> None:
    connection.close()
    with pytest.raises(dbapi.ProgrammingError, match="closed"):
        connection.execute("SELECT 1")


def test_a_writer_waits_for_another_and_other_threads_go_on(tmp_path: Path) -> None:
    path = str(tmp_path / "test.db")
    first, second = dbapi.connect(path), dbapi.connect(path, timeout=20)
    first.execute("CREATE TABLE t (id)")
    first.execute("BEGIN IMMEDIATE")
    waiting = threading.Thread(target=second.execute, args=("BEGIN IMMEDIATE",))
    waiting.start()
    assert first.execute("INSERT INTO t VALUES (1)").rowcount == 1  # the lock's owner still works
    first.commit()
    waiting.join(timeout=20)
    assert second.in_transaction


def test_a_lock_that_is_never_freed_ends_in_an_error(tmp_path: Path) -> None:
    path = str(tmp_path / "test.db")
    first, second = dbapi.connect(path), dbapi.connect(path, timeout=0.05)
    first.execute("BEGIN IMMEDIATE")
    started = time.monotonic()
    with pytest.raises(dbapi.OperationalError, match="locked"):
        second.execute("BEGIN IMMEDIATE")
    assert time.monotonic() - started >= 0.05


def test_sqlalchemy_sees_its_own_errors_and_keeps_nothing_of_a_failed_block(tmp_path: Path) -> None:
    store = OperationalStore(f"file:{tmp_path / 'test.db'}")
    with store.writer() as connection:
        connection.execute(sa.text("CREATE TABLE t (id INTEGER PRIMARY KEY)"))
    twice = [sa.text("INSERT INTO t VALUES (1)")] * 2
    with pytest.raises(IntegrityError), store.writer() as connection:
        list(map(connection.execute, twice))
    with store.reader() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM t")).scalar() == 0
        with pytest.raises(OperationalError, match="readonly"):
            connection.execute(sa.text("INSERT INTO t VALUES (1)"))


@pytest.mark.parametrize(
    "url",
    [
        "postgres://host/secret",
        "libsql://user:secret@host",
        "libsql://secret@host",
        "https://host/?authToken=a&secret=b",
        "https://host/secret",
        "https://host/#secret",
        "secret",
        "libsql://[secret",
    ],
)
def test_an_unknown_address_is_refused_and_not_shown(url: str) -> None:
    with pytest.raises(ConfigurationError, match="Expected file:") as refused:
        OperationalStore(url)
    assert "secret" not in str(refused.value)
    assert "secret" not in repr(refused.value.__cause__)


def test_a_token_in_the_address_is_used_as_one_and_never_shown(server: LibsqlServer) -> None:
    secret = server.token()
    store = OperationalStore(f"{server.url}?authToken={secret}")
    with store.writer() as connection:
        connection.execute(sa.text("CREATE TABLE t (id INTEGER PRIMARY KEY)"))
    assert store.url == server.url
    server.kill()
    with pytest.raises(StoreError) as refused, store.writer():
        pass
    assert secret not in str(refused.value)
