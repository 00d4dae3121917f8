"""Publishes copies of both databases for readers, who never wait for a writer nor stop one.

DuckDB lets nobody write a file that another process has open, and a process that opens a replaced file
under its old name gets the old data. So each snapshot has names of its own, and a small file that is
replaced in one step, `current.json`, says which one is current. Both copies are made while nobody
writes, so that they belong together.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from pydantic import ValidationError
from ulid import ULID

from atlas_assets.documents.strict_model import StrictModel
from atlas_assets.errors import AtlasError
from atlas_assets.files import remove_leftovers, state_of, written_whole

if TYPE_CHECKING:
    from pathlib import Path

    from atlas_assets.operational.sessions import OperationalStore
    from atlas_assets.warehouse.connection import Warehouse

READABLE = 0o640  # for the group: snapshots contain personal details
KEPT, KEPT_SECONDS = 2, 60  # how many snapshots stay, and for how long others do
POINTER = "current.json"


class Snapshot(StrictModel):
    """A snapshot that was published."""

    build: str
    """A ULID: later builds have higher ones."""
    warehouse: str
    """The state of the file that it was copied from, so that nothing is copied twice."""

    has_records: bool
    """Whether the operational database is a file and was copied; readers ask a server directly."""


class SnapshotStore:
    """The folder with the snapshots and their pointer."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def marts(self, build: str) -> Path:
        """Return the copy of the warehouse of a build."""
        return self.folder / f"marts-{build}.duckdb"

    def records(self, build: str) -> Path:
        """Return the copy of the operational database of a build."""
        return self.folder / f"records-{build}.db"

    def current(self) -> Snapshot | None:
        """Return the newest snapshot, or None before the first build.

        Raises AtlasError if the pointer is damaged.
        """
        pointer = self.folder / POINTER
        try:
            return Snapshot.model_validate_json(pointer.read_bytes())
        except FileNotFoundError:
            return None
        except ValidationError as error:
            raise AtlasError(
                f"{pointer} does not name a snapshot. Delete it, then run `atlas build`."
            ) from error

    def pointer_state(self) -> str:
        """Return what changes whenever another snapshot becomes the current one; it is cheap to ask."""
        try:
            return state_of(self.folder / POINTER)
        except FileNotFoundError:
            return ""

    def is_current(self, warehouse: Warehouse) -> bool:
        """Return whether the newest snapshot is a copy of the warehouse as it is now."""
        snapshot = self.current()
        return (
            snapshot is not None
            and self.marts(snapshot.build).exists()
            and warehouse.exists()
            and snapshot.warehouse == warehouse.state()
        )

    def publish(self, warehouse: Warehouse, store: OperationalStore) -> Snapshot:
        """Copy both databases, point readers to the copies, and remove copies that nobody needs any more.

        Raises AtlasError if there is no warehouse yet.
        """
        with warehouse.locked():
            build = str(ULID())
            with written_whole(self.marts(build)) as temporary:
                temporary.touch(mode=READABLE)
                warehouse.copy_to(temporary)
            snapshot = Snapshot(build=build, warehouse=warehouse.state(), has_records=store.is_file)
            if snapshot.has_records:
                with written_whole(self.records(snapshot.build)) as temporary:
                    temporary.touch(mode=READABLE)
                    store.copy_to(temporary)
        self.point_to(snapshot)
        return snapshot

    def point_to(self, snapshot: Snapshot) -> None:
        """Make a snapshot whose files are there the current one, and remove those that nobody needs."""
        with written_whole(self.folder / POINTER) as temporary:
            temporary.write_text(snapshot.model_dump_json(), encoding="utf-8")
        self._prune()

    def _prune(self) -> None:
        """Remove all but the newest snapshots, unless a page may still be made of one."""
        remove_leftovers(self.folder)
        builds = sorted(path.stem.split("-")[1] for path in self.folder.glob("marts-*.duckdb"))
        before = datetime.now(UTC) - timedelta(seconds=KEPT_SECONDS)
        for build in builds[:-KEPT]:
            if ULID.from_str(build).datetime < before:
                for path in self.folder.glob(f"*-{build}.*"):
                    path.unlink(missing_ok=True)
