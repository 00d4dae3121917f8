"""Office files that have the same bytes whenever they are created from the same data."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from pptx.presentation import Presentation

_ZIP_DATE = (2020, 1, 1, 0, 0, 0)


def save_reproducibly(presentation: Presentation, path: Path, date: str) -> None:
    """Save a presentation with `date` (ISO 8601) as its only date.

    Embedded workbooks must carry it already; `chart_xml.chart_workbook` sets it.
    """
    properties = presentation.core_properties
    moment = datetime.fromisoformat(date)
    properties.created = properties.modified = moment.replace(tzinfo=None)
    properties.author = properties.last_modified_by = "Atlas"
    properties.revision = 1
    buffer = io.BytesIO()
    presentation.save(buffer)
    path.write_bytes(_at_fixed_time(buffer.getvalue()))


def _at_fixed_time(package: bytes) -> bytes:
    """Return a zip package whose entries all have the same time."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(target, "w") as new:
        for item in old.infolist():
            entry = zipfile.ZipInfo(item.filename, _ZIP_DATE)
            new.writestr(entry, old.read(item), zipfile.ZIP_DEFLATED)
    return target.getvalue()
