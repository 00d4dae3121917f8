"""Column lineage: the columns that a model's columns are computed from, read from its SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError
from sqlglot.lineage import lineage
from sqlglot.optimizer import build_scope
from sqlglot.optimizer.qualify import qualify
from sqlglot.schema import MappingSchema

if TYPE_CHECKING:
    from collections.abc import Iterable

# Schema, table and name of a column; and the column names by schema and table.
ColumnRef = tuple[str, str, str]
Tables = dict[str, dict[str, list[str]]]

_DIALECT = "duckdb"


def warehouse_schema(tables: Tables) -> MappingSchema:
    """Return the schema that `column_lineage` needs; built once for many models."""
    return MappingSchema(
        {
            "atlas": {
                schema: {table: dict.fromkeys(names, "text") for table, names in columns.items()}
                for schema, columns in tables.items()
            }
        },
        dialect=_DIALECT,
    )


def column_lineage(
    sql: str, columns: Iterable[str], schema: MappingSchema
) -> dict[str, list[ColumnRef]]:
    """Return for each column of a model the columns that it is computed from.

    SQL that the parser cannot follow, for example a recursive unnest, gives an empty mapping.
    """
    try:
        query = qualify(
            parse_one(sql, dialect=_DIALECT),
            dialect=_DIALECT,
            schema=schema,
            validate_qualify_columns=False,
            identify=False,
        )
        scope = build_scope(query)
        return {
            column: sorted(
                {
                    (node.expression.db, node.expression.name, node.name.rpartition(".")[2])
                    for node in lineage(
                        column,
                        query,
                        schema,
                        dialect=_DIALECT,
                        scope=scope,
                        copy=False,
                        trim_selects=False,
                    ).walk()
                    if not node.downstream and isinstance(node.expression, exp.Table)
                }
            )
            for column in columns
        }
    except (SqlglotError, ValueError):
        return {}
