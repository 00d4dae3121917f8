"""Dagster's SQLite event log with one open connection per database file instead of one per event.

The stock storage opens an engine, compiles every statement and closes the file again for each of the
thousands of events that a run over a range of partitions writes. `dagster.yaml` names this class.
Remove it when Dagster keeps its connections open.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from functools import cached_property, lru_cache
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import event

from atlas_assets.orchestration.dagster_internals import SqliteEventLogStorage

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    import dagster as dg

BUSY_TIMEOUT_SECONDS = 60
OPEN_FILES = 64
_ENGINES: dict[str, sa.Engine] = {}


class PooledEventLogStorage(SqliteEventLogStorage):
    """The stock storage under `history/runs` of the configured Dagster home."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._batch: tuple[ExitStack, dict[str, sa.Connection]] | None = None
        super().__init__(*arguments, **options)
        self._db_lock = RLock()  # a batch holds it while it stores its events

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Any) -> PooledEventLogStorage:
        """Create the storage from `dagster.yaml`, whose `base_dir` is the Dagster home."""
        runs = Path(config_value["base_dir"]) / "history" / "runs"
        return cls(inst_data=inst_data, base_dir=str(runs))

    def dispose(self) -> None:
        """Close the files, so that SQLite merges its write-ahead logs into them."""
        super().dispose()
        for engine in list(_ENGINES.values()):
            engine.dispose()

    def store_event_batch(self, events: Sequence[dg.EventLogEntry]) -> None:
        """Store events in one transaction for each file, instead of four for each event."""
        with self._db_lock, ExitStack() as transactions:
            self._batch = (transactions, {})
            try:
                for entry in events:
                    self.store_event(entry)
            finally:
                self._batch = None

    @contextmanager
    def _connect(self, shard: str) -> Generator[sa.Connection]:
        with self._db_lock:
            if self._batch is None:
                with self._transaction(shard) as connection:
                    yield connection
                return
            transactions, connections = self._batch
            if shard not in connections:
                connections[shard] = transactions.enter_context(self._transaction(shard))
            yield connections[shard]

    @contextmanager
    def _transaction(self, shard: str) -> Generator[sa.Connection]:
        engine = _engine(self.conn_string_for_shard(shard))
        if shard not in self._initialized_dbs:
            self._initdb(engine)
            self._initialized_dbs.add(shard)
        with engine.begin() as connection:
            yield connection

    def has_table(self, table_name: str) -> bool:
        """Return whether a table exists, queried until it does instead of for every event."""
        if table_name not in self._tables:
            if not super().has_table(table_name):
                return False
            self._tables.add(table_name)
        return True

    @cached_property
    def _tables(self) -> set[str]:
        return set()

    def _has_asset_key_col_on_connection(self, conn: sa.Connection, column_name: str) -> bool:
        """Return whether a column exists, queried once instead of for every event: only migrations add any."""
        return column_name in _asset_key_columns(conn.engine)


@lru_cache(maxsize=OPEN_FILES)
def _asset_key_columns(engine: sa.Engine) -> set[str]:
    return {column["name"] for column in sa.inspect(engine).get_columns("asset_keys")}


def _engine(url: str) -> sa.Engine:
    if url in _ENGINES:
        return _ENGINES[url]
    engine = sa.create_engine(url, pool_size=1, connect_args={"timeout": BUSY_TIMEOUT_SECONDS})

    @event.listens_for(engine, "connect")
    def _sync_at_checkpoints_only(connection: Any, _record: object) -> None:
        """Reduce syncing: in WAL mode nothing gets corrupted; a power cut may lose the last events."""
        connection.execute("PRAGMA synchronous=NORMAL")

    while len(_ENGINES) >= OPEN_FILES:
        _ENGINES.pop(next(iter(_ENGINES))).dispose()
    return _ENGINES.setdefault(url, engine)
