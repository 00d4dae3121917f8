"""Publishes copies of the warehouse for readers, who never wait for a writer nor stop one.

DuckDB lets nobody write a file that another process has open, and a process that opens a replaced file
under its old name gets the old data. So each snapshot has a name of its own, and a small file that is
replaced in one step, `current.json`, says which one is current.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from pydantic import ValidationError
from ulid import ULID

from atlas_assets.documents.strict_model import StrictModel
from atlas_assets.errors import AtlasError
from atlas_assets.files import state_of, written_whole

if TYPE_CHECKING:
    from pathlib import Path

    from atlas_assets.warehouse.connection import Warehouse

KEPT = 3  # snapshots: a reader has as long as two builds take to let go of one
_POINTER = "current.json"


class Snapshot(StrictModel):
    """A snapshot that was published."""

    build: str
    """A ULID: later builds have higher ones."""
    warehouse: str
    """The state of the file that it was copied from, so that nothing is copied twice."""

    @property
    def file_name(self) -> str:
        """The name of its file."""
        return f"marts-{self.build}.duckdb"


class SnapshotStore:
    """The folder with the snapshots and their pointer."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, snapshot: Snapshot) -> Path:
        """Return the file of a snapshot."""
        return self.folder / snapshot.file_name

    def current(self) -> Snapshot | None:
        """Return the newest snapshot, or None before the first build.

        Raises AtlasError if the pointer is damaged.
        """
        pointer = self.folder / _POINTER
        try:
            return Snapshot.model_validate_json(pointer.read_bytes())
        except FileNotFoundError:
            return None
        except ValidationError as error:
            raise AtlasError(
                f"{pointer} does not name a snapshot. Delete it, then run `atlas build`."
            ) from error

    def is_current(self, warehouse: Warehouse) -> bool:
        """Return whether the newest snapshot is a copy of the warehouse as it is now."""
        snapshot = self.current()
        return (
            snapshot is not None
            and self.path(snapshot).exists()
            and warehouse.path.exists()
            and snapshot.warehouse == state_of(warehouse.path)
        )

    def publish(self, warehouse: Warehouse) -> Snapshot:
        """Copy the warehouse, point readers to the copy, and remove copies that nobody needs any more.

        Raises AtlasError if there is no warehouse yet.
        """
        with warehouse.locked():
            with warehouse.connect(read_only=False) as connection:
                connection.execute("CHECKPOINT")
            snapshot = Snapshot(build=str(ULID()), warehouse=state_of(warehouse.path))
            with written_whole(self.path(snapshot)) as temporary:
                shutil.copyfile(warehouse.path, temporary)
        with written_whole(self.folder / _POINTER) as temporary:
            temporary.write_text(snapshot.model_dump_json(), encoding="utf-8")
        self._prune()
        return snapshot

    def _prune(self) -> None:
        for path in sorted(self.folder.glob("marts-*.duckdb"))[:-KEPT]:
            path.unlink(missing_ok=True)
