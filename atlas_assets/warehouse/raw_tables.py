"""Copies raw files into tables of the warehouse, each once, so that no model has to open a file.

The files stay the truth: `raw.partitions` holds the digest of the files that a partition was copied from.
"""

from __future__ import annotations

from glob import escape
from typing import TYPE_CHECKING

from atlas_assets.configuration.tables import TABLES
from atlas_assets.periods.calendar import Month
from atlas_assets.sources.raw_store import CONTROLS, MANIFESTS
from atlas_assets.warehouse.registry_tables import registry_tables

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import duckdb

    from atlas_assets.configuration.registry import Registry
    from atlas_assets.sources.raw_store import RawStore

_VIEWS = (
    "SELECT view_name FROM duckdb_views() WHERE database_name = 'atlas' AND schema_name = 'raw'"
)
_PARTITIONS = """
CREATE TABLE IF NOT EXISTS raw.partitions (
    table_name VARCHAR, entity_code VARCHAR, month_key DATE, digest VARCHAR
)
"""
_REPLACED = """
CREATE OR REPLACE TEMP TABLE replaced AS
SELECT unnest(?) AS table_name, unnest(?) AS entity_code, unnest(?)::DATE AS month_key
"""
# The sheet's table that the rows of a raw table belong to.
_OWNERS = {
    **{table: f"'{table}'" for table in TABLES},
    MANIFESTS: "rows.table_name",
    CONTROLS: "'transactions'",
    "partitions": "rows.table_name",
}


def load_raw_tables(
    connection: duckdb.DuckDBPyConnection, store: RawStore, registry: Registry
) -> None:
    """Bring `raw.*` in line with the raw files and the registry, in one transaction.

    `connection` writes to the warehouse. Files that are damaged are left out. Raises duckdb.Error, with
    the tables as they were.
    """
    store.prepare()
    connection.begin()
    try:
        connection.execute("CREATE SCHEMA IF NOT EXISTS raw")
        for (view,) in connection.execute(_VIEWS).fetchall():  # of an earlier version
            connection.execute(f"DROP VIEW raw.{view}")
        connection.execute(_PARTITIONS)
        for name, path in store.schemas.items():
            _create(connection, name, path)
        _replace(connection, store)
        for name, frame in registry_tables(registry).items():
            connection.register("registry_frame", frame)
            connection.execute(f"CREATE OR REPLACE TABLE raw.{name} AS FROM registry_frame")
            connection.unregister("registry_frame")
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


def _create(connection: duckdb.DuckDBPyConnection, name: str, schema: Path) -> None:
    """Create a table with at least the columns of an empty file; one that has others is filled anew."""
    empty = _reading([schema])
    connection.execute(f"CREATE TABLE IF NOT EXISTS raw.{name} AS {empty}")
    if not _columns(connection, empty).items() <= _columns(connection, f"raw.{name}").items():
        connection.execute(f"CREATE OR REPLACE TABLE raw.{name} AS {empty}")
        connection.execute("DELETE FROM raw.partitions")


def _columns(connection: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    described = connection.execute(f"DESCRIBE FROM {relation}").fetchall()
    return {name: data_type for name, data_type, *_ in described}


def _replace(connection: duckdb.DuckDBPyConnection, store: RawStore) -> None:
    """Replace the rows of the partitions whose files are not those that were copied last."""
    files = {(file.table, file.of.entity, file.of.month): file for file in store.files()}
    copied = {
        (table, entity, Month.of(month)): digest
        for table, entity, month, digest in connection.execute("FROM raw.partitions").fetchall()
    }
    changed = {key: file for key, file in files.items() if copied.get(key) != file.digest}
    gone = copied.keys() - files.keys()
    if not changed and not gone:
        return
    connection.execute(_REPLACED, _transposed([*gone, *changed]))
    for name, owner in _OWNERS.items():
        connection.execute(
            f"DELETE FROM raw.{name} AS rows USING replaced WHERE replaced.table_name = {owner} "
            "AND replaced.entity_code = rows.entity_code AND replaced.month_key = rows.month_key"
        )
        if paths := [path for file in changed.values() if (path := file.paths.get(name))]:
            _insert(connection, name, _reading(paths))
    digests = [file.digest for file in changed.values()]
    connection.execute(
        "INSERT INTO raw.partitions SELECT unnest(?), unnest(?), unnest(?)::DATE, unnest(?)",
        [*_transposed(changed), digests],
    )


def _insert(connection: duckdb.DuckDBPyConnection, name: str, rows: str) -> None:
    """Insert rows into a table, which gets the columns that only the sheets of some people have."""
    existing = _columns(connection, f"raw.{name}")
    for column, data_type in _columns(connection, rows).items():
        if column not in existing:
            quoted = column.replace('"', '""')
            connection.execute(f'ALTER TABLE raw.{name} ADD COLUMN "{quoted}" {data_type}')
    connection.execute(f"INSERT INTO raw.{name} BY NAME {rows}")


def _transposed(keys: Iterable[tuple[str, str, Month]]) -> list[list[str]]:
    """Return the tables, the entities and the first days of the months of some partitions."""
    keys = list(keys)
    return [
        [table for table, _, _ in keys],
        [entity for _, entity, _ in keys],
        [str(month.first_day) for _, _, month in keys],
    ]


def _reading(paths: Iterable[Path]) -> str:
    """Return a query of Parquet files; `*` and `[` have no meaning in their names."""
    quoted = (escape(str(path)).replace("'", "''") for path in paths)
    files = ", ".join(f"'{path}'" for path in quoted)
    return f"(FROM read_parquet([{files}], union_by_name = true))"
