"""What Dagster shows of a model: rows of each partition, with a preview, and column lineage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import dagster as dg

from atlas_assets.orchestration.metadata.column_lineage import column_lineage, warehouse_schema
from atlas_assets.orchestration.metadata.markdown import markdown_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb
    from sqlglot.schema import MappingSchema

    from atlas_assets.orchestration.metadata.column_lineage import Tables
    from atlas_assets.periods.scope import Partition, Scope
    from atlas_assets.warehouse.dbt_project import NodeResult

Metadata = dict[str, Any]


@dataclass(frozen=True)
class ModelMetadata:
    """The metadata of one model: of the run, and of each partition by its key."""

    of_run: Metadata
    of_partitions: dict[str, Metadata]


def model_metadata(
    connection: duckdb.DuckDBPyConnection, results: Mapping[dg.AssetKey, NodeResult], scope: Scope
) -> dict[dg.AssetKey, ModelMetadata]:
    """Return the metadata of built models, by asset key.

    Rows of views are not counted, because that would compute them again.
    """
    tables, views = _tables(connection), _views(connection)
    known = warehouse_schema(tables)
    metadata: dict[dg.AssetKey, ModelMetadata] = {}
    for key, result in results.items():
        of_run = {"seconds": round(result.seconds, 3), **_lineage(key, result, tables, known)}
        of_partitions: dict[str, Metadata] = {}
        if tuple(key.path[-2:]) not in views:
            of_partitions = {
                partition.key: _of_partition(connection, key, partition, tables, scope)
                for partition in scope.partitions
            }
        metadata[key] = ModelMetadata(of_run, of_partitions)
    return metadata


def _tables(connection: duckdb.DuckDBPyConnection) -> Tables:
    tables: Tables = {}
    for schema, table, columns in connection.execute(
        "SELECT table_schema, table_name, list(column_name ORDER BY ordinal_position) "
        "FROM information_schema.columns GROUP BY ALL"
    ).fetchall():
        tables.setdefault(schema, {})[table] = columns
    return tables


def _views(connection: duckdb.DuckDBPyConnection) -> set[tuple[str, str]]:
    """Return schema and name of every view."""
    query = (
        "SELECT table_schema, table_name FROM information_schema.tables WHERE table_type = 'VIEW'"
    )
    return set(connection.execute(query).fetchall())


def _of_partition(
    connection: duckdb.DuckDBPyConnection,
    key: dg.AssetKey,
    partition: Partition,
    tables: Tables,
    scope: Scope,
) -> Metadata:
    """Return the number of rows of a partition and, if the run is about it alone, the first of them.

    Tables that are not kept by month show all rows of the entity.
    """
    schema, table = key.path[-2:]
    columns = {"entity_code": partition.entity, "month_key": partition.month.first_day}
    by = {name: value for name, value in columns.items() if name in tables[schema][table]}
    rows = connection.table(f"{schema}.{table}").filter(
        " AND ".join(f"{name} = '{value}'" for name, value in by.items()) or "true"
    )
    counted = rows.count("*").fetchone()
    metadata: Metadata = {"dagster/partition_row_count": counted[0] if counted else 0}
    if scope.is_single:
        head = rows.order("ALL").limit(5).pl()
        metadata["preview"] = dg.MetadataValue.md(markdown_table(head))
    return metadata


def _lineage(
    key: dg.AssetKey, result: NodeResult, tables: Tables, known: MappingSchema
) -> Metadata:
    schema, table = key.path[-2:]
    lineage = column_lineage(result.sql, tables[schema][table], known)
    dependencies = {
        column: [
            dg.TableColumnDep(asset_key=dg.AssetKey([schema, table]), column_name=name)
            for schema, table, name in sources
        ]
        for column, sources in lineage.items()
        if sources
    }
    return {"dagster/column_lineage": dg.TableColumnLineage(dependencies)} if dependencies else {}
