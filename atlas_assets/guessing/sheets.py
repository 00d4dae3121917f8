"""What is in the sheets of a workbook: which table, where its header stands, and what its columns are."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from atlas_assets.configuration.registry import folded_word
from atlas_assets.configuration.tables import REQUIRED_COLUMNS, TABLES
from atlas_assets.guessing.dictionary import all_month_words, columns_of
from atlas_assets.sources.grid import ROW, visible
from atlas_assets.sources.headers import header_cells, header_runs
from atlas_assets.sources.workbook.file import open_workbook
from atlas_assets.sources.workbook.sheet import read_grid

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from atlas_assets.configuration.tables import TableName
    from atlas_assets.sources.headers import HeaderCell

LOWEST_HEADER = 30  # rows in which a header is looked for
MOST_MISSING, LEAST_WEIGHT = 3, 2  # columns, beyond which a sheet is no table
RECEIPTS: TableName = "transactions"
SAME_EVERYWHERE = {"unit", "channel", "intake", "product_name"}
LOOKED_BELOW = 50  # rows, whose cells say whether a header of figures has any
_FIGURES = {"amount", "target_students", "target_revenue", "leads", "follow_ups", "target_leads"}
_FEWEST_GROUPS = 2  # months side by side, below which a row of months is none


@dataclass
class Layout:
    """Where a table stands in a sheet: its 1-based header rows, and its columns by header as written.

    `sure` is the percentage of likeness of each header to a word of the field, `letters` its column.
    `others` are headers that are no word of the field.
    """

    table: TableName
    header_rows: list[int]
    columns: dict[str, str] = field(default_factory=dict)
    monthly_columns: dict[str, str] = field(default_factory=dict)
    month_labels: dict[int, str] = field(default_factory=dict)
    block: str | None = None
    sure: dict[str, float] = field(default_factory=dict)
    letters: dict[str, str] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)

    @property
    def missing(self) -> list[str]:
        """The columns that no header names and the table cannot be without."""
        return sorted(self._not_found - set(self.same_everywhere))

    @property
    def same_everywhere(self) -> list[str]:
        """The columns that no header names and that can be the same in every row."""
        return sorted(self._not_found & SAME_EVERYWHERE) if self.table == RECEIPTS else []

    @property
    def _not_found(self) -> set[str]:
        found = {*self.columns.values(), *self.monthly_columns.values()}
        return REQUIRED_COLUMNS[self.table] - found

    @property
    def weight(self) -> tuple[int, int, int, int]:
        """What makes a layout more likely than another: many columns, complete, one row, few strangers."""
        missing = len(self.missing)
        count = len({*self.columns.values(), *self.monthly_columns.values()}) - 2 * missing
        return (count, -missing, -len(self.header_rows), -len(self.others))

    @property
    def is_likely(self) -> bool:
        """Whether this is a table at all."""
        return len(self.missing) <= MOST_MISSING and self.weight[0] >= LEAST_WEIGHT


@dataclass(frozen=True)
class SheetGuess:
    """A sheet: its name, its month (if its name says it), its layout (if it is any table's), and its cells.

    `nearest` is the layout of receipts that it is most like, which may be unlikely.
    """

    name: str
    month: int | None
    layout: Layout | None
    rows: list[dict[str, str | None]]
    nearest: Layout | None = None

    def values(self, column: str) -> Iterator[tuple[int, str]]:
        """Yield the row and the text of every filled cell of a column, repeated headers left out."""
        if self.layout and (letter := self.layout.letters.get(column)):
            first = self.layout.header_rows[-1]
            for number, row in enumerate(self.rows[first:], first + 1):
                text = row.get(letter)
                if text and text not in self.layout.columns:
                    yield number, text


def sheets_of(path: Path) -> list[SheetGuess]:
    """Return what is in each sheet of a workbook. Raises SourceError if it cannot be read."""
    guesses = [_guess(path, name) for name in open_workbook(path).sheet_names]
    return [_as_its_siblings(guess, guesses) for guess in guesses]


def _as_its_siblings(guess: SheetGuess, guesses: list[SheetGuess]) -> SheetGuess:
    """Return a month's sheet with the layout that those of the other months have, if it has none of its own."""
    monthly = [one for one in guesses if one.month and one.layout]
    tables = Counter(one.layout.table for one in monthly if one.layout)
    common = tables.most_common(1)[0][0] if tables else None
    has_one = any(
        one.month == guess.month and one.layout and one.layout.table == common for one in monthly
    )
    if common is None or has_one or not guess.month or not guess.rows:
        return guess
    layouts = [one.layout for one in monthly if one.layout and one.layout.table == common]
    return replace(guess, layout=layouts[0]) if len(layouts) > len(guesses) / 3 else guess


def _guess(path: Path, name: str) -> SheetGuess:
    cells = visible(read_grid(path, name, "").cells)
    rows = cells.drop(ROW).to_dicts()
    layouts = [layout for table in TABLES for layout in _layouts(table, rows)]
    best = max(layouts, key=lambda layout: layout.weight, default=None)
    receipts = [layout for layout in layouts if layout.table == RECEIPTS]
    nearest = max(receipts, key=lambda layout: layout.weight, default=None)
    return SheetGuess(
        name, month_of(name), best if best and best.is_likely else None, rows, nearest
    )


def month_of(text: str) -> int | None:
    """Return the month that a text names, 1 to 12, if it names exactly one."""
    months = {word: number for number, words in all_month_words().items() for word in words}
    words = re.findall(r"[^\W\d_]+", folded_word(text))
    found = {months[word] for word in words if word in months}
    numbered = re.fullmatch(r".*\b20\d\d[-_. ]?(0[1-9]|1[0-2])", text.strip())
    if not found and numbered:
        return int(numbered[1])
    return found.pop() if len(found) == 1 else None


def _layouts(table: TableName, rows: list[dict[str, str | None]]) -> Iterator[Layout]:
    for top in range(min(LOWEST_HEADER, len(rows))):
        for height in (1, 2):
            lines = rows[top : top + height]
            if len(lines) < height:
                continue
            cells = header_cells(lines)
            runs = header_runs(cells)
            header_rows = list(range(top + 1, top + height + 1))
            below = rows[top + height : top + height + LOOKED_BELOW]
            yield _layout(table, header_rows, cells, below)
            if len(runs) > 1:
                for run in runs:
                    layout = _layout(table, header_rows, run, below)
                    layout.block = f"{run[0].letter}:{run[-1].letter}"
                    yield layout


def _layout(
    table: TableName,
    header_rows: list[int],
    cells: list[HeaderCell],
    below: list[dict[str, str | None]],
) -> Layout:
    layout = Layout(table, header_rows)
    months = Counter(month_of(cell.group) for cell in cells if cell.group)
    is_monthly = len([month for month in months if month]) >= _FEWEST_GROUPS
    for cell in cells:
        known, sure = columns_of(table, cell.written)
        column = next((name for name in known if _fits(name, cell.letter, below)), None)
        month = month_of(cell.group) if is_monthly and cell.group else None
        if column is None:
            layout.others.append(cell.written)
            continue
        columns = layout.monthly_columns if month else layout.columns
        if month and cell.group:
            layout.month_labels[month] = cell.group
        if column in columns.values() and not month:
            continue  # the first column of that name is meant
        columns[cell.written] = column
        layout.sure[cell.written] = sure
        layout.letters.setdefault(column, cell.letter)
    return layout


def _fits(column: str, letter: str, rows: list[dict[str, str | None]]) -> bool:
    """Return whether the cells below a header can be what it seems to say: figures have digits."""
    texts = [text for row in rows if (text := row.get(letter))]
    if column not in _FIGURES or not texts:
        return True
    return sum(1 for text in texts if re.search(r"\d", text)) >= len(texts) / 2
