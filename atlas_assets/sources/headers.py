"""Finds the header of a table in a sheet, also where somebody moved it, and names the columns."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

import polars as pl
from xlsxwriter.utility import xl_cell_to_rowcol

from atlas_assets.configuration.header_text import normalized_header
from atlas_assets.configuration.tables import OPTIONAL_COLUMNS
from atlas_assets.errors import SourceError, nearest
from atlas_assets.sources.adapter import SheetColumn
from atlas_assets.sources.grid import ROW
from atlas_assets.sources.raw_store import PROVENANCE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from atlas_assets.configuration.workbook_year import SheetTable
    from atlas_assets.sources.grid import Grid

SEARCHED_BELOW = 20  # rows below the configured header that are searched for it


@dataclass(frozen=True)
class Header:
    """Where a table's header stands, its columns from left to right, and what is unusual."""

    rows: list[int]
    columns: list[SheetColumn]
    warnings: list[str]


@dataclass(frozen=True)
class _Cell:
    """A header cell: its column's letter, its text, and that of the merged cell above it."""

    letter: str
    written: str
    group: str | None


def find_header(
    grid: Grid, layout: SheetTable, month: int, where: str, configured_in: str
) -> Header:
    """Find the header of a table and name the columns below it.

    `where`, file and sheet, begins every message; `configured_in` is the file to correct.
    Raises SourceError when a column is missing that figures depend on, with the nearest header and
    the line to add to the configuration.
    """
    if grid.cells.width == 1:
        raise SourceError(
            f"{where} is empty. Expected the header in row {_listed(layout.header_rows)}. Fill the "
            f"sheet, or take it out of {configured_in}."
        )
    rows, cells = _located(grid, layout, month)
    warnings: list[str] = []
    if rows != layout.header_rows:
        warnings.append(
            f"the header stands in row {_listed(rows)}, not in row {_listed(layout.header_rows)}"
        )
    known = _known(cells, layout, month)
    _refuse_missing(cells, known, layout, month, rows, where, configured_in)
    _refuse_repeated(known, rows, where)
    block = layout.block.split(":") if layout.block else None
    if block and cells and cells[0].letter != block[0]:
        warnings.append(f"the columns begin in column {cells[0].letter}, not in {block[0]}")
    columns = _named(cells, known, layout) + _without_header(grid, cells, layout, rows)
    columns.sort(key=lambda column: _position(column.letter))
    warnings += _moved(columns, layout) + _absent(columns, layout) + _unknown(columns, layout)
    return Header(rows, columns, warnings)


def _located(grid: Grid, layout: SheetTable, month: int) -> tuple[list[int], list[_Cell]]:
    """Return the rows of the header and their cells; no cells where there is nothing like one.

    The topmost row that holds half of the headers is the header, even if a complete one stands
    further down: that one is repeated among the data.
    """
    lines = grid.cells.head(layout.header_rows[-1] + SEARCHED_BELOW).to_dicts()
    offsets = [row - layout.header_rows[0] for row in layout.header_rows]
    candidates = [
        ([top + 1 + offset for offset in offsets], cells)
        for top in range(len(lines) - offsets[-1])
        for cells in _runs(_cells([lines[top + offset] for offset in offsets]), layout)
    ]

    def known(candidate: tuple[list[int], list[_Cell]]) -> int:
        return len(set(_known(candidate[1], layout, month).values()))

    names = {*layout.columns.values(), *layout.monthly_columns.values()}
    plausible = [found for found in candidates if known(found) >= max(2, len(names) / 2)]
    if plausible:
        top = plausible[0][0][0]  # a header of two rows begins to show one row too early
        near = [found for found in plausible if found[0][0] <= top + offsets[-1]]
        return max(near, key=known)
    best = max(candidates, key=known, default=(layout.header_rows, []))
    return best if known(best) else (layout.header_rows, [])


def _cells(lines: list[dict[str, str | None]]) -> list[_Cell]:
    """Return the header cells of one or several rows, from left to right.

    The lowest filled cell is the header; the top row's text, which a merged cell holds only on
    its left, is the group of the columns to its right.
    """
    cells: list[_Cell] = []
    group: str | None = None
    for letter in lines[0]:
        if letter == ROW:
            continue
        texts = [line.get(letter) for line in lines]
        group = texts[0] or group
        filled = [text for text in texts if text]
        if filled:
            cells.append(_Cell(letter, filled[-1], group if len(lines) > 1 else None))
    return cells


def _runs(cells: list[_Cell], layout: SheetTable) -> list[list[_Cell]]:
    """Return all cells, or where blocks stand side by side, those of each block."""
    if layout.block is None:
        return [cells]
    runs: list[list[_Cell]] = []
    for cell in cells:
        if runs and _position(cell.letter) == _position(runs[-1][-1].letter) + 1:
            runs[-1].append(cell)
        else:
            runs.append([cell])
    return runs


def _known(cells: list[_Cell], layout: SheetTable, month: int) -> dict[str, str]:
    """Return letter → column for the headers that the configuration knows."""
    names = {normalized_header(header): name for header, name in layout.columns.items()}
    monthly = {normalized_header(header): name for header, name in layout.monthly_columns.items()}
    label = normalized_header(layout.month_labels.get(month, ""))
    found: dict[str, str] = {}
    for cell in cells:
        header = normalized_header(cell.written)
        if header in monthly and normalized_header(cell.group or "") == label:
            found[cell.letter] = monthly[header]
        elif header in names:
            found[cell.letter] = names[header]
    return found


