"""Which workbooks belong together: by company and year, from their names and dates."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from atlas_assets.configuration.registry import folded_word
from atlas_assets.guessing.dictionary import all_month_words, dictionary
from atlas_assets.guessing.sheets import SheetGuess, sheets_of

if TYPE_CHECKING:
    from pathlib import Path

_UNNAMED = "COMPANY"  # where no file name has a word of its own
_DATE_COLUMNS = ("transaction_date", "registration_date", "activity_date", "intake")


@dataclass(frozen=True)
class Book:
    """A workbook: its company's code, its year with the reason for it, its sheets, and its first month."""

    path: Path
    entity: str
    year: int
    why_year: str
    sheets: list[SheetGuess]
    first_month: int = 1


def books_of(paths: list[Path]) -> list[Book]:
    """Return what each workbook is. Raises SourceError if one cannot be read."""
    books: list[Book] = []
    for path in paths:
        sheets = sheets_of(path)
        year, why = _year(path.stem, sheets)
        first = _first_month(sheets, year)
        books.append(Book(path, _entity(path.stem), year, why, sheets, first))
    return books


def _first_month(sheets: list[SheetGuess], year: int) -> int:
    """Return the month with which a workbook begins: another than January if earlier ones are of the next year."""
    dated: dict[int, int] = {}
    for sheet in sheets:
        if sheet.month and (years := _years_of([sheet])):
            dated[sheet.month] = years.most_common(1)[0][0]
    of_next_year = [month for month, of in dated.items() if of == year + 1]
    first = max(of_next_year, default=0) + 1
    is_whole = all(of == year + (month < first) for month, of in dated.items())
    return first if is_whole else 1


def _entity(name: str) -> str:
    """Return the code of the company that a file name names: its first word that is its own."""
    months = {word for words in all_month_words().values() for word in words}
    common = {*map(folded_word, dictionary().file_words), *months}
    words = re.findall(r"[^\W\d_]+", folded_word(name))
    own = [word for word in words if word not in common]
    code = re.sub(r"[^A-Z0-9]", "", own[0]) if own else _UNNAMED
    return code if re.match("[A-Z]", code) else _UNNAMED


def _year(name: str, sheets: list[SheetGuess]) -> tuple[int, str]:
    """Return the year of a workbook, and where it is from."""
    if match := re.search(r"(?<!\d)(20\d\d)(?!\d)", name):
        return int(match[1]), "in the file's name"
    years = _years_of(sheets)
    if not years:
        return 2000, "NOT FOUND: correct it, here and in the file's name"
    year, count = years.most_common(1)[0]
    return year, f"of {count:,} of {years.total():,} dates"


def _years_of(sheets: list[SheetGuess]) -> Counter[int]:
    """Count the years of the dates in some sheets."""
    return Counter(
        int(match[1])
        for sheet in sheets
        for column in _DATE_COLUMNS
        for _, text in sheet.values(column)
        if (match := re.search(r"(?<!\d)(20\d\d)(?!\d)", text))
    )
