"""What pages are made of: the snapshot of the last build, the reports of it, and its records."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from atlas_assets.errors import AtlasError
from atlas_assets.operational.sessions import OperationalStore, StoreError
from atlas_assets.periods.calendar import Month, Period
from atlas_assets.report.assemble import assemble
from atlas_assets.report.figures import located
from atlas_assets.warehouse.connection import quoted

if TYPE_CHECKING:
    from collections.abc import Generator
    from typing import Any

    from sqlalchemy.orm import Session

    from atlas_assets.configuration.configuration import Configuration
    from atlas_assets.configuration.currency import Language
    from atlas_assets.report.model import Report
    from atlas_assets.serving.snapshots import SnapshotStore

_REPORTS_KEPT = 48  # of a build, in memory
_MONTHS = "SELECT month_key FROM marts.built_months WHERE entity_code = ? ORDER BY month_key"
_LOADED = "SELECT max(loaded_at) AS loaded_at FROM raw.sheet_manifest WHERE entity_code = ?"


class NothingBuiltError(AtlasError):
    """There is no snapshot yet."""


class Build:
    """The snapshot of one build. It stays readable while the next one is published.

    Threads may use it at the same time.
    """

    def __init__(
        self, identifier: str, path: Path, store: OperationalStore, configuration: Configuration
    ) -> None:
        self.identifier, self.path = identifier, path
        self.store, self.registry = store, configuration.registry
        self._reports: dict[tuple[str, Period, Language], Future[Report]] = {}
        self._months: dict[str, list[Month]] = {}
        self._loaded: dict[str, str] = {}
        self._lock = threading.Lock()
        self._connection = duckdb.connect(config={"threads": 1})
        self._connection.execute(f"ATTACH {quoted(str(path))} AS atlas (READ_ONLY)")
        for setting in ("TimeZone = 'UTC'", "enable_external_access = false"):
            self._connection.execute(f"SET {setting}")
        self._connection.execute("SET lock_configuration = true")

    @contextmanager
    def warehouse(self) -> Generator[duckdb.DuckDBPyConnection]:
        """Yield a connection to the marts, for one thread."""
        with self._connection.cursor() as cursor:
            cursor.execute("USE atlas")
            yield cursor

    @contextmanager
    def records(self, entity_id: str) -> Generator[Session]:
        """Yield a session that reads the records of one entity.

        Raises StoreError if they are gone, which opening them would hide.
        """
        if self.store.is_file and not Path(self.store.shown_url).exists():
            raise StoreError(f"There is no {self.store.shown_url} any more.")
        with self.store.entity_reader(entity_id) as session:
            yield session

    def query(self, text: str, parameters: dict[str, Any] | list[Any]) -> list[dict[str, Any]]:
        """Return the rows of a query of the marts."""
        with self.warehouse() as connection:
            found = connection.execute(text, parameters)
            names = [column[0] for column in found.description or []]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def months(self, entity: str) -> list[Month]:
        """Return the months that an entity has figures of."""
        if entity not in self._months:
            rows = self.query(_MONTHS, [entity])
            self._months[entity] = [Month.of(row["month_key"]) for row in rows]
        return self._months[entity]

    def loaded_at(self, entity: str) -> str:
        """Return when the newest sheet of an entity was loaded, in UTC; empty if none was."""
        if entity not in self._loaded:
            loaded = self.query(_LOADED, [entity])[0]["loaded_at"]
            self._loaded[entity] = loaded.strftime("%Y-%m-%d %H:%M") if loaded else ""
        return self._loaded[entity]

    def report(self, entity: str, period: Period, language: Language) -> Report:
        """Return a report whose figures know their places; who asks for the same one meanwhile, waits for it.

        Raises ReportError for months without figures.
        """
        key = (entity, period, language)
        with self._lock:
            made = self._reports.get(key)
            if is_first := made is None:
                made = self._reports[key] = Future()
                if len(self._reports) > _REPORTS_KEPT:
                    self._reports.pop(next(iter(self._reports)))
        if is_first:
            try:
                made.set_result(self._assembled(entity, period, language))
            except BaseException as error:  # noqa: BLE001  those who wait get it too
                self._reports.pop(key, None)
                made.set_exception(error)
        return made.result()

    def _assembled(self, entity: str, period: Period, language: Language) -> Report:
        with self.warehouse() as connection:
            return located(assemble(connection, self.registry, entity, period, locale=language))


class Builds:
    """Follows the pointer to the snapshots: whoever asks gets the newest build."""

    def __init__(
        self, snapshots: SnapshotStore, store: OperationalStore, configuration: Configuration
    ) -> None:
        self.snapshots, self.store, self.configuration = snapshots, store, configuration
        self._build: Build | None = None
        self._seen = ""
        self._lock = threading.Lock()

    def known(self) -> Build | None:
        """Return the newest build if it is open already."""
        return self._build if self.snapshots.pointer_state() == self._seen else None

    def current(self) -> Build:
        """Return the newest build. Raises NothingBuiltError before the first one."""
        if known := self.known():
            return known
        with self._lock:
            state = self.snapshots.pointer_state()
            if self._build is None or state != self._seen:
                self._build, self._seen = self._opened(), state
        return self._build

    def _opened(self) -> Build:
        snapshot = self.snapshots.current()
        if snapshot is None:
            raise NothingBuiltError("Nothing has been built yet. Run `atlas build`.")
        store = self.store
        if snapshot.has_records:
            store = OperationalStore(f"file:{self.snapshots.records(snapshot.build)}")
        path = self.snapshots.marts(snapshot.build)
        return Build(snapshot.build, path, store, self.configuration)
