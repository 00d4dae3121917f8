"""The cells of a sheet as another reader has them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import python_calamine

from atlas_assets.sources.typed_rows import TypedRows
from atlas_assets.sources.workbook.archive import NoXmlError
from atlas_assets.sources.workbook.inspection import inspected

if TYPE_CHECKING:
    from pathlib import Path

    from atlas_assets.sources.control import CellReading


def workbook_cells(path: Path, sheet: str) -> CellReading:
    """Return the cells of a sheet from its XML; without XML by the adapter's parser, but typed."""
    try:
        return inspected(path, sheet)
    except NoXmlError:
        stat = path.stat()
        return _typed(path, sheet, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=1)
def _typed(path: Path, sheet: str, _modified: int, _size: int) -> TypedRows:
    with path.open("rb") as file, python_calamine.load_workbook(file) as workbook:
        return TypedRows(workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False))
