"""The operational database on a real libSQL server: the same rows, and clear words when refused."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from conftest import Installation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from operational.libsql_server import LibsqlServer
from operational.publishing import everything, publish_months
from sqlalchemy.exc import DataError

from atlas_assets.configuration.configuration import Configuration
from atlas_assets.errors import AtlasError
from atlas_assets.operational.migrate import migrate
from atlas_assets.operational.models.finance import Transaction
from atlas_assets.operational.seed import seed
from atlas_assets.periods.calendar import Month

MONTHS = [Month(2026, 1), Month(2026, 2)]


@pytest.mark.parametrize(
    ("access", "valid", "told"),
    [
        ("none", timedelta(hours=1), "needs a token"),
        ("rw", timedelta(hours=-1), "expired"),
        ("ro", timedelta(hours=1), "only read"),
    ],
)
def test_a_token_that_does_not_suffice_is_told(
    server: LibsqlServer,
    configuration: Configuration,
    access: str,
    valid: timedelta,
    told: str,
) -> None:
    registry = configuration.registry
    migrate(server.store())
    token = "" if access == "none" else server.token(access, valid)
    with pytest.raises(AtlasError, match=told):
        seed(server.store(token), registry, registry.entities)


def test_a_server_that_is_not_there_is_told(server: LibsqlServer) -> None:
    server.kill()
    with pytest.raises(AtlasError, match=f"cannot be reached at {server.url}"):
        migrate(server.store())


def test_a_server_that_dies_in_a_transaction_has_the_state_before(
    server: LibsqlServer, built: Installation
) -> None:
    publish_months(server.store(), built, MONTHS[:1])
    before = everything(server.store())
    assert before["finance_transaction"]
    with pytest.raises(AtlasError, match="cannot be reached"):
        delete_and_kill(server)
    server.start()
    assert everything(server.store()) == before
    publish_months(server.store(), built, MONTHS[:1])
    assert everything(server.store()) == before


def delete_and_kill(server: LibsqlServer) -> None:
    with server.store().writer() as connection:
        connection.execute(sa.delete(Transaction))
        server.kill()
        connection.execute(sa.delete(Transaction))


def test_threads_write_one_after_the_other(server: LibsqlServer) -> None:
    """The driver stops every thread while it asks a server: waiting there would never end."""
    with server.store().writer() as connection:
        connection.execute(sa.text("CREATE TABLE t (id INTEGER PRIMARY KEY)"))

    def write(_number: int) -> None:
        for _ in range(3):
            with server.store().writer() as connection:
                connection.execute(sa.text("INSERT INTO t DEFAULT VALUES"))

    with ThreadPoolExecutor(3) as threads:
        list(threads.map(write, range(3)))
    with server.store().reader() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM t")) == 9


@pytest.mark.parametrize("value", [0.1 + 0.2, float("inf"), float("nan")])
def test_a_float_that_servers_change_is_refused(server: LibsqlServer, value: float) -> None:
    with server.store().writer() as connection:
        connection.execute(sa.text("CREATE TABLE t (value REAL)"))
    with pytest.raises(DataError), server.store().writer() as connection:
        connection.execute(sa.text("INSERT INTO t VALUES (:value)"), {"value": value})


@given(st.integers(-(10**14), 10**14).map(lambda cents: cents / 100))
@settings(
    deadline=None,
    max_examples=50,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_money_comes_back_from_a_server_as_it_went(server: LibsqlServer, amount: float) -> None:
    with server.store().reader() as connection:
        assert connection.scalar(sa.text("SELECT :amount"), {"amount": amount}) == amount
