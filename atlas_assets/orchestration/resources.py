"""The Dagster resources other than the workspace."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from dagster_duckdb import DuckDBResource

from atlas_assets.settings import load_settings
from atlas_assets.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Generator

    import duckdb

    from atlas_assets.warehouse.connection import Warehouse


class WarehouseResource(DuckDBResource):
    """The warehouse, for assets that take `duckdb: DuckDBResource` as Dagster documents it.

    The stock resource does not close its connection after an exception, nor hold the writer lock.
    """

    @contextmanager
    def get_connection(self) -> Generator[duckdb.DuckDBPyConnection]:
        """Yield a connection that may write, while no other Atlas process does."""
        warehouse = self._warehouse
        with warehouse.locked(), warehouse.connect(read_only=False) as connection:
            yield connection

    @contextmanager
    def reading(self) -> Generator[duckdb.DuckDBPyConnection]:
        """Yield a read-only connection. Raises AtlasError if nothing has been built yet."""
        with self._warehouse.reading() as connection:
            yield connection

    @property
    def _warehouse(self) -> Warehouse:
        settings = load_settings().model_copy(update={"duckdb_path": Path(self.database)})
        return Workspace(settings).warehouse
