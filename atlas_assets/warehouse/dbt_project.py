"""Runs dbt inside this process, which takes a fraction of the time of starting it as a command.

All business logic is in `dbt_atlas`; this module only parses, builds and reads results.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from filelock import FileLock

from atlas_assets.configuration.registry import folded_word
from atlas_assets.errors import AtlasError
from atlas_assets.faults.explanation import UnexpectedError, explained, fault_of_warehouse
from atlas_assets.faults.stopping import held_back
from atlas_assets.files import digest_of, written_whole
from atlas_assets.settings import DBT_PROJECT_DIR
from atlas_assets.warehouse.provenance import rules_hash
from atlas_assets.warehouse.raw_tables import load_raw_tables

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path

    from dbt.contracts.graph.manifest import Manifest

    from atlas_assets.configuration.configuration import Configuration
    from atlas_assets.periods.scope import Scope
    from atlas_assets.sources.raw_store import RawStore
    from atlas_assets.warehouse.connection import Warehouse


_PARSED: dict[str, Manifest] = {}  # by the digest of the project


class TransformError(AtlasError):
    """dbt could not build a model, or a test failed; what was built before stays."""


@dataclass(frozen=True)
class NodeResult:
    """The result of one dbt model or test; `sql` is its compiled code.

    `failures` is the number of rows that failed a test.
    """

    unique_id: str
    passed: bool
    skipped: bool
    seconds: float
    message: str
    failures: int
    sql: str

    @property
    def failed(self) -> bool:
        """Whether the model could not be built, or the test failed."""
        return not (self.passed or self.skipped)


def refuse_failed(results: list[NodeResult]) -> None:
    """Raise TransformError for failed results, or FaultError where the machine failed; else do nothing."""
    for result in results:
        if fault := fault_of_warehouse(_without_heading(result.message)):
            raise fault
    if results:
        lines = [f"{result.unique_id.split('.')[-1]}: {result.message}" for result in results]
        raise TransformError(
            "dbt could not build "
            + "\n".join(lines)
            + "\nThe tables of these models are as they were before."
        )


def _without_heading(message: str) -> str:
    """Return what the database said, without the line in which dbt names the model."""
    heading, _, rest = message.strip().partition("\n")
    return rest if heading.startswith(("Runtime Error", "Database Error")) else message


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

    @property
    def manifest_path(self) -> Path:
        """The path of dbt's manifest, written if it is missing, damaged or of another project."""
        path = self.target_dir / "manifest.json"
        marker = self.target_dir / "manifest-of.txt"
        self.target_dir.mkdir(parents=True, exist_ok=True)
        with FileLock(self.target_dir / ".lock", is_singleton=True):
            digest = _project_digest()
            if not marker.exists() or marker.read_bytes() != _mark(digest, path):
                with written_whole(path) as temporary:
                    self._manifest.writable_manifest().write(str(temporary))
                with written_whole(marker) as temporary:
                    temporary.write_bytes(_mark(digest, path))
        return path

    def build(self, scope: Scope, selection: Sequence[str] = ()) -> list[NodeResult]:
        """Build models for a scope and run their data tests; all models if nothing is selected.

        `selection` takes what dbt's `--select` takes, for example `mart_revenue` or `staging`. Raises
        TransformError if dbt itself or a model fails; failed tests are in the results.
        """
        arguments = ["build", "--vars", json.dumps(self._variables(scope)), "--no-write-json"]
        arguments += ["--exclude-resource-type", "unit_test"]
        arguments += ["--select", *selection] if selection else []
        with self.warehouse.locked():
            with self.warehouse.connect(read_only=False) as connection:
                load_raw_tables(connection, self.raw_store, self.configuration.registry)
            results = [_node_result(result) for result in self._invoke(arguments, self._manifest)]
        refuse_failed([r for r in results if r.failed and r.unique_id.startswith("model.")])
        return results

    def forget(self) -> None:
        """Let the next build make every table of the models anew, whatever is in it."""
        if not self.warehouse.path.exists():
            return
        with self.warehouse.locked(), self.warehouse.connect(read_only=False) as connection:
            tables = connection.execute(
                "SELECT schema_name, table_name FROM duckdb_tables() "
                "WHERE database_name = 'atlas' AND comment IS NOT NULL"
            ).fetchall()
            for schema, table in tables:  # the comment says which rules the rows were made by
                connection.execute(f"COMMENT ON TABLE {schema}.{table} IS NULL")

    def document(self) -> Path:
        """Write dbt's documentation of the models as one static page, and return its folder."""
        folder = self.target_dir / "docs"  # apart from the manifest, which dbt would overwrite
        with self.warehouse.locked():  # dbt opens it for writing, though it only reads
            self._invoke(["docs", "generate", "--static"], None, folder)
        return folder

    @property
    def _manifest(self) -> Manifest:
        """The parsed project, which is the same for every installation; parsed once per process."""
        digest = _project_digest()
        with FileLock(self.target_dir / ".lock", is_singleton=True):
            if digest not in _PARSED:
                # If dbt wrote the manifest itself, a killed process could leave half of it.
                _PARSED[digest] = self._invoke(["parse", "--no-write-json"], None)
        return _PARSED[digest]

    def _invoke(
        self, arguments: list[str], manifest: Manifest | None, target_dir: Path | None = None
    ) -> Any:
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager  # takes 1.5 s to load
        from dbt.cli.main import dbtRunner

        options = {
            "--project-dir": DBT_PROJECT_DIR,
            "--profiles-dir": DBT_PROJECT_DIR,
            "--target-path": target_dir or self.target_dir,
            "--log-path": self.target_dir,
            "--log-level": "none",
            "--log-level-file": "none",
        }
        flags = [str(part) for option in options.items() for part in option]
        with held_back(), self._environment(), contextlib.chdir(DBT_PROJECT_DIR):
            try:
                outcome = dbtRunner(manifest=manifest).invoke([*arguments, *flags])
            finally:
                DuckDBConnectionManager.close_all_connections()  # it keeps an attached file open
        if outcome.exception is not None:
            fault = explained(outcome.exception)
            if isinstance(fault, UnexpectedError):
                raise TransformError(f"dbt stopped: {outcome.exception}") from outcome.exception
            raise fault from outcome.exception
        return outcome.result

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

    @contextlib.contextmanager
    def _environment(self) -> Generator[None]:
        """Tell dbt by its environment where the data is, and nothing else; restore it afterwards.

        dbt takes every one of its options from variables, too: `DBT_FULL_REFRESH`, for example.
        """
        before = dict(os.environ)
        for name in before:
            if name.startswith("DBT_"):
                del os.environ[name]
        os.environ["ATLAS_DUCKDB"] = str(self.warehouse.path)
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)


def _project_digest() -> str:
    """Return a hash of dbt's version and of all files of the project."""
    return digest_of(DBT_PROJECT_DIR.rglob("*"), version("dbt-core"))


def _mark(project: str, manifest: Path) -> bytes:
    """Return what identifies a manifest and the project that it was made of."""
    content = manifest.read_bytes() if manifest.exists() else b""
    return f"{project} {hashlib.sha256(content).hexdigest()}\n".encode()


def _node_result(result: Any) -> NodeResult:
    status = str(result.status)
    return NodeResult(
        unique_id=result.node.unique_id,
        passed=status in {"success", "pass", "warn", "no-op"},  # "no-op" is an exposure
        skipped=status == "skipped",
        seconds=result.execution_time,
        message=result.message or "",
        failures=result.failures or 0,
        sql=getattr(result.node, "compiled_code", None) or "",
    )
