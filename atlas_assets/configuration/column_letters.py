"""The letters of spreadsheet columns. xlsxwriter has them too, but takes 0.12 s to load in every command."""

from __future__ import annotations

from functools import reduce

_LETTERS = 26


def column_position(letters: str) -> int:
    """Return the position of a column: A is 0, AA is 26."""
    return reduce(lambda found, char: found * _LETTERS + ord(char) - ord("A") + 1, letters, 0) - 1


def split_place(cell: str) -> tuple[str, int]:
    """Return the column letters and the 1-based row of a cell such as `B12`."""
    letters = cell.rstrip("0123456789")
    return letters, int(cell[len(letters) :])


def column_letters(position: int) -> str:
    """Return the letters of the column at a position from 0."""
    before, last = divmod(position, _LETTERS)
    return (column_letters(before - 1) if before else "") + chr(ord("A") + last)
