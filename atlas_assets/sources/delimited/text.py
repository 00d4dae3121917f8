"""Takes a text file with separated cells apart: its encoding, its separator, its records.

Nothing is guessed of a value, and nothing is lost: what cannot be taken apart in one way is refused, with
its line. Polars and DuckDB would drop cells, move them or read them as other numbers.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from atlas_assets.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator

SEPARATORS = (";", ",", "\t", "|")
_LOOKED_AT = 200  # records, by which the separator is told
_LARGEST_CELL = 2**20  # characters; a longer one is a quote that nobody closed
_BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_SEPARATOR_LINE = re.compile(r'\A"?sep=(.)"?\r?\n', re.IGNORECASE)


@dataclass(frozen=True)
class Record:
    """A row as a spreadsheet would show it, with the line of the file in which it begins (from 1 on)."""

    line: int
    cells: list[str]


@dataclass(frozen=True)
class DelimitedText:
    """The records of a text file, in order; blank lines are records without cells.

    `body` is the text that they were taken from.
    """

    records: list[Record]
    separator: str
    warnings: list[str]
    body: str


def delimited_text(
    content: bytes, name: str, *, encoding: str = "cp1252", separator: str | None = None
) -> DelimitedText:
    """Take a file apart. Raises SourceError, with the line, for what is no such text.

    A byte order mark or UTF-8 decides the encoding, else it is `encoding`, with a warning. A line `sep=;`
    decides the separator, then `separator`, then the mark that divides the first records most.
    """
    csv.field_size_limit(_LARGEST_CELL)
    text, warnings = _decoded(content, name, encoding)
    lines_before = 0
    if match := _SEPARATOR_LINE.match(text):
        separator, text, lines_before = match[1], text[match.end() :], 1
    separator = separator or _likely_separator(text)
    records = [
        Record(line + lines_before, cells) for line, cells in _records(text, separator, name)
    ]
    return DelimitedText(records, separator, warnings, text)


def _decoded(content: bytes, name: str, encoding: str) -> tuple[str, list[str]]:
    """Return the text of a file, and a warning if nothing in it tells its encoding."""
    for mark, of_mark in _BYTE_ORDER_MARKS.items():
        if content.startswith(mark):
            return _strictly(content, name, of_mark), []
    if b"\0" in content:
        raise SourceError(
            f"{name} is no text: it has zero bytes. If it was saved as Unicode (UTF-16), save it as "
            "CSV UTF-8 in the office program."
        )
    try:
        return content.decode("utf-8"), []
    except UnicodeDecodeError:
        warning = (
            f"{name} is not UTF-8, and was read as {encoding}. If letters look wrong, save it as CSV UTF-8, "
            "or name its `encoding` in the yearly file"
        )
        return _strictly(content, name, encoding), [warning]


def _strictly(content: bytes, name: str, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise SourceError(
            f"{name}, line {line}: a character is not in the encoding {encoding}. Save the file as CSV "
            "UTF-8 in the office program."
        ) from error


def _likely_separator(text: str) -> str:
    """Return the mark that divides the first records into most cells."""

    def cells(separator: str) -> int:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        return sum(map(len, islice(reader, _LOOKED_AT)))

    with suppress(csv.Error):  # the quotes do not match, whatever the separator
        return max(SEPARATORS, key=cells)
    return SEPARATORS[0]


def _records(text: str, separator: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each record with the line in which it begins. Raises SourceError for quotes that do not match."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise SourceError(
            f"{name}, line {line}: the quotes do not match ({error}). Double a quote within a quoted text, "
            "and close the text with a quote."
        ) from error
