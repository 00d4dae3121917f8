"""How fast the operational database takes 100,000 receipts, and gives single ones back.

    uv run --group test python tests/benchmarks/operational_database.py [--rows 100000]

Written into the real tables with their indexes and foreign keys, in one transaction: by
`sqlite3.executemany` (the limit), by SQLAlchemy's own `insert()`, and by Atlas; into a file and, for
a smaller number by SQLAlchemy, onto a libSQL server on the loopback interface. What the server needs
by itself, without anything being sent, is what it takes to copy the rows from another table, which
has a key and nothing else; writing into that one is measured, too. The fastest of three tries counts.
Goals: on a file at most 1.3 times the limit, on a server at least 50,000 rows a second.

Looked up by id, one at a time in one transaction: by the stock driver (the limit), by the driver
module that Atlas mends it with, and by SQLAlchemy on top; beside it SQLAlchemy on Python's own
sqlite3, which shows what SQLAlchemy itself takes. Goal for the module: half of the stock driver.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path

import libsql_experimental
import sqlalchemy as sa
from rich.console import Console
from rich.table import Table
from sqlalchemy.orm import DeclarativeBase

sys.path.insert(0, str(Path(__file__).parents[1]))

from operational.libsql_server import running_server, sqld

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

ENTITY = "IONS"
REGISTRY = Configuration(PROJECT_DIR / "source" / "config").registry
OWNER = entity_id(ENTITY)
LOOKUPS = 10_000
LOOKUP = "SELECT * FROM finance_transaction WHERE id = ?"

Records = list[dict[str, object]]
Way = Callable[[OperationalStore, Records], None]


class Tables(DeclarativeBase):
    """Tables of this benchmark."""


class Plain(Tables):
    """The table of receipts with its key, but without other indexes and references."""

    __tablename__ = "plain"
    __table_args__ = tuple(
        sa.Column(column.name, column.type, primary_key=column.primary_key)
        for column in Transaction.__table__.columns
    )


def orders(count: int) -> dict[type, Records]:
    """Return orders with all that they refer to."""
    key, unit = stable_ulid("benchmark", "one"), REGISTRY.entity(ENTITY).units[0].code
    one = {"id": key, "entity_id": OWNER}
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
    """Return receipts, as a publish makes them."""
    payment = lookup_id(TransactionType, "payment")
    return [
        {
            "id": stable_ulid("receipt", str(number)),
            "entity_id": OWNER,
            "order_id": stable_ulid("order", str(number % orders)),
            "type_id": payment,
            "method_id": None,
            "pattern_id": None,
            "receipt_number": f"IONS-2026-{number:06}",
            "receipt_is_fallback": 0,
            "transacted_on": "2026-01-15",
            "month_key": "2026-01-01",
            "amount": 1_500_000.0 + number,
            "source_file": "LAPORAN EVALUASI IONs 2026 TM-WLC.xlsx",
            "source_sheet": "JANUARI",
            "source_row": number,
            "note": None,
        }
        for number in range(count)
    ]


def prepared(store: OperationalStore, order_count: int) -> OperationalStore:
    """Return the database with tables, lookups and orders."""
    prepare(store, REGISTRY)
    with store.entity_writer(OWNER) as session:
        for model, records in orders(order_count).items():
            session.upsert(model, records)
    return store


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


def seconds(
    way: Way, store: OperationalStore, model: type[DeclarativeBase], rows: Records
) -> float:
    """Return how long a way takes to fill the empty table of a model."""
    with store.writer() as connection:
        connection.execute(sa.delete(model))
    started = time.perf_counter()
    way(store, rows)
    return time.perf_counter() - started


def writing(folder: Path, count: int) -> Table:
    """Return how long each way of writing takes."""
    rows = receipts(count, count // 4)
    some = rows[: count // 50]  # SQLAlchemy asks the server twice for every row
    file = prepared(OperationalStore(f"file:{folder / 'file.db'}"), count // 4)
    with running_server(folder / "server", sqld(folder)) as running:
        server = prepared(running.store(), count // 4)
        with server.writer() as connection:
            Tables.metadata.create_all(connection)
        ways = [
            ("file, sqlite3.executemany", by_sqlite, file, Transaction, rows),
            ("file, SQLAlchemy insert()", by_sqlalchemy, file, Transaction, rows),
            ("file, Atlas", by_atlas, file, Transaction, rows),
            ("server, SQLAlchemy insert()", by_sqlalchemy, server, Transaction, some),
            ("server, Atlas", by_atlas, server, Transaction, rows),
            ("server, Atlas, a key only", into_plain, server, Plain, rows),
            ("server by itself", by_server, server, Transaction, rows),
        ]
        took = [min(seconds(*way) for _ in range(3)) for _, *way in ways]
    table = Table("write", "rows", "seconds", "rows/s", "of the limit")
    limit = took[0] / count
    for (name, *_, written), fastest in zip(ways, took, strict=True):
        each = fastest / len(written)
        table.add_row(
            *(name, f"{len(written):,}", f"{fastest:.2f}", f"{1 / each:,.0f}"),
            f"{each / limit:.2f}",
        )
    return table


def looking_up(folder: Path) -> Table:
    """Return how many records each way looks up in a second."""
    path = folder / "lookup.db"
    store = prepared(OperationalStore(f"file:{path}"), LOOKUPS)
    rows = receipts(LOOKUPS, LOOKUPS)
    by_atlas(store, rows)
    keys = [str(row["id"]) for row in rows]
    query = sa.select(Transaction.__table__).where(Transaction.id == sa.bindparam("key"))

    def by_driver(connection: object) -> None:
        for key in keys:
            connection.execute(LOOKUP, (key,)).fetchone()

    def by_core(connection: sa.Connection) -> None:
        for key in keys:
            connection.execute(query, {"key": key}).one()

    def rate(read: Callable[[], None]) -> float:
        took = []
        for _ in range(3):
            started = time.perf_counter()
            read()
            took.append(time.perf_counter() - started)
        return LOOKUPS / min(took)

    stock = libsql_experimental.connect(str(path), isolation_level=None)
    ours = dbapi.connect(str(path))
    for connection in (stock, ours):
        connection.execute("BEGIN")
    rates = {
        "stock driver": rate(lambda: by_driver(stock)),
        "driver module of Atlas": rate(lambda: by_driver(ours)),
    }
    with store.reader() as connection:
        rates["SQLAlchemy on it"] = rate(lambda: by_core(connection))
    for connection in (stock, ours):
        connection.close()
    python = sqlite3.connect(path)
    rates["sqlite3"] = rate(lambda: by_driver(python))
    python.close()
    with sa.create_engine(f"sqlite:///{path}").connect() as connection:
        rates["SQLAlchemy on sqlite3"] = rate(lambda: by_core(connection))
    table = Table("look up", "a second", "of its driver")
    drivers = ["stock driver", "stock driver", "stock driver", "sqlite3", "sqlite3"]
    for (name, found), driver in zip(rates.items(), drivers, strict=True):
        table.add_row(name, f"{found:,.0f}", f"{found / rates[driver]:.2f}")
    return table


def main() -> None:
    """Measure and print."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    count = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder:
        Console().print(writing(Path(folder), count), looking_up(Path(folder)))


if __name__ == "__main__":
    main()
