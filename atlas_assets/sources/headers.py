"""Locates the header of a table in a sheet, even if it has been moved, and names the columns."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

import polars as pl

from atlas_assets.configuration.column_letters import column_position
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

SEARCHED_BELOW = 20  # how many rows below its configured place the header is searched for


@dataclass(frozen=True)
class Header:
    """The 1-based rows of a table's header, its columns from left to right, and warnings."""

    rows: list[int]
    columns: list[SheetColumn]
    warnings: list[str]


@dataclass(frozen=True)
class HeaderCell:
    """A header cell: its column letter, its text, and the text of the group header above it."""

    letter: str
    written: str
    group: str | None


def find_header(
    grid: Grid, layout: SheetTable, month: int, where: str, configured_in: str
) -> Header:
    """Locate the header of a table and name the columns below it.

    `month` is 1 to 12. `where` (file and sheet) starts every message; `configured_in` is the file to
    correct. Raises SourceError if the sheet is empty, or a required column or month label is missing
    or ambiguous; for a missing column, with the nearest header and the line to add to the
    configuration.
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
    columns.sort(key=lambda column: column_position(column.letter))
    warnings += _moved(columns, layout) + _absent(columns, layout) + _unknown(columns, layout)
    return Header(rows, columns, warnings)


def _located(grid: Grid, layout: SheetTable, month: int) -> tuple[list[int], list[HeaderCell]]:
    """Return the rows of the header and its cells; no cells if nothing resembles a header.

    The topmost row with at least half of the configured headers is the header, even if a complete one
    follows further down: that one is a repetition among the data.
    """
    lines = grid.cells.head(layout.header_rows[-1] + SEARCHED_BELOW).to_dicts()
    offsets = [row - layout.header_rows[0] for row in layout.header_rows]
    candidates = [
        ([top + 1 + offset for offset in offsets], cells)
        for top in range(len(lines) - offsets[-1])
        for cells in _blocks(header_cells([lines[top + offset] for offset in offsets]), layout)
    ]

    def known(candidate: tuple[list[int], list[HeaderCell]]) -> int:
        return len(set(_known(candidate[1], layout, month).values()))

    names = {*layout.columns.values(), *layout.monthly_columns.values()}
    plausible = [item for item in candidates if known(item) >= max(2, len(names) / 2)]
    if plausible:
        top = plausible[0][0][0]  # a two-row header partly matches one row too early
        near = [item for item in plausible if item[0][0] <= top + offsets[-1]]
        return max(near, key=known)
    best = max(candidates, key=known, default=(layout.header_rows, []))
    return best if known(best) else (layout.header_rows, [])


def header_cells(lines: list[dict[str, str | None]]) -> list[HeaderCell]:
    """Return the header cells of one or more rows, from left to right.

    The lowest filled cell of a column is its header. A text in the top row is the group of its own
    column and of those to the right, because a merged cell has its text only in its leftmost cell.
    """
    cells: list[HeaderCell] = []
    group: str | None = None
    for letter in lines[0]:
        if letter == ROW:
            continue
        texts = [line.get(letter) for line in lines]
        group = texts[0] or group
        filled = [text for text in texts if text]
        if filled:
            cells.append(HeaderCell(letter, filled[-1], group if len(lines) > 1 else None))
    return cells


def _blocks(cells: list[HeaderCell], layout: SheetTable) -> list[list[HeaderCell]]:
    """Return all cells as one block, or the blocks side by side if the layout is one of several."""
    return header_runs(cells) if layout.block else [cells]


def header_runs(cells: list[HeaderCell]) -> list[list[HeaderCell]]:
    """Return the cells in runs of adjacent columns: one for each block of a sheet."""
    runs: list[list[HeaderCell]] = []
    for cell in cells:
        if runs and column_position(cell.letter) == column_position(runs[-1][-1].letter) + 1:
            runs[-1].append(cell)
        else:
            runs.append([cell])
    return runs


def _known(cells: list[HeaderCell], layout: SheetTable, month: int) -> dict[str, str]:
    """Return the column names of the configured headers, by column letter."""
    names = {normalized_header(header): name for header, name in layout.columns.items()}
    monthly = {normalized_header(header): name for header, name in layout.monthly_columns.items()}
    label = normalized_header(layout.month_labels.get(month, ""))
    names_by_letter: dict[str, str] = {}
    for cell in cells:
        header = normalized_header(cell.written)
        if header in monthly and normalized_header(cell.group or "") == label:
            names_by_letter[cell.letter] = monthly[header]
        elif header in names:
            names_by_letter[cell.letter] = names[header]
    return names_by_letter


def _refuse_missing(
    cells: list[HeaderCell],
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


def _named(cells: list[HeaderCell], known: dict[str, str], layout: SheetTable) -> list[SheetColumn]:
    """Return the named columns; an unknown one keeps its header, as a valid column name."""
    taken = {*PROVENANCE, *known.values()}
    monthly = set(map(normalized_header, layout.monthly_columns))
    columns: list[SheetColumn] = []
    for cell in cells:
        name = known.get(cell.letter)
        if name is None:
            if normalized_header(cell.written) in monthly:
                continue  # a column of another month
            words = re.findall(r"[^\W_]+", normalized_header(cell.written).casefold())
            name = "_".join(words) or f"column_{cell.letter.lower()}"
            if name in taken:
                name = f"{name}_{cell.letter.lower()}"
            taken.add(name)
        columns.append(SheetColumn(cell.letter, cell.written, name))
    return columns


def _without_header(
    grid: Grid, cells: list[HeaderCell], layout: SheetTable, rows: list[int]
) -> list[SheetColumn]:
    """Return the columns that have data below the header row but no header of their own."""
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
    present = [column for column in columns if column.name in expected]
    names = [column.name for column in present]
    expected = [name for name in expected if name in names]
    matcher = SequenceMatcher(None, expected, names, autojunk=False)
    in_place = {
        position
        for match in matcher.get_matching_blocks()
        for position in range(match.b, match.b + match.size)
    }
    return [
        f"column {column.letter} ({column.header}) stands elsewhere than in the configuration"
        for position, column in enumerate(present)
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


def _listed(rows: list[int]) -> str:
    return " and ".join(map(str, rows))


def _quoted(texts: Iterable[str]) -> str:
    return ", ".join(map(repr, texts)) or "nothing"
