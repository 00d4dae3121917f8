"""Carries snapshots to another machine by way of a folder that both reach, such as a bucket.

The address is one that fsspec understands: `s3://bucket/folder`, `file:///mnt/share`, `https://…` to read.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import fsspec

from atlas_assets.errors import AtlasError
from atlas_assets.files import written_whole
from atlas_assets.serving.snapshots import POINTER, Snapshot

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from atlas_assets.serving.snapshots import SnapshotStore


class MirrorError(AtlasError):
    """The other folder cannot be reached, or holds something else."""

    is_outside = True


class Mirror:
    """The folder at `url`, and the local one that it is kept like."""

    def __init__(self, url: str, store: SnapshotStore) -> None:
        self.url, self.store = url.rstrip("/"), store

    def push(self) -> None:
        """Copy the newest local snapshot there; its pointer last, so that it never leads to half a file.

        Raises MirrorError.
        """
        snapshot = self.store.current()
        if snapshot is None:
            return
        with self._opened() as (system, folder):
            system.makedirs(folder, exist_ok=True)
            for path in self._files(snapshot):
                system.put_file(str(path), f"{folder}/{path.name}")
            system.pipe_file(f"{folder}/{POINTER}", snapshot.model_dump_json().encode())
            self._prune(system, folder)

    def is_current(self) -> bool:
        """Return whether the newest local snapshot is there. Raises MirrorError."""
        with self._opened() as (system, folder):
            pointer = f"{folder}/{POINTER}"
            if not system.exists(pointer):
                return False
            return Snapshot.model_validate_json(system.cat_file(pointer)) == self.store.current()

    def pull(self) -> bool:
        """Copy the newest snapshot from there if it is not here yet, and return whether one came.

        Raises MirrorError.
        """
        known = self.store.current()
        with self._opened() as (system, folder):
            system.invalidate_cache()
            snapshot = Snapshot.model_validate_json(system.cat_file(f"{folder}/{POINTER}"))
            if known and known.build >= snapshot.build:
                return False
            for path in self._files(snapshot):
                with written_whole(path) as temporary:
                    system.get_file(f"{folder}/{path.name}", str(temporary))
        self.store.point_to(snapshot)
        return True

    def _files(self, snapshot: Snapshot) -> list[Path]:
        files = [self.store.marts(snapshot.build)]
        return [*files, self.store.records(snapshot.build)] if snapshot.has_records else files

    @contextmanager
    def _opened(self) -> Generator[tuple[Any, str]]:
        """Yield the file system and the folder in it. Raises MirrorError for whatever goes wrong there."""
        try:
            yield fsspec.core.url_to_fs(self.url)
        except Exception as error:  # each library behind fsspec has errors of its own
            raise MirrorError(
                f"Snapshots cannot be kept at {self.url} ({type(error).__name__}: {error}). Check "
                "ATLAS_SNAPSHOTS, its keys, and that it can be reached; for s3:// install the group s3."
            ) from error

    def _prune(self, system: Any, folder: str) -> None:
        """Remove there what was removed here."""
        kept = {path.name for path in self.store.folder.iterdir()} | {POINTER}
        for found in system.ls(folder, detail=False):
            name = found.rsplit("/", 1)[1]
            if name.startswith(("marts-", "records-")) and name not in kept:
                system.rm_file(found)
