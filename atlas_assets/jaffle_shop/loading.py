"""Loads the checked files with dlt; imported where it runs, because dlt takes 1.4 s to load."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import dlt
import pyarrow as pa

from atlas_assets.jaffle_shop.files import LOADED, SCHEMA

if TYPE_CHECKING:
    from pathlib import Path

    from dlt import Pipeline
    from dlt.common.schema.typing import TSchemaContractDict
    from dlt.extract import DltSource

    from atlas_assets.jaffle_shop.files import CheckedFile

# Text in a number, and a column more or less, are refused; a table may be new.
_CONTRACT: TSchemaContractDict = {
    "tables": "evolve",
    "columns": "freeze",
    "data_type": "freeze",
}


def pipeline(database: Path, work: Path) -> Pipeline:
    """Return the pipeline that loads into a database; `work` is a folder for its own files."""
    return dlt.pipeline(
        "jaffle_shop",
        destination=dlt.destinations.duckdb(str(database)),
        dataset_name=SCHEMA,
        pipelines_dir=str(work),
    )


def source(files: dict[str, CheckedFile]) -> DltSource:
    """Return the tables as a new source: one that was run once is of no use again."""
    tables: dict[str, pa.Table] = {name: file.rows.to_arrow() for name, file in files.items()}
    tables[LOADED] = pa.table(
        {
            "table_name": list(files),
            "sha256": [file.sha256 for file in files.values()],
            "row_count": [file.rows.height for file in files.values()],
            "loaded_at": [datetime.now(UTC)] * len(files),
        }
    )

    @dlt.source(name=SCHEMA, schema_contract=_CONTRACT)
    def jaffle_shop() -> Any:
        for name, table in tables.items():
            yield dlt.resource(table, name=name, write_disposition="replace")

    return jaffle_shop()
