"""Table layout: column widths, text that fits its cell, rows per page and their height."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil
from typing import TYPE_CHECKING

from atlas_assets.deck.text_fit import shortened, text_width
from atlas_assets.notation.tokens import Size

if TYPE_CHECKING:
    from atlas_assets.deck.slides import Column, TableRow

MARGIN = 0.06  # inches left and right of a cell's text
INDENT = 0.16  # inches before a detail's name, and before text that follows figures
SAFETY = 0.03  # inches by which a text that is cut stays short of its cell
NARROWEST = 0.7  # inches that a column of names keeps where figures need much room
ROW_HEIGHTS = (0.262, 0.34)  # inches: the minimum, and the maximum where there is room


@dataclass(frozen=True)
class Pages:
    """The number of rows on each page, as even as possible, and the height of a row in inches."""

    counts: list[int]
    row_height: float


def pages(groups: list[int], height: float) -> Pages:
    """Spread groups of rows that stay together over pages, as evenly as their sizes allow.

    A table, header included, is at most `height` inches high; a group that is larger than that is split.
    """
    least, most = ROW_HEIGHTS
    fitting = int(height / least + 1e-9) - 1
    parts = [part for size in groups for part in _split(size, fitting)] or [0]
    row_count = sum(parts)
    for page_count in range(max(1, ceil(row_count / fitting)), len(parts) + 1):
        counts = _spread(parts, page_count)
        if max(counts) <= fitting:
            return Pages(counts, min(most, max(least, height / (max(counts) + 1))))
    return Pages(parts, least)


def _split(size: int, most: int) -> list[int]:
    return [most] * (size // most) + ([size % most] if size % most else [])


def _spread(parts: list[int], page_count: int) -> list[int]:
    """Return the rows on each page: a page ends at the end of the part that is nearest to its share."""
    row_count, counts, used = sum(parts), [0], 0
    for part in parts:
        share = row_count * len(counts) / page_count
        if (
            counts[-1]
            and len(counts) < page_count
            and abs(used - share) <= abs(used + part - share)
        ):
            counts.append(0)
        counts[-1] += part
        used += part
    return counts


def column_widths(columns: list[Column], width: float) -> list[float]:
    """Return the columns' widths in inches, for a table that is `width` inches wide."""
    total = sum(column.width for column in columns)
    return [width * column.width / total for column in columns]


def with_room_for_figures(
    columns: list[Column], rows: list[TableRow], width: float
) -> list[Column]:
    """Widen columns whose figures do not fit, because figures are never cut, at the names' expense.

    `width` is the table's, in inches. Bars keep their width, and with it their scale.
    """
    widths = column_widths(columns, width)
    needed = [
        max((_figure_width(row, columns, position) for row in rows), default=0.0)
        if column.align == "right" and column.header
        else 0.0
        for position, column in enumerate(columns)
    ]
    missing = [max(0.0, least - own) for least, own in zip(needed, widths, strict=True)]
    if not any(missing):
        return columns
    wider = [own + more for own, more in zip(widths, missing, strict=True)]
    for position in _givers(columns):
        taken = min(sum(wider) - width, max(0.0, wider[position] - NARROWEST))
        wider[position] -= max(0.0, taken)
    return [replace(column, width=own) for column, own in zip(columns, wider, strict=True)]


def _figure_width(row: TableRow, columns: list[Column], position: int) -> float:
    cell = row.cells[position]
    bold = cell.bold or row.is_total or columns[position].emphasized
    return text_width(cell.text, Size.TABLE, bold=bold) + 2 * MARGIN + SAFETY + 0.01


def _givers(columns: list[Column]) -> list[int]:
    """Return the columns that may become narrower: those with text, the widest first."""
    texts = [position for position, column in enumerate(columns) if column.align == "left"]
    return sorted(texts, key=lambda position: -columns[position].width)


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
            room = widths[position] - 2 * MARGIN - space - SAFETY
            bold = cell.bold or row.is_total or columns[position].emphasized
            text = shortened(cell.text, room, Size.TABLE, bold=bold)
            if text != cell.text:
                cut.append(cell.text)
                cells[position] = replace(cell, text=text)
        return replace(row, cells=cells)

    return [fit(row) for row in rows], list(dict.fromkeys(cut))
