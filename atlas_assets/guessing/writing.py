"""Writes guesses as configuration files, each with a comment that says why and how sure it is."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import yaml

from atlas_assets.configuration.header_text import normalized_header
from atlas_assets.configuration.registry import folded_word
from atlas_assets.configuration.tables import TABLES
from atlas_assets.guessing.dictionary import all_month_words, dictionary
from atlas_assets.guessing.money import currency_of
from atlas_assets.guessing.sheets import RECEIPTS
from atlas_assets.guessing.words import Word, prefix_of, prefixes, receipt_pattern, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from atlas_assets.configuration.tables import TableName
    from atlas_assets.guessing.books import Book
    from atlas_assets.guessing.sheets import Layout, SheetGuess

_COLORS = ("#1565C0", "#C77700", "#0B6E69", "#8E1B1B", "#6A3D8F", "#37624F", "#9A5B00", "#4A4E9E")
_SURE = 100.0
_WITHOUT_HEADER = {"channel": "Other", "intake": "{month}", "product_name": "Everything"}
_UNITS = [  # of a currency in which thousands are large
    {"size": 1_000_000, "decimals": 2, "words": {"id": "jt", "en": "m"}},
    {"size": 1_000, "decimals": 1, "words": {"id": "rb", "en": "k"}},
]
_MISSING = "NOT FOUND: replace this line by the header of"


def registry_text(books: list[Book]) -> str:
    """Return a `registry.yaml` for some workbooks."""
    return "\n".join([*_head("registry"), *_registry(books), ""])


def year_text(entity: str, year: int, books: list[Book]) -> str:
    """Return the yearly file for the workbooks of a company and year."""
    return "\n".join([*_head("year"), *_year(entity, year, books), ""])


def _head(schema: str) -> list[str]:
    return [
        f"# yaml-language-server: $schema=schemas/{schema}.schema.json",
        "# Guessed from the workbooks. Correct what is wrong; the comments say why it is as it is.",
    ]


def _registry(books: list[Book]) -> Iterator[str]:
    entities = list(dict.fromkeys(book.entity for book in books))
    yield f"group: {_flow({'name': entities[0], 'full_name': entities[0]})}  # correct both names"
    yield from _currency(currency_of(books))
    if (first := max(book.first_month for book in books)) > 1:
        yield f"fiscal_year_start: {first}  # the month with which workbooks begin"
    yield ""
    yield "entities:"
    for entity in entities:
        yield from _entity(entity, [book for book in books if book.entity == entity])
    sheets = _of(books, "transactions")
    if pattern := receipt_pattern(sheets):
        yield "# The part of a receipt number that has to be the unit's prefix: its first letters."
        yield f"receipt_prefix_pattern: {_flow(pattern)}"
        yield ""
    channels, rare = words_of(_of(books, *TABLES), "channel")
    yield from _list("channels", _channels, channels or [Word("Other", 0)], rare)
    yield from _list("payment_patterns", _pattern, *words_of(sheets, "payment_pattern"))
    yield from _list("payment_methods", _method, *words_of(sheets, "payment_method"))
    levels, rare = words_of(_of(books, *TABLES), "organization_level")
    yield from _rare(rare)
    yield f"organization_levels: {_flow([word.written for word in levels])}  # put them in order"
    yield ""
    yield from _words_of_the_field()
    with_tables = [book for book in books if _of([book], *TABLES)]
    unknown = sorted({s.name for book in with_tables for s in book.sheets if not s.layout})
    yield "# Sheets in which no table was found. If one has a table, describe it in the yearly file."
    yield f"ignored_sheets: {_flow(unknown)}"
    yield "# By which clock months are closed, and when: correct the time zone."
    yield "calendar: {time_zone: Asia/Jakarta, close_day: 5, close_hour: 6}"


def _words_of_the_field() -> Iterator[str]:
    """Write the words that any company may use, from the dictionary."""
    yield "sexes:"
    for code, words in dictionary().sexes.items():
        name = {"M": "Male", "F": "Female"}[code]
        aliases = [word for word in words if word != code and folded_word(name) != word]
        yield f"  - {_flow({'code': code, 'name': name, 'aliases': aliases})}"
    yield ""
    yield f"honorifics: {_flow(dictionary().honorifics)}"
    yield "# Every way in which a month is written in the sheets."
    yield "months:"
    for number, words in all_month_words().items():
        yield f"  {number}: {_flow(words)}"
    yield "# How a row begins that sums other rows up."
    yield f"total_row_labels: {_flow(dictionary().total_row_labels)}"


def _currency(found: tuple[str, str] | None) -> Iterator[str]:
    if found is None:
        yield "# No mark of a currency was found, so all amounts are rupiah. If not: currency: {code: EUR, …}"
        return
    code, why = found
    marks = dictionary().currencies[code]
    currency: dict[str, Any] = {"code": code, **marks.model_dump()}
    if marks.decimals:
        currency["units"] = _UNITS
    yield f"currency: {_flow(currency)}  # {why}"


def _entity(entity: str, books: list[Book]) -> Iterator[str]:
    yield f"  - code: {entity}  # the first word of its own in {books[0].path.name}"
    yield f"    name: {entity}  # correct it"
    yield f"    full_name: {entity}  # correct it"
    yield "    units:  # the words of the unit column; correct names, brands and colours"
    sheets = _of(books, "transactions")
    words, rare = words_of(sheets, "unit")
    begins, others = prefixes(sheets), dict[str, str]()
    for position, word in enumerate(words):
        unit: dict[str, Any] = {"code": word.code, "name": word.written, "brand": word.written}
        why = f"{word.count:,} rows"
        if prefix := prefix_of(word, begins):
            unit["receipt_prefix"] = prefix
            if (other := others.setdefault(prefix, word.code)) != word.code:
                why += f"; receipts as of {other}: if it is that unit, make it an alias there"
        unit["color"] = _COLORS[position % len(_COLORS)]
        if word.aliases:
            unit["aliases"] = word.aliases
        yield f"      - {_flow(unit)}  # {why}"
    if not words:
        unit = {"code": entity, "name": entity, "brand": entity, "color": _COLORS[0]}
        yield f"      - {_flow(unit)}  # NOT FOUND: there is no column of units"
    yield from _rare(rare, "      ")
    yield ""


def _list(key: str, entry: Any, words: list[Word], rare: list[Word]) -> Iterator[str]:
    yield f"{key}:{'' if words else ' []'}"
    for word in words:
        yield f"  - {_flow(entry(word))}  # {word.count:,} rows"
    yield from _rare(rare, "  ")
    yield ""


def _rare(words: list[Word], indent: str = "") -> Iterator[str]:
    """Name words that are taken for mistakes."""
    if words:
        listed = ", ".join(repr(word.written) for word in words[:8])
        yield f"{indent}# Too rare to be words of their own, so taken for mistakes: {listed}"


def _channels(word: Word) -> dict[str, Any]:
    is_digital = any(mark in folded_word(word.written) for mark in dictionary().digital)
    category = "digital" if is_digital else "conventional"
    return {"name": word.written, "category": category} | _aliases(word)


def _pattern(word: Word) -> dict[str, Any]:
    settles = folded_word(word.written) in map(folded_word, dictionary().settling)
    return _method(word) | ({"settles": True} if settles else {})


def _method(word: Word) -> dict[str, Any]:
    return {"code": word.code.lower(), "name": word.written} | _aliases(word)


def _aliases(word: Word) -> dict[str, Any]:
    return {"aliases": word.aliases} if word.aliases else {}


def _of(books: Iterable[Book], *tables: TableName) -> list[SheetGuess]:
    return [
        sheet
        for book in books
        for sheet in book.sheets
        if sheet.layout and sheet.layout.table in tables
    ]


def _year(entity: str, year: int, books: list[Book]) -> Iterator[str]:
    yield f"entity: {entity}"
    yield f"year: {year}  # {'; '.join(dict.fromkeys(book.why_year for book in books))}"
    if (first := max(book.first_month for book in books)) > 1:
        yield f"first_month: {first}  # the dates of earlier months are of {year + 1}"
    yield "workbooks:"
    for key, book in _keys(books).items():
        yield f"  {key}: {_flow(book.path.name)}"
    yield ""
    yield "tables:"
    for table in TABLES:
        for key, book in _keys(books).items():
            sheets = _of([book], table)
            if sheets:
                yield from _table(entity, table, key, sheets)
                break  # a table has one workbook
    if not _of(books, *TABLES):
        yield from _nearest(entity, books)


def _nearest(entity: str, books: list[Book]) -> Iterator[str]:
    """Describe the sheet that is most like receipts, so that a person can complete it."""
    found = [
        (sheet.nearest.weight, key, sheet)
        for key, book in _keys(books).items()
        for sheet in book.sheets
        if sheet.nearest
    ]
    if not found:
        yield "  # NOT FOUND: no sheet has a header."
        return
    _, key, sheet = max(found, key=lambda one: one[0])
    yield f"  # NOT FOUND: no sheet is like a table that Atlas knows; {sheet.name!r} is most like receipts."
    yield from _table(entity, RECEIPTS, key, [replace(sheet, layout=sheet.nearest)])


def _keys(books: list[Book]) -> dict[str, Book]:
    """Return the workbooks under names of the tables that they begin with."""
    named: dict[str, Book] = {}
    for position, book in enumerate(books, 1):
        tables = Counter(sheet.layout.table for sheet in book.sheets if sheet.layout)
        key = tables.most_common(1)[0][0] if tables else f"workbook_{position}"
        named[key if key not in named else f"{key}_{position}"] = book
    return named


def _table(entity: str, table: TableName, key: str, sheets: list[SheetGuess]) -> Iterator[str]:
    monthly = {sheet.month: sheet for sheet in sheets if sheet.month}
    layouts = [sheet.layout for sheet in sheets if sheet.layout]
    best = max(layouts, key=lambda layout: (layouts.count(layout), layout.weight))
    yield f"  {table}:"
    yield f"    workbook: {key}"
    if monthly:
        names = {month: monthly[month].name for month in sorted(monthly)}
        yield f"    sheets: {_flow(names)}"
        if missing := [month for month in range(1, 13) if month not in names]:
            yield f"    # There is no sheet for the months {', '.join(map(str, missing))}."
    else:
        yield f"    sheet: {_flow(sheets[0].name)}"
        if table == "transactions":
            yield "    # NOT READ: give each month a sheet of its own, and list them under `sheets`."
    if len(best.header_rows) > 1:
        yield f"    merge_header_rows: {_flow(best.header_rows)}"
        yield f"    data_start_row: {best.header_rows[-1] + 1}"
    else:
        yield f"    header_row: {best.header_rows[0]}"
    if best.block:
        yield f"    block: {best.block}"
    yield from _columns(best, _other_headers(best, layouts), {**_WITHOUT_HEADER, "unit": entity})
    yield ""


def _columns(
    layout: Layout, others: dict[str, str], values_without: dict[str, str]
) -> Iterator[str]:
    yield "    columns:"
    for header, column in layout.columns.items():
        yield f"      {_flow(header)}: {column}{_why(layout, header)}"
    for header, column in others.items():
        yield f"      {_flow(header)}: {column}  # in other sheets"
    for column in layout.missing:
        yield f"      {_flow(f'{_MISSING} {column}')}: {column}"
    if layout.others:
        listed = ", ".join(repr(header) for header in layout.others[:12])
        yield f"      # No word of the field, and not read: {listed}"
    if layout.same_everywhere:
        values = {column: values_without[column] for column in layout.same_everywhere}
        yield f"    values: {_flow(values)}  # NOT FOUND as headers, so the same in every row; correct them"
    if layout.monthly_columns:
        yield f"    month_labels: {_flow(dict(sorted(layout.month_labels.items())))}"
        yield "    monthly_columns:"
        for header, column in layout.monthly_columns.items():
            yield f"      {_flow(header)}: {column}{_why(layout, header)}"


def _other_headers(best: Layout, layouts: list[Layout]) -> dict[str, str]:
    """Return the headers by which other sheets call columns of the best layout."""
    known = {normalized_header(header) for header in best.columns}
    found: dict[str, str] = {}
    for layout in layouts:
        for header, column in layout.columns.items():
            if normalized_header(header) not in known and column in best.columns.values():
                known.add(normalized_header(header))
                found[header] = column
    return found


def _why(layout: Layout, header: str) -> str:
    sure = layout.sure[header]
    return "" if sure == _SURE else f"  # {sure:.0f}% like a word of the field"


def _flow(value: Any) -> str:
    """Return a value in YAML, on one line."""
    text = yaml.safe_dump(
        value, default_flow_style=True, allow_unicode=True, sort_keys=False, width=math.inf
    )
    return text.removesuffix("...\n").strip()
