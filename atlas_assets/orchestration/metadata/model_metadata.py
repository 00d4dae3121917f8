"""What Dagster shows of a model: rows of each partition, with a preview, and column lineage."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import dagster as dg

from atlas_assets.orchestration.metadata.column_lineage import column_lineage, warehouse_schema
from atlas_assets.orchestration.metadata.markdown import markdown_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb
    from sqlglot.schema import MappingSchema

    from atlas_assets.orchestration.metadata.column_lineage import Tables
    from atlas_assets.periods.scope import Scope
    from atlas_assets.warehouse.dbt_runner import NodeResult

Metadata = dict[str, Any]
# The figures of a partition that Dagster plots over time, by table.
_PLOTTED = {
    "int_orders": {
        "valid_rows": "count(*) filter (is_valid)",
        "flagged_rows": "count(*) filter (not is_valid and invalid_reason != 'duplicate')",
        "duplicate_rows": "count(*) filter (invalid_reason = 'duplicate')",
    },
    "mart_revenue": {"revenue": "sum(revenue_actuals)", "orders": "sum(order_count)"},
    "mart_targets": {"target": "sum(target_revenue)"},
}


@dataclass(frozen=True)
class ModelMetadata:
    """The metadata of one model: of the run, of each partition by its key, and its column lineage.

    Dagster shows the lineage of the newest event; in every one it would be most of what is stored.
    """

    of_run: Metadata
    of_partitions: dict[str, Metadata]
    lineage: Metadata


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
        of_partitions: dict[str, Metadata] = {of.key: {} for of in scope.partitions}
        if tuple(key.path[-2:]) not in views:
            of_partitions = _rows(connection, key, tables, scope)
        lineage = _lineage(key, result, tables, known)
        metadata[key] = ModelMetadata({"seconds": round(result.seconds, 3)}, of_partitions, lineage)
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


def _rows(
    connection: duckdb.DuckDBPyConnection, key: dg.AssetKey, tables: Tables, scope: Scope
) -> dict[str, Metadata]:
    """Return the rows and figures of each partition and, for the newest of each entity, its first rows.

    Tables that are not kept by month show all rows of the entity.
    """
    schema, table = key.path[-2:]
    by = [name for name in ("entity_code", "month_key") if name in tables[schema][table]]
    rows = connection.table(f"{schema}.{table}")
    measures = {"dagster/partition_row_count": "count(*)", **_PLOTTED.get(table, {})}
    measured = rows.aggregate(", ".join([*by, *measures.values()])).fetchall()
    figures = {row[: len(by)]: row[len(by) :] for row in measured}
    metadata: dict[str, Metadata] = {}
    for partition in scope.partitions:
        values = {"entity_code": partition.entity, "month_key": partition.month.first_day}
        of = {name: values[name] for name in by}
        found = figures.get(tuple(of.values()), (0,) * len(measures))
        metadata[partition.key] = {
            name: float(value) if isinstance(value, Decimal) else value
            for name, value in zip(measures, found, strict=True)
        }
        if partition.month == scope.months[-1]:
            condition = " AND ".join(f"{name} = '{value}'" for name, value in of.items())
            head = rows.filter(condition or "true").order("ALL").limit(5).pl()
            metadata[partition.key]["preview"] = dg.MetadataValue.md(markdown_table(head))
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
