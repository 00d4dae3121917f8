"""The operational database on a real libSQL server: the same rows, and clear words when refused."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from conftest import Installation
from operational.libsql_server import LibsqlServer, running_server, sqld
from operational.test_migrations import everything

from atlas_assets.errors import AtlasError
from atlas_assets.operational.migrate import migrate
from atlas_assets.operational.models.finance import Transaction
from atlas_assets.operational.publish import publish
from atlas_assets.operational.reconcile import published_figures
from atlas_assets.operational.seed import prepare, seed
from atlas_assets.operational.sessions import OperationalStore
from atlas_assets.periods import Month
from atlas_assets.registry import Configuration

MONTHS = [Month(2026, 1), Month(2026, 2)]


@pytest.fixture
def server(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LibsqlServer]:
    binary = sqld(tmp_path_factory.getbasetemp())
    with running_server(tmp_path, binary) as running:
        yield running


def publish_to(store: OperationalStore, built: Installation, months: list[Month]) -> None:
    registry = built.workspace.configuration.registry
    prepare(store, registry)
    with built.workspace.warehouse.connect() as connection:
        for month in months:
            publish(store, registry, connection, "IONS", month)


def test_a_server_holds_the_same_rows_as_a_file(
    server: LibsqlServer, built: Installation, tmp_path: Path
) -> None:
    local = OperationalStore(f"file:{tmp_path / 'local.db'}")
    publish_to(local, built, MONTHS)
    remote = server.store()
    publish_to(remote, built, [*reversed(MONTHS), MONTHS[0]])
    assert everything(remote) == everything(local)
    with built.workspace.warehouse.connect() as warehouse:
        registry = built.workspace.configuration.registry
        pairs = list(published_figures(remote, registry, warehouse, "IONS", MONTHS[1]))
    assert pairs
    assert all(pair.passed for pair in pairs)


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
    publish_to(server.store(), built, MONTHS[:1])
    before = everything(server.store())
    assert before["finance_transaction"]
    with pytest.raises(AtlasError, match="cannot be reached"):
        delete_and_kill(server)
    server.start()
    assert everything(server.store()) == before
    publish_to(server.store(), built, MONTHS[:1])
    assert everything(server.store()) == before


def delete_and_kill(server: LibsqlServer) -> None:
    with server.store().writer() as connection:
        connection.execute(sa.delete(Transaction))
        server.kill()
        connection.execute(sa.delete(Transaction))
