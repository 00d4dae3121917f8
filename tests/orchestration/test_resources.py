"""Whoever adds an asset gets the warehouse as Dagster documents it: `duckdb: DuckDBResource`."""

from pathlib import Path

import dagster as dg
import pytest
from dagster_duckdb import DuckDBResource
from filelock import FileLock, Timeout

from atlas_assets.errors import AtlasError
from atlas_assets.orchestration.resources import WarehouseResource
from atlas_assets.warehouse.connection import Warehouse


@dg.asset
def own_table(duckdb: DuckDBResource) -> None:
    with duckdb.get_connection() as connection:
        connection.execute("CREATE SCHEMA own; CREATE TABLE own.numbers AS SELECT 1 AS number")


@dg.asset
def half_a_table(duckdb: DuckDBResource) -> None:
    with duckdb.get_connection() as connection:
        connection.execute("CREATE TABLE main.half (number INTEGER)")
        raise ValueError("stopped")


@pytest.fixture
def resource(tmp_path: Path) -> WarehouseResource:
    return WarehouseResource(database=str(tmp_path / "warehouse.db"))


def test_an_asset_writes_into_the_warehouse(resource: WarehouseResource) -> None:
    assert dg.materialize([own_table], resources={"duckdb": resource}).success
    with Warehouse(Path(resource.database)).reading() as connection:
        assert connection.execute("SELECT number FROM own.numbers").fetchall() == [(1,)]


def test_an_exception_leaves_neither_an_open_file_nor_the_lock(
    resource: WarehouseResource,
) -> None:
    failed = dg.materialize([half_a_table], resources={"duckdb": resource}, raise_on_error=False)
    assert not failed.success
    with FileLock(f"{resource.database}.lock", timeout=0):
        pass
    assert dg.materialize([own_table], resources={"duckdb": resource}).success


def test_a_connection_holds_other_writers_back(resource: WarehouseResource) -> None:
    with resource.get_connection(), pytest.raises(Timeout):
        FileLock(f"{resource.database}.lock", timeout=0).acquire()


def test_reading_what_was_never_built_says_what_to_run(resource: WarehouseResource) -> None:
    with pytest.raises(AtlasError, match="Run `atlas build`"), resource.reading():
        pass
