"""Reads the amounts of a transaction sheet once more, with another reader."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import python_calamine

from atlas_assets.configuration.column_letters import (
    column_letters,
    column_position,
    split_place,
)
from atlas_assets.sources.adapter import ControlReading
from atlas_assets.sources.control import control_amounts
from atlas_assets.sources.workbook.archive import NoXmlError
from atlas_assets.sources.workbook.inspection import inspected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from atlas_assets.configuration.sheet_words import SheetWords
    from atlas_assets.sources.adapter import SheetManifest
    from atlas_assets.sources.control import CellReading


def control_reading(path: Path, manifest: SheetManifest, words: SheetWords) -> ControlReading:
    """Return the amounts of a sheet whose columns are where the manifest says.

    What the other reader cannot read is a problem of the result, because the sheet has been read.
    """
    try:
        reading = _reading(path, manifest.source_sheet)
        amounts = control_amounts(reading, manifest.columns, manifest.first_data_row, words)
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # noqa: BLE001  a damaged file can fail in any way, even by a panic
        return ControlReading(problem=f"{type(error).__name__}: {error}")
    return ControlReading(amounts)


def _reading(path: Path, sheet: str) -> CellReading:
    """Return the cells of a sheet from its XML; without XML by the adapter's parser, but typed."""
    try:
        return inspected(path, sheet)
    except NoXmlError:
        stat = path.stat()
        return _typed(path, sheet, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=1)
def _typed(path: Path, sheet: str, _modified: int, _size: int) -> _TypedRows:
    with path.open("rb") as file, python_calamine.load_workbook(file) as workbook:
        return _TypedRows(workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False))


@dataclass(frozen=True)
class _TypedRows:
    """The rows of a sheet, from row 1 and column A on, as native types."""

    rows: Sequence[Sequence[object]]

    def values(self, letter: str, first_row: int) -> Iterator[tuple[int, object]]:
        at = column_position(letter)
        for number, row in enumerate(self.rows[first_row - 1 :], first_row):
            if at < len(row) and row[at] != "":
                yield number, row[at]

    def row(self, place: str) -> Mapping[str, object]:
        cells = self.rows[split_place(place)[1] - 1]
        return {column_letters(at): cell for at, cell in enumerate(cells) if cell != ""}

    def rows_with(self, beginning: str, form: Callable[[str], str]) -> set[int]:  # noqa: ARG002
        return set(range(1, len(self.rows) + 1))  # any row may be a total
