"""The database of the Jaffle Shop: it is replaced as a whole, after each step that succeeded."""

from __future__ import annotations

import hashlib
import os
import shutil
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import duckdb
from filelock import FileLock

from atlas_assets.files import written_whole
from atlas_assets.jaffle_shop.files import TABLES, checked_files
from atlas_assets.settings import PROJECT_DIR
from atlas_assets.warehouse.dbt_runner import DbtRunner

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from atlas_assets.jaffle_shop.files import CheckedFile
    from atlas_assets.warehouse.dbt_runner import NodeResult

PROJECT = PROJECT_DIR / "dbt_jaffle_shop"
_VARIABLE = "ATLAS_JAFFLE_SHOP"  # by which the project's profile finds the database


@contextmanager
def dlt_settings(work: Path) -> Generator[None]:
    """Set what dlt takes from the environment: no telemetry, the id of the load in rows, its files in `work`."""
    own = {
        "RUNTIME__DLTHUB_TELEMETRY": "false",
        "NORMALIZE__PARQUET_NORMALIZER__ADD_DLT_LOAD_ID": "true",
        "DLT_DATA_DIR": str(work),
        "DLT_PROJECT_DIR": str(work),
    }
    before = dict(os.environ)
    os.environ.update(own)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


class _FailedError(Exception):
    """A model or a test failed, so that the copy does not take the database's place."""


class JaffleShop:
    """The files in a folder, the database that is made of them, and the folder of dbt's manifest."""

    def __init__(self, folder: Path, database: Path, target_dir: Path) -> None:
        self.folder, self.database, self.target_dir = folder, database, target_dir

    @property
    def is_there(self) -> bool:
        """Whether this installation has a Jaffle Shop at all."""
        return self.folder.is_dir()

    @property
    def manifest_path(self) -> Path:
        """The path of dbt's manifest."""
        return self._runner(self.database).manifest_path

    def checked_files(self) -> dict[str, CheckedFile]:
        """Return the tables of the files. Raises SourceError with every mistake."""
        return checked_files(self.folder)

    @contextmanager
    def replaced(self) -> Generator[Path]:
        """Yield a copy of the database to change, which takes its place at the end, or is gone on failure."""
        lock = self.database.with_name(f"{self.database.name}.lock")
        lock.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(lock), written_whole(self.database) as copy:
            for log in copy.parent.glob(
                f".{self.database.name}-*.wal"
            ):  # of a process that was killed
                log.unlink()
            if self.database.exists():
                shutil.copyfile(self.database, copy)
            yield copy

    def build(self) -> list[NodeResult]:
        """Build the models and run their tests; the tables are replaced only if nothing fails.

        Raises TransformError if dbt itself fails.
        """
        results: list[NodeResult] = []
        with suppress(_FailedError), self.replaced() as copy:
            results = self._runner(copy).build([])
            if any(result.failed for result in results):
                raise _FailedError
        return results

    def document(self) -> Path:
        """Write the documentation of the models as one static page, and return the page."""
        with self.replaced() as copy:  # dbt opens it for writing, though it only reads
            return self._runner(copy).document()

    def row_counts(self) -> dict[str, int]:
        """Return the rows of each table of the models."""
        with duckdb.connect(str(self.database), read_only=True) as connection:
            names = connection.execute(
                "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'marts'"
            ).fetchall()
            return {name: len(connection.table(f"marts.{name}")) for (name,) in names}

    def hashes(self) -> dict[str, str]:
        """Return the hash (SHA-256, hex) of each file, by table; empty for one that is missing."""
        paths = {name: self.folder / f"{name}.csv" for name in TABLES}
        return {
            name: hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
            for name, path in paths.items()
        }

    def loaded_hashes(self) -> dict[str, str]:
        """Return the hash of each file that was loaded, by table; none before the first load."""
        if not self.database.exists():
            return {}
        with duckdb.connect(str(self.database), read_only=True) as connection:
            try:
                rows = connection.execute(
                    "SELECT table_name, sha256 FROM jaffle_shop_raw.loaded_files"
                ).fetchall()
            except duckdb.CatalogException:
                return {}
        return dict(rows)

    def _runner(self, database: Path) -> DbtRunner:
        return DbtRunner(PROJECT, self.target_dir, {_VARIABLE: str(database)})
