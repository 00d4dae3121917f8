"""Table layout: column widths, text that fits its cell, rows per page and their height."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil
from typing import TYPE_CHECKING

from atlas_assets.deck.text_fit import shortened
from atlas_assets.notation.tokens import Size

if TYPE_CHECKING:
    from atlas_assets.deck.slides import Column, TableRow

MARGIN = 0.06  # inches left and right of a cell's text
INDENT = 0.16  # inches before a detail's name, and before text that follows figures
ROW_HEIGHTS = (0.262, 0.34)  # inches: the minimum, and the maximum where there is room


@dataclass(frozen=True)
class Pages:
    """The number of rows on each page, as even as possible, and the height of a row in inches."""

    counts: list[int]
    row_height: float


def pages(row_count: int, height: float) -> Pages:
    """Spread rows over pages whose table, header included, is at most `height` inches high."""
    least, most = ROW_HEIGHTS
    fitting = int(height / least + 1e-9) - 1
    count = max(1, ceil(row_count / fitting))
    counts = [(row_count + page) // count for page in reversed(range(count))]
    return Pages(counts, min(most, max(least, height / (max(counts) + 1))))


def column_widths(columns: list[Column], width: float) -> list[float]:
    """Return the columns' widths in inches, for a table that is `width` inches wide."""
    total = sum(column.width for column in columns)
    return [width * column.width / total for column in columns]


def indent(columns: list[Column], position: int, *, is_detail: bool = False) -> float:
    """Return a cell's indent in inches: details have one, and so has text after figures."""
    if position == 0:
        return INDENT if is_detail else 0.0
    after_figures = columns[position - 1].align == "right"
    return INDENT if after_figures and columns[position].align == "left" else 0.0


def fitted(
    columns: list[Column], rows: list[TableRow], width: float
) -> tuple[list[TableRow], list[str]]:
    """Return the rows with text shortened to fit its cell, and the full texts that were cut.

    `width` is the table's, in inches.
    """
    widths = column_widths(columns, width)
    cut: list[str] = []

    def fit(row: TableRow) -> TableRow:
        cells = list(row.cells)
        for position, cell in enumerate(row.cells):
            space = indent(columns, position, is_detail=row.is_detail)
            room = widths[position] - 2 * MARGIN - space
            bold = cell.bold or row.is_total or columns[position].emphasized
            text = shortened(cell.text, room, Size.TABLE, bold=bold)
            if text != cell.text:
                cut.append(cell.text)
                cells[position] = replace(cell, text=text)
        return replace(row, cells=cells)

    return [fit(row) for row in rows], list(dict.fromkeys(cut))
