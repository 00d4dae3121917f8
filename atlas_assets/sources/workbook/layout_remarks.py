"""What looks wrong in the yearly files although it stops nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atlas_assets.documents.mistakes import placed
from atlas_assets.documents.strict_model import KeyedError
from atlas_assets.errors import nearest
from atlas_assets.periods.calendar import MONTHS_A_YEAR
from atlas_assets.sources.workbook.file import is_there, workbook_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from atlas_assets.configuration.configuration import Configuration
    from atlas_assets.configuration.workbook_year import SheetTable, WorkbookYear


def layout_remarks(source_dir: Path, configuration: Configuration) -> list[str]:
    """Return a line, with file and line, for each workbook, sheet and header that somebody should look at."""
    return [
        line
        for year in configuration.years.values()
        if (remarks := [*_of_workbooks(source_dir, year), *_of_tables(year)])
        for line in placed(configuration.path_of(year), remarks).splitlines()
    ]


def _of_workbooks(source_dir: Path, year: WorkbookYear) -> Iterator[KeyedError]:
    for key, name in year.workbooks.items():
        if not is_there(source_dir, name):
            near = nearest(name, (path.name for path in workbook_files(source_dir)))
            yield KeyedError(
                ["workbooks", key], f"{name} is not in {source_dir}, so that it is not read.{near}"
            )


def _of_tables(year: WorkbookYear) -> Iterator[KeyedError]:
    for name, table in year.tables.items():
        keys = ["tables", name]
        if name == "transactions" and (missing := _months_without_sheet(table)):
            listed = ", ".join(map(str, missing))
            yield KeyedError(keys, f"{name} have no sheet for the months {listed}")
        headers: dict[str, list[str]] = {}
        for header, column in table.columns.items():
            headers.setdefault(column, []).append(header)
        for column, several in headers.items():
            if len(several) > 1:
                yield KeyedError(
                    [*keys, "columns", several[-1]],
                    f"{' and '.join(map(repr, several))} are both {column}. A sheet with both of them "
                    "is refused",
                )


def _months_without_sheet(table: SheetTable) -> list[int]:
    return [n for n in range(1, MONTHS_A_YEAR + 1) if table.sheets and n not in table.sheets]
