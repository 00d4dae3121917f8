"""The lake of several workers has the same tables as the file of one machine, whoever writes meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dagster as dg
import duckdb
import pytest
from conftest import ENTITIES, Installation

from atlas_assets.periods.calendar import Month, month_range
from atlas_assets.periods.scope import Scope
from atlas_assets.warehouse.transform import transform

if TYPE_CHECKING:
    from pathlib import Path

    from workers import Queue, Worker

pytestmark = pytest.mark.slow
ALL = Scope(ENTITIES, tuple(month_range(Month(2025, 1), Month(2026, 12))))
SCHEMAS = ("staging", "intermediate", "marts")


def difference(one: Path, other: Path) -> dict[str, int]:
    """Return how many rows of each table are only in one of two files, tables without any left out."""
    with duckdb.connect() as connection:
        tables = _kept(connection, one, "one")
        assert tables == _kept(connection, other, "other")
        rows = {
            table: connection.execute(
                f'SELECT count(*) FROM ((FROM one."{table}" EXCEPT ALL FROM other."{table}") '
                f'UNION ALL (FROM other."{table}" EXCEPT ALL FROM one."{table}"))'
            ).fetchone()[0]
            for table in tables
        }
    return {table: count for table, count in rows.items() if count}


def _kept(connection: duckdb.DuckDBPyConnection, file: Path, schema: str) -> list[str]:
    """Copy the tables and views of a file into a schema in memory, and return their names."""
    connection.execute(f"CREATE SCHEMA {schema}; ATTACH '{file}' AS atlas (READ_ONLY)")
    rows = connection.execute(
        "SELECT table_schema || '.' || table_name FROM information_schema.tables "
        "WHERE table_catalog = 'atlas' AND list_contains(?, table_schema) ORDER BY ALL",
        [list(SCHEMAS)],
    ).fetchall()
    for (name,) in rows:
        connection.execute(f'CREATE TABLE {schema}."{name}" AS FROM atlas.{name}')
    connection.execute("DETACH atlas")
    return [name for (name,) in rows]


def of_one_machine(loaded: Worker, tmp_path: Path) -> Path:
    """Return the warehouse that one machine makes of the same raw files."""
    alone = Installation(loaded.root).workspace
    alone.settings.dagster_home.mkdir(exist_ok=True)
    assert not transform(alone.dbt, ALL).problems
    copy = tmp_path / "one_machine.duckdb"
    with alone.warehouse.locked():
        alone.warehouse.copy_to(copy)
    return copy


def copied(worker: Worker, path: Path) -> Path:
    worker.workspace.warehouse.copy_to(path)
    return path


def test_workers_side_by_side_make_what_one_machine_makes(
    loaded: Worker, queue: Queue, tmp_path: Path
) -> None:
    """Each builds a month of another entity, in tables that both write, while the other one does."""
    expected = of_one_machine(loaded, tmp_path)
    assert not transform(loaded.workspace.dbt, ALL).problems
    assert difference(copied(loaded, tmp_path / "first.duckdb"), expected) == {}

    with queue.workers(loaded, count=2):
        runs = queue.launched(loaded, "transform", [f"{entity}|2026-10" for entity in ENTITIES])
        finished = queue.finished(loaded, runs)
    assert [record.dagster_run.status for record in finished] == [dg.DagsterRunStatus.SUCCESS] * 2
    assert len({record.dagster_run.tags["atlas/process"].split()[1] for record in finished}) == 2
    assert max(record.start_time for record in finished) < min(
        record.end_time for record in finished
    )
    assert difference(copied(loaded, tmp_path / "later.duckdb"), expected) == {}
