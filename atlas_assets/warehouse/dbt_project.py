"""The dbt project of Atlas, which has all business logic; this module only builds it and reads results."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from atlas_assets.configuration.registry import folded_word
from atlas_assets.settings import DBT_PROJECT_DIR
from atlas_assets.warehouse.dbt_runner import DbtRunner, refuse_failed
from atlas_assets.warehouse.provenance import rules_hash
from atlas_assets.warehouse.raw_tables import load_raw_tables

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from atlas_assets.configuration.configuration import Configuration
    from atlas_assets.periods.scope import Scope
    from atlas_assets.sources.raw_store import RawStore
    from atlas_assets.warehouse.connection import Warehouse
    from atlas_assets.warehouse.dbt_runner import NodeResult


class DbtProject:
    """The dbt project, bound to one warehouse, one folder of raw files and one registry.

    `target_dir` is the folder of dbt's manifest, partial parse and logs.
    """

    def __init__(
        self,
        warehouse: Warehouse,
        raw_store: RawStore,
        configuration: Configuration,
        target_dir: Path,
    ) -> None:
        self.warehouse, self.raw_store = warehouse, raw_store
        self.configuration, self.target_dir = configuration, target_dir
        self._runner = DbtRunner(DBT_PROJECT_DIR, target_dir, warehouse.environment)

    @property
    def manifest_path(self) -> Path:
        """The path of dbt's manifest, written if it is missing, damaged or of another project."""
        return self._runner.manifest_path

    def build(self, scope: Scope, selection: Sequence[str] = ()) -> list[NodeResult]:
        """Build models for a scope and run their data tests; all models if nothing is selected.

        `selection` takes what dbt's `--select` takes, for example `mart_revenue` or `staging`. Raises
        TransformError if dbt itself or a model fails; failed tests are in the results.
        """
        arguments = ["--vars", json.dumps(self._variables(scope))]
        arguments += ["--exclude-resource-type", "unit_test"]
        arguments += ["--select", *selection] if selection else []
        registry, warehouse = self.configuration.registry, self.warehouse
        with warehouse.building(rules_hash(registry), is_whole=not selection) as callbacks:
            with warehouse.locked(), warehouse.connect(read_only=False) as connection:
                load_raw_tables(connection, self.raw_store, registry)
            results = self._runner.build(arguments, callbacks)
            refuse_failed([r for r in results if r.failed and r.unique_id.startswith("model.")])
        return results

    def forget(self) -> None:
        """Let the next build make every table of the models anew, whatever is in it."""
        if not self.warehouse.exists():
            return
        with self.warehouse.locked(), self.warehouse.connect(read_only=False) as connection:
            tables = connection.execute(
                "SELECT schema_name, table_name FROM duckdb_tables() "
                "WHERE database_name = 'atlas' AND comment IS NOT NULL"
            ).fetchall()
            for schema, table in tables:  # the comment says which rules the rows were made by
                connection.execute(f"COMMENT ON TABLE {schema}.{table} IS NULL")

    def document(self) -> Path:
        """Write dbt's documentation of the models as one static page, and return the page."""
        with self.warehouse.locked():  # dbt opens it for writing, though it only reads
            return self._runner.document()

    def _variables(self, scope: Scope) -> dict[str, str | int | list[str]]:
        """Return dbt's variables for a scope."""
        registry = self.configuration.registry
        return {
            "entities": list(scope.entities),
            "months": [str(month) for month in scope.months],
            "rules": rules_hash(registry),
            "receipt_prefix_pattern": registry.receipt_prefix_pattern,
            "currency_pattern": registry.currency.pattern,
            "money": registry.currency.name,
            "year_start": registry.fiscal_year_start,
            "weekdays": [folded_word(word).replace("'", "") for word in registry.weekdays],
        }
