"""Fixtures: the operational database as a file and on a real libSQL server."""

from __future__ import annotations

from contextlib import ExitStack
from itertools import count
from typing import TYPE_CHECKING, Protocol

import pytest
from operational.libsql_server import LibsqlServer, running_server, sqld

from atlas_assets.operational.sessions import OperationalStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class NewStore(Protocol):
    """Gives a new, empty database with every call."""

    def __call__(self) -> OperationalStore: ...


@pytest.fixture(scope="session")
def sqld_binary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sqld(tmp_path_factory.getbasetemp())


@pytest.fixture
def server(tmp_path: Path, sqld_binary: Path) -> Iterator[LibsqlServer]:
    with running_server(tmp_path / "server", sqld_binary) as running:
        yield running


@pytest.fixture(params=["file", "server"])
def new_store(
    request: pytest.FixtureRequest, tmp_path: Path, sqld_binary: Path
) -> Iterator[NewStore]:
    numbers = count()
    with ExitStack() as servers:

        def new() -> OperationalStore:
            name = f"store{next(numbers)}"
            if request.param == "file":
                return OperationalStore(f"file:{tmp_path / name}.db")
            return servers.enter_context(running_server(tmp_path / name, sqld_binary)).store()

        yield new


@pytest.fixture
def store(new_store: NewStore) -> OperationalStore:
    """An empty database: a file, and then one on a server."""
    return new_store()
