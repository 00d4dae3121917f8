"""The lake of several workers has the same tables as the file of one machine, whoever writes meanwhile."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import duckdb
import pytest
from conftest import ENTITIES, Installation

from atlas_assets.periods.calendar import Month, month_range
from atlas_assets.periods.scope import Scope
from atlas_assets.warehouse.transform import transform

if TYPE_CHECKING:
    from pathlib import Path

    from workers import Worker

pytestmark = pytest.mark.slow
ALL = Scope(ENTITIES, tuple(month_range(Month(2025, 1), Month(2026, 12))))
SCHEMAS = ("staging", "intermediate", "marts")
TIMES = 3


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


def side_by_side(workers: list[Worker], month: str) -> None:
    """Build a month of each entity, by workers that begin at the same time."""
    commands = [
        subprocess.Popen(
            [
                *(sys.executable, "-m", "atlas_assets.cli.entry", "transform"),
                *("--entity", entity, "--period", month),
            ],
            env=worker.process_environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for worker, entity in zip(workers, ENTITIES, strict=True)
    ]
    told = [command.communicate()[0] for command in commands]
    assert [command.returncode for command in commands] == [0, 0], told


def test_workers_side_by_side_make_what_one_machine_makes(loaded: Worker, tmp_path: Path) -> None:
    assert not transform(loaded.workspace.dbt, ALL).problems
    expected = of_one_machine(loaded, tmp_path)
    assert difference(copied(loaded, tmp_path / "first.duckdb"), expected) == {}

    workers = [replace(loaded, name=name) for name in ("first", "second")]
    for number in range(TIMES):
        side_by_side(workers, f"2026-{10 - number:02d}")
    with loaded.workspace.warehouse.reading() as connection:
        runs = connection.execute(
            "SELECT entity, month, started_at, completed_at FROM main._pipeline_runs "
            "WHERE stage = 'transform' AND status = 'succeeded'"
        ).fetchall()
    assert len(runs) == 2 * TIMES
    times = {(entity, month): (start, end) for entity, month, start, end in runs}
    for number in range(TIMES):
        one, other = (times[entity, 10 - number] for entity in ENTITIES)
        assert max(one[0], other[0]) < min(one[1], other[1])  # they overlapped
    assert difference(copied(loaded, tmp_path / "later.duckdb"), expected) == {}
