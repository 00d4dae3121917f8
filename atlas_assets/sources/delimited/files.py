"""Finds the text files of a workbook that is none: one file, or a folder with a file for each sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atlas_assets.sources.workbook.file import OLE_SIGNATURE, ZIP_SIGNATURE, matching_sheet

if TYPE_CHECKING:
    from pathlib import Path

SUFFIXES = {".csv", ".tsv", ".txt"}


def is_delimited(path: Path) -> bool:
    """Return whether a path is a folder of text files, or is named like one and is no workbook by content."""
    if path.is_dir():
        return True
    if path.suffix.lower() not in SUFFIXES:
        return False
    with path.open("rb") as file:
        return not file.read(len(OLE_SIGNATURE)).startswith((ZIP_SIGNATURE, OLE_SIGNATURE))


def sheet_files(path: Path) -> dict[str, Path]:
    """Return the files by the name of their sheet, which is that of the file without its ending."""
    if not path.is_dir():
        return {path.stem: path}
    files = (file for file in sorted(path.iterdir()) if file.suffix.lower() in SUFFIXES)
    return {file.stem: file for file in files if not file.name.startswith((".", "~"))}


def sheet_file(path: Path, wanted: str, configured_in: str) -> Path:
    """Return the file of a sheet. Raises SourceError if there is none; `configured_in` is the file to correct."""
    files = sheet_files(path)
    return files[matching_sheet(path, wanted, list(files), configured_in)]
