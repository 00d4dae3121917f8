"""Separates records from whatever else is below a header: blank rows, headers, totals, signatures."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl

from atlas_assets.configuration.header_text import normalized_header
from atlas_assets.configuration.tables import KEY_COLUMNS
from atlas_assets.configuration.visible_text import visible_text
from atlas_assets.errors import SourceError
from atlas_assets.sources.adapter import NotData
from atlas_assets.sources.control import amount_of
from atlas_assets.sources.grid import ROW

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from atlas_assets.configuration.sheet_words import SheetWords
    from atlas_assets.sources.adapter import SheetColumn

# Patterns are of plain characters, because those of all of Unicode take long to compile.
MOST_CELLS_OF_A_SIGNATURE = 3
MOST_TEXTS_OF_A_TOTAL = 2  # besides its label; a record has more
LABELLED = {
    "unit",
    "student_name",
    "product_name",
    "channel",
}  # where TOTAL may stand beside a unit
SPACED = r"^([^ ] )+[^ ]$"  # T O T A L
FEWEST_NUMBERS = 5  # of a row that numbers the columns
NARROW_TABLE = 4  # columns; up to this width a row of text alone is a record, not a signature
WORD = r"\p{L}{4,}"
MEASURES = {"amount", "target_students", "target_revenue", "target_leads", "leads", "follow_ups"}
OTHER_HEADER = "other header"


def not_data(
    body: pl.DataFrame, columns: list[SheetColumn], words: SheetWords, where: str
) -> list[NotData]:
    """Return the rows that are not records: `blank`, `header`, `total` or `signature`.

    `body` has the columns by name, and `source_row`. A row with nothing but its row number is blank.
    A total begins with one of `words.total_labels` and has no row number, or is an amount that stands alone
    and is the sum of those above. A signature is below the last record and has no figures.
    Raises SourceError, which begins with `where`, for a row that repeats the header in another order,
    because the rows below it would be read into the wrong columns.
    """
    names = [column.name for column in columns]
    figure = _figure(words.currency)
    numbered = _numbered(body)
    alone = body.select(pl.sum_horizontal(pl.col(names).is_not_null())).to_series() <= 1
    numbering = _numbering(body, names)
    doubtful = ~numbered | alone | body[ROW].is_in(numbering)  # the other rows are records
    rows = body.filter(doubtful)
    totals = _totals(rows, names, words.total_labels, figure)
    marked = rows.select(ROW, _reason(columns, numbering, totals, figure))
    if (other := marked.filter(pl.col("reason") == OTHER_HEADER)).height:
        raise SourceError(
            f"{where}: row {other[ROW][0]} repeats the header with its columns in another order. Bring the "
            "columns below it into the order of the header above, and delete the row."
        )
    last_record = max(
        body.filter(~doubtful)[ROW].max() or 0,
        marked.filter(pl.col("reason").is_null())[ROW].max() or 0,
    )
    excluded = marked.filter(
        pl.col("reason").is_not_null()
        & ((pl.col("reason") != "signature") | (pl.col(ROW) > last_record))
    )
    sums = body.filter(pl.col(ROW).is_in(_sums_without_label(body, excluded, words.currency)))
    sums = sums.select(ROW, pl.lit("total").alias("reason"))
    return _ranges(pl.concat([excluded, sums]).sort(ROW))


def _figure(currency: Sequence[str]) -> str:
    """Return the pattern of a number, perhaps with a word of the currency before or after it."""
    word = f"(?:{'|'.join(map(re.escape, currency))})"
    return rf"^(?i:{word})?[ .]*[-0-9][0-9., -]*(?i:{word}[.]?)?$"


def _numbered(body: pl.DataFrame) -> pl.Series:
    """Return whether each row has a running number."""
    if "row_number" not in body.columns:
        return pl.Series([False]).new_from_index(0, body.height)
    return body["row_number"].str.contains(r"^\s*\d").fill_null(value=False)


def _sums_without_label(
    body: pl.DataFrame, excluded: pl.DataFrame, currency: Sequence[str]
) -> list[int]:
    """Return the rows with nothing but an amount that is the sum of all above, or since the last total."""
    if "amount" not in body.columns:
        return []
    keys = [name for name in body.columns if name in KEY_COLUMNS]
    alone = pl.all_horizontal(pl.col(keys).is_null()).alias("alone")
    reasons = body.select(ROW, "amount", alone).join(excluded, on=ROW, how="left")
    lines = reasons.filter(pl.col("amount").is_not_null())
    if not lines.filter(pl.col("alone") & pl.col("reason").is_null()).height:
        return []
    found: list[int] = []
    everything, since_total, count = Decimal(0), Decimal(0), 0
    for row, text, is_alone, reason in lines.iter_rows():
        amount = amount_of(text, currency)
        if amount is None:
            continue
        is_sum = is_alone and count and amount in {everything, since_total}
        if is_sum and reason is None:
            found.append(row)
        is_total = is_sum or reason == "total"
        everything += 0 if is_total else amount
        since_total = Decimal(0) if is_total else since_total + amount
        count += 1
    return found


def _reason(
    columns: list[SheetColumn], numbering: list[int], totals: list[int], figure: str
) -> pl.Expr:
    """Return what a doubtful row is instead of a record, as `reason`; null if it is a record.

    `numbering` and `totals` are the rows that number the columns, and that may be totals; `figure` is the
    pattern of a number.
    """
    names = [column.name for column in columns]
    narrow = len(names) <= NARROW_TABLE
    numbered = pl.col("row_number").is_not_null() if "row_number" in names else pl.lit(False)
    filled = _count(pl.col(name).is_not_null() for name in names)
    figures = _count(pl.col(name).str.contains(figure) for name in names)
    measures = [pl.col(name) for name in names if name in MEASURES]
    measured = pl.any_horizontal(  # a text alone in its row may be a signature
        pl.lit(False),
        *(cell.is_not_null() & ((filled > 1) | ~cell.str.contains(WORD)) for cell in measures),
    )
    sparse = (filled <= MOST_CELLS_OF_A_SIGNATURE) & (figures == 0) & ~measured & pl.lit(not narrow)
    in_place = _repeats(columns, anywhere=False)
    return (
        pl.when((filled == 0) | ((filled == 1) & numbered & (figures == 1)))
        .then(pl.lit("blank"))
        .when((in_place >= min(3, len(names))) | pl.col(ROW).is_in(numbering))
        .then(pl.lit("header"))
        .when(_repeats(columns, anywhere=True) >= max(3, len(names) / 2))
        .then(pl.lit(OTHER_HEADER))
        .when(pl.col(ROW).is_in(totals))
        .then(pl.lit("total"))
        .when(sparse)
        .then(pl.lit("signature"))
        .alias("reason")
    )


def _totals(
    rows: pl.DataFrame, names: list[str], total_labels: Sequence[str], figure: str
) -> list[int]:
    """Return the rows that a label of totals stands in, with little other text."""
    labels = [_folded(label) for label in total_labels]
    cells = [pl.col(name) for name in names]
    texts = _count(cell.is_not_null() & ~cell.str.contains(figure) for cell in cells)
    short = rows.filter(texts.is_between(1, 1 + MOST_TEXTS_OF_A_TOTAL)).select(ROW, *names)
    return [
        row
        for row, *values in short.iter_rows()
        if _is_total(dict(zip(names, values, strict=True)), labels, figure)
    ]


def _is_total(cells: dict[str, str | None], labels: list[str], figure: str) -> bool:
    """Return whether a row's first text is a label or begins or ends with one, or a text is just a label."""
    texts = {name: cell for name, cell in cells.items() if cell and not re.match(figure, cell)}
    name, first = next(iter(texts.items()))
    is_wide = len(cells) > NARROW_TABLE
    if is_wide and any(_folded(texts.get(of, "")) in labels for of in (name, *LABELLED)):
        return True
    begins = any(_begins(first, label) or _ends(first, label) for label in labels)
    is_without_unit = is_wide and not {"unit", "receipt_number"} & texts.keys()
    return begins and (len(texts) == 1 or is_without_unit)