def _refuse_missing(
    cells: list[_Cell],
    known: dict[str, str],
    layout: SheetTable,
    month: int,
    rows: list[int],
    where: str,
    configured_in: str,
) -> None:
    label = layout.month_labels.get(month)
    groups = list(dict.fromkeys(cell.group for cell in cells if cell.group))
    if label and normalized_header(label) not in map(normalized_header, groups):
        raise SourceError(
            f"{where}: there is no month {label!r} in row {rows[0]}.{nearest(label, groups)} Found: "
            f"{_quoted(groups)}. Correct the sheet, or `month_labels` in {configured_in}."
        )
    seen = [cell.written for cell in cells]
    missing = {
        name: header
        for header, name in reversed([*layout.columns.items(), *layout.monthly_columns.items()])
        if name not in known.values() and name not in OPTIONAL_COLUMNS
    }
    if missing:
        name, header = list(missing.items())[-1]
        more = f" ({len(missing) - 1} more are missing, too.)" if len(missing) > 1 else ""
        unknown = [normalized_header(c.written) for c in cells if c.letter not in known]
        candidate = nearest(normalized_header(header), unknown)
        line = candidate.split("'")[1] if candidate.count("'") == 2 else "<header as written>"
        key = "monthly_columns" if header in layout.monthly_columns else "columns"
        raise SourceError(
            f"{where}: there is no column {header!r} in row {_listed(rows)}.{candidate} Found: "
            f"{_quoted(seen)}.{more} Correct the header in the sheet, or add the line "
            f"`{line!r}: {name}` under `{key}` of this table in {configured_in}."
        )


def _refuse_repeated(known: dict[str, str], rows: list[int], where: str) -> None:
    places: dict[str, list[str]] = {}
    for letter, name in known.items():
        places.setdefault(name, []).append(letter)
    for name, letters in places.items():
        if len(letters) > 1:
            raise SourceError(
                f"{where}: columns {' and '.join(letters)} both have the header of {name!r} in row "
                f"{rows[-1]}. Rename the one that is not meant."
            )


def _named(cells: list[_Cell], known: dict[str, str], layout: SheetTable) -> list[SheetColumn]:
    """Return the columns; one that is unknown keeps its header, as a name that databases take."""
    taken = {*PROVENANCE, *known.values()}
    monthly = set(map(normalized_header, layout.monthly_columns))
    columns: list[SheetColumn] = []
    for cell in cells:
        name = known.get(cell.letter)
        if name is None:
            if normalized_header(cell.written) in monthly:
                continue  # another month's
            words = re.findall(r"[^\W_]+", normalized_header(cell.written).casefold())
            name = "_".join(words) or f"column_{cell.letter.lower()}"
            if name in taken:
                name = f"{name}_{cell.letter.lower()}"
            taken.add(name)
        columns.append(SheetColumn(cell.letter, cell.written, name))
    return columns


def _without_header(
    grid: Grid, cells: list[_Cell], layout: SheetTable, rows: list[int]
) -> list[SheetColumn]:
    """Return the columns that hold something below the header but have no header themselves."""
    if layout.block:
        return []
    headed = {cell.letter for cell in cells}
    body = grid.cells.filter(pl.col(ROW) > rows[-1])
    return [
        SheetColumn(letter, None, f"column_{letter.lower()}")
        for letter in grid.cells.columns[1:]
        if letter not in headed and body[letter].null_count() < body.height
    ]


def _moved(columns: list[SheetColumn], layout: SheetTable) -> list[str]:
    expected = list(dict.fromkeys([*layout.columns.values(), *layout.monthly_columns.values()]))
    found = [column for column in columns if column.name in expected]
    names = [column.name for column in found]
    expected = [name for name in expected if name in names]
    matcher = SequenceMatcher(None, expected, names, autojunk=False)
    in_place = {
        position
        for match in matcher.get_matching_blocks()
        for position in range(match.b, match.b + match.size)
    }
    return [
        f"column {column.letter} ({column.header}) stands elsewhere than in the configuration"
        for position, column in enumerate(found)
        if position not in in_place
    ]


def _absent(columns: list[SheetColumn], layout: SheetTable) -> list[str]:
    present = {column.name for column in columns}
    headers = {name: header for header, name in reversed(layout.columns.items())}
    return [
        f"there is no column {header!r}; it is left empty"
        for name, header in reversed(headers.items())
        if name not in present
    ]


def _unknown(columns: list[SheetColumn], layout: SheetTable) -> list[str]:
    configured = {*layout.columns.values(), *layout.monthly_columns.values()}
    return [
        f"column {column.letter} ({column.header or 'without header'}) is not in the configuration; "
        f"kept as {column.name!r}"
        for column in columns
        if column.name not in configured
    ]


def _position(letter: str) -> int:
    return xl_cell_to_rowcol(f"{letter}1")[1]


def _listed(rows: list[int]) -> str:
    return " and ".join(map(str, rows))


def _quoted(texts: Iterable[str]) -> str:
    return ", ".join(map(repr, texts)) or "nothing"
