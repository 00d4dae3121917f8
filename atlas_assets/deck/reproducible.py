"""Office files that are the same bytes whenever they are made of the same data."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from pptx.presentation import Presentation

_ZIP_DATE = (2020, 1, 1, 0, 0, 0)
_W3C_DATE = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms:)")


def save_reproducibly(presentation: Presentation, path: Path, date: str) -> None:
    """Save a presentation with `date` (ISO 8601) as its only date, also in embedded workbooks."""
    properties = presentation.core_properties
    moment = datetime.fromisoformat(date)
    properties.created = properties.modified = moment.replace(tzinfo=None)
    properties.author = properties.last_modified_by = "Atlas"
    properties.revision = 1
    buffer = io.BytesIO()
    presentation.save(buffer)
    path.write_bytes(_fixed(buffer.getvalue(), date.encode()))


def _fixed(package: bytes, date: bytes) -> bytes:
    """Return a zip package with fixed dates, inside embedded packages too."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(target, "w") as new:
        for item in old.infolist():
            content = old.read(item)
            if item.filename.endswith(".xlsx"):
                content = _fixed(content, date)
            elif item.filename == "docProps/core.xml":
                content = _W3C_DATE.sub(rb"\g<1>" + date + rb"\g<2>", content)
            entry = zipfile.ZipInfo(item.filename, _ZIP_DATE)
            new.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return target.getvalue()
