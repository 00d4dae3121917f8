"""The cells of a text file as another reader has them: Polars, which takes no part in the first reading."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import polars as pl

from atlas_assets.sources.delimited.text import delimited_text
from atlas_assets.sources.typed_rows import TypedRows

if TYPE_CHECKING:
    from pathlib import Path

    from atlas_assets.configuration.workbook_year import TextFormat


def text_cells(path: Path, form: TextFormat) -> TypedRows:
    """Return the rows of a text file. Encoding and separator are those of the first reading.

    Raises ValueError if the readers do not even see the same rows.
    """
    text = delimited_text(
        path.read_bytes(), path.name, encoding=form.encoding, separator=form.separator
    )
    width = max((len(record.cells) for record in text.records), default=1)
    # Polars takes the number of columns from the first line, and ends lines in one way only.
    lines = text.body.replace("\r\n", "\n").replace("\r", "\n")
    frame = pl.read_csv(
        io.BytesIO(f"{text.separator * (width - 1)}\n{lines}".encode()),
        has_header=False,
        infer_schema=False,
        separator=text.separator,
        truncate_ragged_lines=True,
    )[1:]
    if frame.height != len(text.records):
        raise ValueError(
            f"it has {frame.height} rows for one reader, {len(text.records)} for the other"
        )
    return TypedRows(frame.fill_null("").rows())
