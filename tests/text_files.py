"""Text files with the cells of workbooks."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from atlas_assets.configuration.column_letters import column_letters, column_position
from atlas_assets.sources.grid import ROW
from atlas_assets.sources.workbook.file import open_workbook
from atlas_assets.sources.workbook.sheet import read_grid

if TYPE_CHECKING:
    from pathlib import Path

    from atlas_assets.configuration.workbook_year import WorkbookYear


def as_text_files(workbook: Path, folder: Path) -> None:
    """Write each sheet of a workbook as a text file, the cells as they are read from the workbook."""
    folder.mkdir()
    for name in open_workbook(workbook).sheet_names:
        cells = read_grid(workbook, name, "").cells
        width = max(map(column_position, cells.drop(ROW).columns), default=0) + 1
        with (folder / f"{name}.csv").open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file, delimiter=";")
            for row in cells.iter_rows(named=True):
                writer.writerow([row.get(column_letters(at)) or "" for at in range(width)])


def replace_workbooks(source: Path, year: WorkbookYear) -> None:
    """Replace the workbooks of a year by folders of text files, called as the configuration calls them."""
    path = source / "config" / f"{year.entity.lower()}-{year.year}.yaml"
    for kind, name in year.workbooks.items():
        as_text_files(source / name, source / f"{kind} {path.stem}")
        (source / name).unlink()
        text = path.read_text("utf-8").replace(name, f"{kind} {path.stem}")
        path.write_text(text, "utf-8")
