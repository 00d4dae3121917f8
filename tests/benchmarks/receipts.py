"""Receipts, written into the operational database and looked up, by Atlas and by others, for `inside`.

They are written into the real tables with their indexes and foreign keys, in one transaction: into a
file, or onto a libSQL server on the loopback interface, whose time counts, too.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import libsql_experimental
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase

from atlas_assets.configuration.configuration import Configuration
from atlas_assets.operational import dbapi
from atlas_assets.operational.models.catalog import Brand, Item
from atlas_assets.operational.models.commerce import Order, OrderStatus, OrderType
from atlas_assets.operational.models.finance import Transaction, TransactionType
from atlas_assets.operational.models.people import Account, AccountType, Person
from atlas_assets.operational.seed import entity_id, lookup_id, prepare, unit_id
from atlas_assets.operational.sessions import OperationalStore
from atlas_assets.operational.ulids import stable_ulid
from atlas_assets.operational.upsert import upsert
from atlas_assets.settings import PROJECT_DIR

if TYPE_CHECKING:
    from collections.abc import Generator

    from atlas_assets.operational.models.base import Base

ENTITY = "IONS"
REGISTRY = Configuration(PROJECT_DIR / "source" / "config").registry
OWNER = entity_id(ENTITY)
LOOKUPS = 10_000
LOOKUP = "SELECT * FROM finance_transaction WHERE id = ?"

Records = list[dict[str, object]]
Way = Callable[[OperationalStore, Records], None]
Work = Callable[[], object]


class Tables(DeclarativeBase):
    """Tables of this benchmark."""


class Plain(Tables):
    """The table of receipts with its key, but without other indexes and references."""

    __tablename__ = "plain"
    __table_args__ = tuple(
        sa.Column(column.name, column.type, primary_key=column.primary_key)
        for column in Transaction.__table__.columns
    )


def orders(count: int) -> dict[type[Base], Records]:
    """Return orders with all that they refer to."""
    key, unit = stable_ulid("benchmark", "one"), REGISTRY.entity(ENTITY).units[0].code
    one: dict[str, object] = {"id": key, "entity_id": OWNER}
    student, enrollment = lookup_id(AccountType, "student"), lookup_id(OrderType, "enrollment")
    order = {
        "entity_id": OWNER,
        "account_id": key,
        "unit_id": unit_id(ENTITY, unit),
        "item_id": key,
        "type_id": enrollment,
        "status_id": lookup_id(OrderStatus, "paid"),
        "ordered_on": "2026-01-15",
        "month_key": "2026-01-01",
        "total_amount": 1.0,
    }
    return {
        Person: [one | {"name": "Ani", "normalized_name": "ANI"}],
        Account: [one | {"type_id": student, "person_id": key}],
        Brand: [one | {"unit_id": unit_id(ENTITY, unit), "name": "Brand"}],
        Item: [one | {"brand_id": key, "name": "Item"}],
        Order: [{"id": stable_ulid("order", str(n)), **order} for n in range(count)],
    }


def receipts(count: int, orders: int) -> Records:
    """Return receipts, as a publish makes them, with the columns that the table has."""
    columns = set(Transaction.__table__.columns.keys())
    always: dict[str, object] = {
        "entity_id": OWNER,
        "unit_id": unit_id(ENTITY, REGISTRY.entity(ENTITY).units[0].code),
        "type_id": lookup_id(TransactionType, "payment"),
        "method_id": None,
        "pattern_id": None,
        "receipt_is_fallback": 0,
        "transacted_on": "2026-01-15",
        "month_key": "2026-01-01",
        "source_file": "LAPORAN EVALUASI IONs 2026 TM-WLC.xlsx",
        "source_sheet": "JANUARI",
        "note": None,
    }
    shared = {name: value for name, value in always.items() if name in columns}
    return [
        {
            "id": stable_ulid("receipt", str(number)),
            "order_id": stable_ulid("order", str(number % orders)),
            "receipt_number": f"IONS-2026-{number:06}",
            "amount": 1_500_000.0 + number,
            "source_row": number,
            **shared,
        }
        for number in range(count)
    ]


def by_sqlite(store: OperationalStore, rows: Records) -> None:
    """Write as fast as SQLite can."""
    names = ", ".join(rows[0])
    marks = ", ".join("?" for _ in rows[0])
    with sqlite3.connect(store.url.removeprefix("file:")) as connection:
        connection.execute("PRAGMA foreign_keys=ON")
        connection.executemany(
            f"INSERT INTO finance_transaction ({names}) VALUES ({marks})",
            [tuple(row.values()) for row in rows],
        )


def by_sqlalchemy(store: OperationalStore, rows: Records) -> None:
    """Write as SQLAlchemy does by itself."""
    with store.writer() as connection:
        connection.execute(sa.insert(Transaction), rows)


def by_atlas(store: OperationalStore, rows: Records) -> None:
    """Write as a publish does."""
    with store.entity_writer(OWNER) as session:
        session.upsert(Transaction, rows)


def into_plain(store: OperationalStore, rows: Records) -> None:
    """Write as a publish does into the table that has a key only."""
    with store.writer() as connection:
        upsert(connection, Plain, rows)


def by_server(store: OperationalStore, rows: Records) -> None:
    """Let the database copy the rows that the table with a key only has already."""
    names = ", ".join(rows[0])
    with store.writer() as connection:
        connection.execute(
            sa.text(f"INSERT INTO finance_transaction ({names}) SELECT {names} FROM plain")
        )


WAYS: dict[str, Way] = {
    "sqlite": by_sqlite,
    "sqlalchemy": by_sqlalchemy,
    "atlas": by_atlas,
    "plain": into_plain,
    "copy": by_server,
}


@contextmanager
def into_file(way: str, count: str) -> Generator[Work]:
    """Write receipts into a file."""
    with tempfile.TemporaryDirectory() as folder:
        store = OperationalStore(f"file:{Path(folder) / 'file.db'}")
        yield _writing(store, WAYS[way], int(count))


@contextmanager
def onto_server(way: str, count: str) -> Generator[Work]:
    """Write receipts onto a server."""
    from tests.operational.libsql_server import running_server, sqld

    with (
        tempfile.TemporaryDirectory() as folder,
        running_server(Path(folder) / "server", sqld(Path(folder))) as server,
    ):
        store = server.store()
        with store.writer() as connection:
            Tables.metadata.create_all(connection)
        if way == "copy":
            into_plain(store, receipts(int(count), int(count) // 4))
        yield _writing(store, WAYS[way], int(count))


def _writing(store: OperationalStore, way: Way, count: int) -> Work:
    """Return the work of writing receipts into a database that has all that they refer to."""
    rows = receipts(count, count // 4)
    prepare(store, REGISTRY)
    with store.entity_writer(OWNER) as session:
        for model, records in orders(count // 4).items():
            session.upsert(model, records)
    return lambda: way(store, rows)


@contextmanager
def _filled() -> Generator[tuple[OperationalStore, Path, list[str]]]:
    """Yield a file with receipts, its path, and their ids."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lookup.db"
        store = OperationalStore(f"file:{path}")
        _writing(store, by_atlas, LOOKUPS)()
        keys = [str(row["id"]) for row in receipts(LOOKUPS, LOOKUPS // 4)]
        yield store, path, keys


@contextmanager
def looking_up(driver: str) -> Generator[Work]:
    """Look receipts up by id, one at a time in one transaction, by a driver alone."""
    with _filled() as (_, path, keys):
        connect = {
            "stock": lambda: libsql_experimental.connect(str(path), isolation_level=None),
            "atlas": lambda: dbapi.connect(str(path)),
            "sqlite": lambda: sqlite3.connect(path, isolation_level=None),
        }[driver]
        connection = connect()
        connection.execute("BEGIN")
        yield lambda: [connection.execute(LOOKUP, (key,)).fetchone() for key in keys]
        connection.close()


@contextmanager
def looking_up_by_sqlalchemy(driver: str) -> Generator[Work]:
    """Look receipts up by id, one at a time in one transaction, by SQLAlchemy on a driver."""
    query = sa.select(Transaction.__table__).where(Transaction.id == sa.bindparam("key"))
    with _filled() as (store, path, keys):
        sqlite = sa.create_engine(f"sqlite:///{path}")
        with store.reader() if driver == "atlas" else sqlite.connect() as connection:
            yield lambda: [connection.execute(query, {"key": key}).one() for key in keys]
