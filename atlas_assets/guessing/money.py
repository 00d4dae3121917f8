"""Which money workbooks are in: by headers of amounts and amounts or, if these say nothing, number formats."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from atlas_assets.guessing.dictionary import dictionary
from atlas_assets.sources.workbook.archive import Archive, UninspectableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from atlas_assets.guessing.books import Book
    from atlas_assets.guessing.sheets import SheetGuess

_AMOUNTS = {"amount", "target_revenue", "reported_revenue"}
_FORMAT = re.compile(r'formatCode="([^"]*)"')


def currency_of(books: list[Book]) -> tuple[str, str] | None:
    """Return the code of the currency that most marks stand for, and where they were found; None without."""
    sheets = [sheet for book in books for sheet in book.sheets]
    places = {
        "in headers of amounts and amounts": (t for sheet in sheets for t in _texts(sheet)),
        "in number formats": (text for book in books for text in _formats(book)),
    }
    for place, texts in places.items():
        if found := _marks(texts):
            code, count = found.most_common(1)[0]
            return code, f"{count:,} marks {place}"
    return None


def _texts(sheet: SheetGuess) -> Iterator[str]:
    columns = sheet.layout.columns | sheet.layout.monthly_columns if sheet.layout else {}
    for header, column in columns.items():
        if column in _AMOUNTS:
            yield header
            yield from (text for _, text in sheet.values(column))


def _formats(book: Book) -> Iterator[str]:
    try:
        styles = Archive(book.path.read_bytes()).read("xl/styles.xml")
    except UninspectableError:
        return
    yield from _FORMAT.findall(styles.decode("utf-8", "replace"))


def _marks(texts: Iterable[str]) -> Counter[str]:
    """Count the texts with a currency's code or symbol as a word, by code; `S$` is not `$`."""
    patterns = {
        code: re.compile(rf"(?i)(?<![^\W\d_])(?:{code}|{re.escape(marks.symbol)})(?![^\W\d_])")
        for code, marks in dictionary().currencies.items()
    }
    return Counter(
        code for text in texts for code, pattern in patterns.items() if pattern.search(text)
    )
