"""Office files that have the same bytes whenever they are created from the same data."""

from __future__ import annotations

import io
import struct
import zipfile
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from pptx.presentation import Presentation

_DATE = struct.pack(
    "<HH", 0, (2020 - 1980) << 9 | 1 << 5 | 1
)  # 1 January 2020 as zip files write it
# The signatures of entries and of their places in the directory, and where each has its time.
_PLACE_LENGTH = 46
_ENTRY, _PLACE = (b"PK\x03\x04", 10), (b"PK\x01\x02", 12)


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
    """Return a zip package whose entries all have the same time; nothing is compressed again."""
    patched = bytearray(package)
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        position = archive.start_dir
        for item in archive.infolist():
            for start, (signature, offset) in ((item.header_offset, _ENTRY), (position, _PLACE)):
                if not patched.startswith(signature, start):
                    raise ValueError(f"{item.filename} is not where the directory of the file says")
                patched[start + offset : start + offset + len(_DATE)] = _DATE
            position += (
                _PLACE_LENGTH + len(item.filename.encode()) + len(item.extra) + len(item.comment)
            )
    return bytes(patched)
