"""How tables are laid out: column widths, what fits into a cell, rows a page and their height."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil
from typing import TYPE_CHECKING

from atlas_assets.deck.text_fit import shortened
from atlas_assets.notation.tokens import Size

if TYPE_CHECKING:
    from atlas_assets.deck.slides import Column, TableRow

MARGIN = 0.06  # left and right of a cell's text
INDENT = 0.16  # of a detail's name, and between figures and words after them
ROW_HEIGHTS = (0.262, 0.34)  # the least, and the most where there is room


@dataclass(frozen=True)
class Pages:
    """Rows by page, as even as can be, and how high they are."""

    counts: list[int]
    row_height: float


def pages(row_count: int, height: float) -> Pages:
    """Divide rows over pages whose table is at most `height` inches high, its header included."""
    least, most = ROW_HEIGHTS
    fitting = int(height / least + 1e-9) - 1
    count = max(1, ceil(row_count / fitting))
    counts = [(row_count + page) // count for page in reversed(range(count))]
    return Pages(counts, min(most, max(least, height / (max(counts) + 1))))


def column_widths(columns: list[Column], width: float) -> list[float]:
    """Return the columns' widths in inches."""
    total = sum(column.width for column in columns)
    return [width * column.width / total for column in columns]


def indent(columns: list[Column], position: int, *, is_detail: bool = False) -> float:
    """Return how far a cell's text is set in: details, and words just behind figures."""
    if position == 0:
        return INDENT if is_detail else 0.0
    after_figures = columns[position - 1].align == "right"
    return INDENT if after_figures and columns[position].align == "left" else 0.0


def fitted(
    columns: list[Column], rows: list[TableRow], width: float
) -> tuple[list[TableRow], list[str]]:
    """Cut what is too wide for its cell, and return the rows with the texts that were cut."""
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
