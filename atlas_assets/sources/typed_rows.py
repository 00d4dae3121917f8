"""Rows in memory as the second reading takes them, whatever file they are from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from atlas_assets.configuration.column_letters import column_letters, column_position, split_place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from atlas_assets.sources.label_pattern import LabelPattern


@dataclass(frozen=True)
class TypedRows:
    """The rows of a sheet, from row 1 and column A on, as native types; empty texts are blank cells."""

    rows: Sequence[Sequence[object]]

    def values(self, letter: str, first_row: int) -> Iterator[tuple[int, object]]:
        """Yield row and value of the filled cells of a column, from top to bottom."""
        at = column_position(letter)
        for number, row in enumerate(self.rows[first_row - 1 :], first_row):
            if at < len(row) and row[at] != "":
                yield number, row[at]

    def row(self, place: str) -> Mapping[str, object]:
        """Return the filled cells of the row of a cell, by column letter from left to right."""
        cells = self.rows[split_place(place)[1] - 1]
        return {column_letters(at): cell for at, cell in enumerate(cells) if cell != ""}

    def rows_with(self, labels: LabelPattern, form: Callable[[str], str]) -> set[int]:  # noqa: ARG002
        """Return every row: any may be a total."""
        return set(range(1, len(self.rows) + 1))