def _begins(text: str, label: str) -> bool:
    """Return whether a text begins with a label as a word, or with its letters spaced."""
    folded, is_spaced = _folded(text), _folded(text) != _bare(text)
    return folded.startswith(label) and (
        is_spaced or re.match(r"[^0-9A-Z]|$", folded.removeprefix(label)) is not None
    )


def _ends(text: str, label: str) -> bool:
    """Return whether a text ends with a label as its last word: `Month total`."""
    return _folded(text).endswith(f" {label}")


def _folded(text: str) -> str:
    """Return a text as labels are compared with it: in capitals, without marks around it, not spaced."""
    bare = _bare(text)
    return bare.replace(" ", "") if re.match(SPACED, bare) else bare


def _bare(text: str) -> str:
    return re.sub(r"[ _./-]+", " ", visible_text(text).upper()).strip(" :=")


def _numbering(body: pl.DataFrame, names: list[str]) -> list[int]:
    """Return the rows that number the columns: 1, 2, 3 and so on, perhaps in parentheses."""
    if len(names) < FEWEST_NUMBERS:
        return []
    starts = [pl.col(name).str.strip_chars("()") == str(n) for n, name in enumerate(names[:2], 1)]
    return [
        row
        for row, *cells in body.filter(pl.all_horizontal(starts)).select(ROW, *names).iter_rows()
        if [cell.strip("()") for cell in cells if cell] == list(map(str, range(1, len(names) + 1)))
    ]


def _repeats(columns: list[SheetColumn], *, anywhere: bool) -> pl.Expr:
    """Count the cells that repeat the header of their own column or, if `anywhere`, of any column."""
    written = [column.header for column in columns if column.header]
    every = [form for header in written for form in _forms(header)]
    return _count(
        pl.col(column.name)
        .str.strip_chars()
        .str.to_uppercase()
        .is_in(every if anywhere else _forms(column.header))
        for column in columns
        if column.header
    )


def _forms(header: str) -> list[str]:
    return [header.strip().upper(), normalized_header(header)]


def _count(conditions: Iterable[pl.Expr]) -> pl.Expr:
    return pl.sum_horizontal(
        condition.fill_null(value=False).cast(pl.Int32) for condition in conditions
    )


def _ranges(rows: pl.DataFrame) -> list[NotData]:
    """Join adjacent rows with the same reason."""
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
