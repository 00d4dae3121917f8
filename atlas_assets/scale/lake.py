"""The warehouse of several machines: DuckLake, whose catalog is in PostgreSQL and whose data in a bucket."""

from __future__ import annotations

from contextlib import closing, contextmanager
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import duckdb
from duckdb_extensions import import_extension

from atlas_assets.errors import AtlasError
from atlas_assets.scale.locks import SharedLocks, TableLocks, catalog_connection
from atlas_assets.warehouse.connection import CATALOG, Warehouse, quoted

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from pathlib import Path

    from atlas_assets.settings import Settings
    from atlas_assets.warehouse.connection import Callbacks

EXTENSIONS = ("ducklake", "postgres_scanner", "httpfs")
SCHEMA = "atlas_lake"  # of the catalog in PostgreSQL
_NOTED = "SELECT true FROM duckdb_tables() WHERE table_name = '_built_by'"


class Lake(Warehouse):
    """The analytical database that any number of workers read and write at the same time.

    Writers hold one of three kinds of locks, all in PostgreSQL. What is short, the loading of raw tables and
    the ledger, is done by one worker at a time. Builds of models go on side by side, but each table has one
    writer at a time: repeating whole transactions would cost more than waiting for one. A build that creates
    or changes tables, the first one and those after a change of rules or models, is alone.
    """

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings.dagster_home / "lake")
        if settings.catalog is None or settings.lake_url is None or settings.s3_key is None:
            raise AtlasError("ATLAS_PROFILE=scale is not complete.")
        self.settings, self.url = settings, settings.lake_url.rstrip("/")
        self.address = settings.catalog.get_secret_value()
        self.locks = SharedLocks(self.address)

    @property
    def place(self) -> str:
        """Where it is, for people."""
        return self.url

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables by which dbt finds it."""
        endpoint = _Endpoint(self.settings.s3_endpoint)
        return {
            "ATLAS_PROFILE": "scale",
            "ATLAS_CATALOG": self.address,
            "ATLAS_LAKE": self.url,
            "ATLAS_LAKE_SCHEMA": SCHEMA,
            "ATLAS_EXTENSIONS": str(self._extensions),
            "ATLAS_S3_HOST": endpoint.host,
            "ATLAS_S3_TLS": str(endpoint.has_tls),
            "ATLAS_S3_STYLE": endpoint.style,
            "ATLAS_S3_REGION": self.settings.s3_region,
            "ATLAS_S3_KEY_ID": self.settings.s3_key_id or "",
            "ATLAS_S3_KEY": self._key,
        }

    def exists(self) -> bool:
        """Return whether anything was ever written to it. Raises FaultError if it cannot be reached."""
        return bool(self._catalog(f"SELECT to_regclass('{SCHEMA}.ducklake_snapshot') IS NOT NULL"))

    def state(self) -> str:
        """Return what changes whenever it is written to."""
        return f"{self.url} {self._catalog(f'SELECT max(snapshot_id) FROM {SCHEMA}.ducklake_snapshot')}"

    @contextmanager
    def locked(self) -> Generator[None]:
        """Hold the lock of short writes."""
        with self.locks.held("short writes"):
            yield

    @contextmanager
    def building(self, rules: str, *, is_whole: bool) -> Generator[Callbacks]:
        """Share the lock of builds, with a lock for each table; a build that changes tables has it alone."""
        with self.locks.held("builds", shared=True):
            if self._is_built_by(rules):
                with closing(TableLocks(self.locks)) as tables:
                    yield [tables]
                return
        with self.locks.held("builds"):
            yield []
            if is_whole:
                self._note_rules(rules)

    @contextmanager
    def reading(self) -> Generator[duckdb.DuckDBPyConnection]:
        """Yield a read-only connection, whose statements see what is committed."""
        with self.connect() as connection:
            yield connection

    def copy_to(self, path: Path) -> None:
        """Copy everything, as it is at one moment, into a DuckDB file at `path`."""
        mode = path.stat().st_mode if path.exists() else None
        path.unlink(missing_ok=True)  # DuckDB takes an empty file for a damaged one
        with self.connect() as connection:
            connection.execute(f"ATTACH {quoted(str(path))} AS copied")
            if mode is not None:
                path.chmod(mode)
            connection.execute(f"COPY FROM DATABASE {CATALOG} TO copied")
            connection.execute("DETACH copied")

    def _attach(self, connection: duckdb.DuckDBPyConnection, *, read_only: bool) -> None:
        self._create_schema()
        connection.execute(f"SET extension_directory = {quoted(str(self._extensions))}")
        for extension in EXTENSIONS:
            connection.execute(f"LOAD {extension}")
        endpoint = _Endpoint(self.settings.s3_endpoint)
        secret = {
            "KEY_ID": quoted(self.settings.s3_key_id or ""),
            "SECRET": quoted(self._key),
            "ENDPOINT": quoted(endpoint.host),
            "URL_STYLE": quoted(endpoint.style),
            "USE_SSL": str(endpoint.has_tls),
            "REGION": quoted(self.settings.s3_region),
        }
        told = ", ".join(f"{name} {value}" for name, value in secret.items())
        connection.execute(f"CREATE SECRET (TYPE s3, {told})")
        options = f"DATA_PATH {quoted(self.url)}, METADATA_SCHEMA '{SCHEMA}'"
        mode = ", READ_ONLY" if read_only else ""
        place = quoted(f"ducklake:postgres:{self.address}")
        connection.execute(f"ATTACH {place} AS {CATALOG} ({options}{mode})")

    def _create_schema(self) -> None:
        with catalog_connection(self.address) as connection, connection.cursor() as cursor:
            cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")

    def _catalog(self, query: str) -> object:
        with catalog_connection(self.address) as connection, connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchone()[0]

    def _is_built_by(self, rules: str) -> bool:
        """Return whether all tables are there, as these rules want them."""
        if not self.exists():
            return False
        with self.connect() as connection:
            is_noted = connection.execute(_NOTED).fetchone() is not None
            return is_noted and connection.execute("FROM main._built_by").fetchall() == [(rules,)]

    def _note_rules(self, rules: str) -> None:
        with self.connect(read_only=False) as connection:
            connection.execute(
                "CREATE OR REPLACE TABLE main._built_by AS SELECT ? AS rules", [rules]
            )

    @property
    def _key(self) -> str:
        return self.settings.s3_key.get_secret_value() if self.settings.s3_key else ""

    @cached_property
    def _extensions(self) -> Path:
        """The folder of DuckDB's extensions, which come from installed packages."""
        folder = self.settings.dagster_home / "extensions"
        with duckdb.connect(config={"extension_directory": str(folder)}) as connection:
            for extension in EXTENSIONS:
                import_extension(extension, con=connection)
        return folder


class _Endpoint:
    """Where the bucket is: Amazon's own servers, or those at an address."""

    def __init__(self, address: str | None) -> None:
        parts = urlsplit(address or "https://s3.amazonaws.com")
        self.host, self.has_tls = parts.netloc, parts.scheme == "https"
        self.style = "path" if address else "vhost"
