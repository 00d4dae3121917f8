"""Tells records from what else stands below a header: blank rows, totals, signatures, headers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from atlas_assets.sources.adapter import NotData
from atlas_assets.sources.header_text import normalized_header
from atlas_assets.sources.sheet import ROW

if TYPE_CHECKING:
    from collections.abc import Iterable

    from atlas_assets.sources.adapter import Column

MOST_CELLS_OF_A_SIGNATURE = 3
MOST_TEXTS_OF_A_TOTAL = 2  # beside its label; a record has more
LABEL_COLUMNS = 5
NARROW_TABLE = 4  # columns up to which a row of text alone is a record and no signature
FIGURE = r"^\s*(?i:rp)?[\s.]*[-\d][\d.,\s-]*$"


def not_data(body: pl.DataFrame, columns: list[Column], total_labels: list[str]) -> list[NotData]:
    """Return the rows that are no records: blank, header, total or signature.

    `body` has the columns by their names, and `source_row`. A signature stands below the last
    record; a total begins with one of the labels, has no number of its own, and hardly any text.
    """
    names = [column.name for column in columns]
    numbered = (
        body["row_number"].str.contains(r"^\s*\d").fill_null(value=False)
        if "row_number" in names
        else pl.Series([False]).new_from_index(0, body.height)
    )
    unnumbered = body.filter(~numbered)  # only these can be anything but records
    marked = unnumbered.select(ROW, _reason(columns, total_labels))
    last_record = max(
        body.filter(numbered)[ROW].max() or 0,
        marked.filter(pl.col("reason").is_null())[ROW].max() or 0,
    )
    others = marked.filter(
        pl.col("reason").is_not_null()
        & ((pl.col("reason") != "signature") | (pl.col(ROW) > last_record))
    )
    return _ranges(others)


def _reason(columns: list[Column], total_labels: list[str]) -> pl.Expr:
    """Say what a row without a number may be instead of a record; null where nothing speaks for it."""
    names = [column.name for column in columns]
    narrow = len(names) <= NARROW_TABLE
    filled = _count(pl.col(name).is_not_null() for name in names)
    figures = _count(pl.col(name).str.contains(FIGURE) for name in names)
    labels = _count(
        pl.col(name)
        .str.strip_chars()
        .str.to_uppercase()
        .str.contains(rf"^({'|'.join(total_labels)})\b")
        for name in names[:LABEL_COLUMNS]
    )
    texts = filled - figures - labels
    total = (labels > 0) & (texts <= (0 if narrow else MOST_TEXTS_OF_A_TOTAL))
    sparse = (filled <= MOST_CELLS_OF_A_SIGNATURE) & (figures == 0) & pl.lit(not narrow)
    return (
        pl.when(filled == 0)
        .then(pl.lit("blank"))
        .when(_repeats(columns) >= min(3, len(names)))
        .then(pl.lit("header"))
        .when(total)
        .then(pl.lit("total"))
        .when(sparse)
        .then(pl.lit("signature"))
        .alias("reason")
    )


def _repeats(columns: list[Column]) -> pl.Expr:
    """Count the cells that repeat the header of their column."""
    return _count(
        pl.col(column.name)
        .str.strip_chars()
        .str.to_uppercase()
        .is_in([column.header.strip().upper(), normalized_header(column.header)])
        for column in columns
        if column.header
    )


def _count(conditions: Iterable[pl.Expr]) -> pl.Expr:
    return pl.sum_horizontal(
        condition.fill_null(value=False).cast(pl.Int32) for condition in conditions
    )


def _ranges(rows: pl.DataFrame) -> list[NotData]:
    """Join adjacent rows of the same reason."""
    joined = (
        rows.with_columns(
            ((pl.col(ROW).diff() != 1) | (pl.col("reason") != pl.col("reason").shift()))
            .fill_null(value=True)
            .cum_sum()
            .alias("range")
        )
        .group_by("range", maintain_order=True)
        .agg(
            pl.col("reason").first(),
            pl.col(ROW).first().alias("first_row"),
            pl.col(ROW).last().alias("last_row"),
        )
    )
    return [NotData(*line) for line in joined.drop("range").iter_rows()]
