"""The words of the field, and how sure one can be that a text is one of them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import Field
from rapidfuzz import fuzz, process

from atlas_assets.configuration.calendar_words import month_words
from atlas_assets.configuration.header_text import normalized_header
from atlas_assets.configuration.tables import TableName
from atlas_assets.documents.strict_model import StrictModel
from atlas_assets.documents.yaml_file import load

PATH = Path(__file__).with_name("dictionary.yaml")
LEAST_SIMILAR = 86  # percent, below which a header is no word of the field


class CurrencyMarks(StrictModel):
    """How a currency is written, and how many decimals its amounts have."""

    symbol: str
    name: str
    decimals: int


class Dictionary(StrictModel):
    """The content of `dictionary.yaml`, which explains each part."""

    headers: dict[TableName, dict[str, list[str]]]
    months: dict[int, list[str]]
    file_words: list[str]
    currencies: dict[str, CurrencyMarks]
    settling: list[str]
    digital: list[str]
    sexes: dict[str, list[str]]
    honorifics: list[str]
    total_row_labels: list[str] = Field(min_length=1)


@cache
def dictionary() -> Dictionary:
    """Return the dictionary that comes with Atlas."""
    return load(PATH, Dictionary)


@cache
def all_month_words() -> dict[int, list[str]]:
    """Return every way to write the months 1 to 12, in capitals."""
    return {
        number: [*words, *dictionary().months.get(number, [])]
        for number, words in month_words().items()
    }


@cache
def _words(table: TableName) -> dict[str, list[str]]:
    """Return the columns that each header of a table can name."""
    found: dict[str, list[str]] = {}
    for column, words in dictionary().headers[table].items():
        for word in words:
            found.setdefault(normalized_header(word), []).append(column)
    return found


@cache
def columns_of(table: TableName, header: str) -> tuple[list[str], float]:
    """Return the columns that a header can name, and the percentage of likeness to the word of the field."""
    words = _words(table)
    for form in (normalized_header(header), _without_money(normalized_header(header))):
        if form in words:
            return words[form], 100.0
        found = process.extractOne(form, list(words), scorer=fuzz.ratio, score_cutoff=LEAST_SIMILAR)
        if found:
            return words[found[0]], found[1]
    return [], 0.0


def _without_money(header: str) -> str:
    """Return a header without what it says of the currency: `AMOUNT` for `AMOUNT (EUR)`."""
    marks = {
        mark for code, found in dictionary().currencies.items() for mark in (code, found.symbol)
    }
    words = [word for word in header.split() if word.strip("()[],") not in {*map(str.upper, marks)}]
    return " ".join(words) or header
