"""Removes what Atlas can make again from the workbooks: `atlas clean`."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from atlas_assets.settings import Settings


@dataclass(frozen=True)
class Removable:
    """A file or folder that can be made again: what it is, and how many bytes it takes."""

    path: Path
    what: str

    @property
    def size(self) -> int:
        """The bytes of the file, or of all files in the folder."""
        files = self.path.rglob("*") if self.path.is_dir() else [self.path]
        return sum(path.stat().st_size for path in files if path.is_file())

    def remove(self) -> None:
        """Remove it."""
        if self.path.is_dir():
            shutil.rmtree(self.path)
        else:
            self.path.unlink(missing_ok=True)


def removable(settings: Settings, *, reports: bool) -> list[Removable]:
    """Return what is there and can be made again from the workbooks; with `reports`, the output as well.

    The workbooks with their configuration, the operational database and Dagster's history are never
    among it.
    """
    database = settings.duckdb_path
    found = [
        Removable(database, "the warehouse"),
        Removable(database.with_name(f"{database.name}.wal"), "its log"),
        Removable(settings.jaffle_shop_path, "the database of the Jaffle Shop"),
        Removable(settings.raw_dir, "the raw files, and what is remembered of the workbooks"),
        Removable(settings.dbt_target_dir, "dbt's parsed project and logs"),
    ]
    if reports:
        folders = ("monthly", "quarterly", "yearly", "range", "validation", "serving")
        found += [
            Removable(settings.output_dir / name, f"the {name} files of the output")
            for name in folders
        ]
    return [item for item in found if item.path.exists()]
