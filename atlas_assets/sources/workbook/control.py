"""Reads a transaction sheet once more, with another reader, for its control sums."""

from __future__ import annotations

from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING
from zipfile import BadZipFile

import openpyxl
import python_calamine
from openpyxl.utils.exceptions import InvalidFileException

from atlas_assets.sources.control import sums_of

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Sequence
    from pathlib import Path

    from atlas_assets.sources.adapter import ControlSums, SheetManifest


def control_sums(path: Path, manifest: SheetManifest, total_labels: list[str]) -> ControlSums:
    """Add up the amounts of a sheet whose columns are where the manifest says."""
    with _rows_of(path) as rows_of:
        rows = islice(rows_of(manifest.source_sheet), manifest.header_rows[-1], None)
        return sums_of(rows, manifest.columns, tuple(total_labels))


@contextmanager
def _rows_of(path: Path) -> Generator[Callable[[str], Iterable[Sequence[object]]]]:
    """Yield a function that returns the rows of a sheet, given its name, from row 1 on.

    Formats that openpyxl does not support are read by the adapter's parser, but as native types. The
    content decides the format, not the file's name.
    """
    try:
        workbook = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, BadZipFile, KeyError, OSError):  # of other formats
        workbook = None
    if workbook is None or not workbook.sheetnames:
        with path.open("rb") as file, python_calamine.load_workbook(file) as calamine:
            yield lambda sheet: calamine.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
        return
    try:
        yield lambda sheet: workbook[sheet].iter_rows(values_only=True)
    finally:
        workbook.close()
