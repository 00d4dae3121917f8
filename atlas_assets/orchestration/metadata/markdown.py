"""Markdown tables for the Dagster UI."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def markdown_table(frame: pl.DataFrame) -> str:
    """Return a frame as a Markdown table."""
    with pl.Config(
        tbl_formatting="MARKDOWN",
        tbl_hide_column_data_types=True,
        tbl_hide_dataframe_shape=True,
        tbl_cols=-1,
        tbl_rows=-1,
        tbl_width_chars=2000,
    ):
        return str(frame)


def markdown_rows(headers: list[str], rows: Iterable[Sequence[object]]) -> str:
    """Return rows as a Markdown table with a header."""
    texts = [[str(value) for value in row] for row in rows]
    return markdown_table(
        pl.DataFrame(texts, schema=dict.fromkeys(headers, pl.String), orient="row")
    )
