"""The cells of an .xlsx sheet as its XML has them, found by pattern instead of by a parser.

Independent of the reader that loads the sheet, and of everything that a cell does not need: links,
properties, dimensions, and styles where they cannot be understood. It looks only at what it is asked
for, which makes it fast.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from atlas_assets.sources.workbook.archive import UninspectableError
from atlas_assets.sources.workbook.number_format import BUILT_IN, GENERAL, is_date
from atlas_assets.sources.workbook.shared_strings import text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from atlas_assets.sources.label_pattern import LabelPattern
    from atlas_assets.sources.workbook.archive import Archive

NUMBER = b"n"
Value = str | int | Decimal | bool | None
_TYPE = re.compile(rb'\bt="(\w+)"')
_STYLE = re.compile(rb'\bs="(\d+)"')
_PLACE = re.compile(rb'(?<![\w:])r="([A-Z]+)(\d+)"')
_DIMENSION = re.compile(rb"<(?:\w+:)?dimension\b[^>]*/>")
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell [^>]*?\bref="([A-Z]+\d+:[A-Z]+\d+)"')


@dataclass(frozen=True)
class XmlCell:
    """A cell: column letter, 1-based row, type, style, what is in its element, and where that begins.

    Types are `n` (number), `s`, `str` and `inlineStr` (text), `b`, `e` and `d`.
    """

    column: str
    row: int
    type: bytes
    style: int
    content: bytes
    at: int

    @property
    def place(self) -> str:
        """The cell's reference, such as `O9`."""
        return f"{self.column}{self.row}"


class SheetXml:
    """The XML of one sheet. Raises UninspectableError if it cannot be understood."""

    def __init__(self, archive: Archive, sheet: str) -> None:
        self._archive = archive
        self.part = archive.sheet_part(sheet)
        self.xml = archive.read(self.part)
        self._strings = archive.strings
        opening = re.search(rb"<(\w+:)?sheetData\b", self.xml)
        if opening is None:
            raise UninspectableError("it has no cells that can be found")
        self._prefix = opening[1] or b""
        self._cell = self._pattern(rb"<PREFIXc( [^>]*?)?(?:/>|>(.*?)</PREFIXc>)")
        self._value = self._pattern(rb"<PREFIXv(?: [^>]*)?>([^<]*)</")
        self._refuse_what_is_unusual()

    def merged(self) -> list[str]:
        """Return the merged ranges, such as `A1:C1`."""
        start = self.xml.rfind(b"</%ssheetData>" % self._prefix)
        return [place.decode() for place in _MERGED.findall(self.xml, max(start, 0))]

    def uncalculated(self) -> list[str]:
        """Return the cells whose formula has no value. An empty text counts as a value."""
        formula = self._pattern(
            rb"<PREFIXf\b(?:[^>]*/>|[^>]*>[^<]*</PREFIXf>)(?!\s*<PREFIXv(?: [^>]*)?>[^<])"
        )
        places = (at for at in self._offsets(b"<%sf" % self._prefix) if formula.match(self.xml, at))
        cells = map(self._around, places)
        return [cell.place for cell in cells if cell and cell.type != b"str"]

    def errors(self) -> dict[str, str]:
        """Return the error texts, such as `#REF!`, by cell."""
        cells = map(self._around, self._offsets(b' t="e"'))
        return {cell.place: str(self.value(cell)) for cell in cells if cell and cell.type == b"e"}

    def repaired(self, texts: set[str]) -> bytes:
        """Return the XML without dimension, and `#VALUE!` in the cells with errors of these texts."""
        pieces, end = [], 0
        for cell in map(self._around, self._offsets(b' t="e"')):
            value = self._value.search(self.xml, cell.at) if cell and cell.type == b"e" else None
            if value and html.unescape(value[1].decode()) in texts:
                pieces += [self.xml[end : value.start(1)], b"#VALUE!"]
                end = value.end(1)
        return _DIMENSION.sub(b"", b"".join([*pieces, self.xml[end:]]))

    def values(self, letter: str, first_row: int) -> Iterator[tuple[int, Value]]:
        """Yield row and value of the filled cells of a column, from top to bottom."""
        for row, style, number, at in self._held(letter):
            if row < first_row:
                continue
            if style is not None and number:
                yield row, _number(number)
            elif (cell := self._around(at)) and (value := self.value(cell)) is not None:
                yield cell.row, value

    def numbers(self, letter: str) -> Iterator[tuple[int, str, str]]:
        """Yield row, digits as they are stored, and number format of the numbers of a column."""
        for row, style, number, at in self._held(letter):
            if style is None:
                continue
            cell = None if number else self._around(at)
            if digits := number.decode() or (cell and self._digits(cell)):
                yield row, digits, self._format(style)

    def _held(self, letter: str) -> Iterator[tuple[int, int | None, bytes, int]]:
        """Yield row, style, digits and position of a column's filled cells.

        The style is None unless the cell is a number, but no date; the digits are empty unless they
        are all that is in it.
        """
        written = (
            rb' r="%s(\d+)"([^>]*)>(?:<PREFIXv>([^<]*)</PREFIXv></PREFIXc>)?'
            if self._places_come_first
            else rb'<PREFIXc [^>]*? ?\br="%s(\d+)"([^>]*)>()'
        )
        styles: dict[bytes, int | None] = {}
        for match in self._pattern(written % letter.encode()).finditer(self.xml):
            row, attributes, held = match.groups()
            if attributes.endswith(b"/"):
                continue
            before = b"" if self._places_come_first else match[0].partition(b" r=")[0]
            written_with = before + attributes
            if written_with not in styles:
                kind, style = _type_and_style(written_with)
                is_number = kind == NUMBER and not is_date(self._format(style))
                styles[written_with] = style if is_number else None
            yield int(row), styles[written_with], held or b"", match.end(1)

    def _digits(self, cell: XmlCell) -> str:
        value = self._value.search(cell.content)
        return value[1].decode() if value else ""

    def row(self, place: str) -> list[XmlCell]:
        """Return the filled cells of the row of a cell, such as `O9`, from left to right."""
        cell = self._at(place.encode())
        if cell is None:
            return []
        start = self.xml.rfind(b"<%srow" % self._prefix, 0, cell.at)
        end = self.xml.find(b"</%srow>" % self._prefix, cell.at)
        cells = (self._of(match) for match in self._cell.finditer(self.xml, start, end))
        return [other for other in cells if other and other.content]

    def rows_with(self, labels: LabelPattern, form: Callable[[str], str]) -> set[int]:
        """Return the rows with a text that in a form begins or ends with a label; there may be too many."""
        rows: set[int] = set()
        for position in self._strings.with_labels(labels, form):
            cells = map(self._around, self._offsets(b"<%sv>%d</" % (self._prefix, position)))
            rows |= {cell.row for cell in cells if cell and cell.type == b"s"}
        for kind in (b' t="inlineStr"', b' t="str"'):
            cells = map(self._around, self._offsets(kind))
            texts = ((cell.row, self.value(cell)) for cell in cells if cell)
            rows |= {row for row, text in texts if labels.is_in(form(str(text)))}
        return rows

    def value(self, cell: XmlCell) -> Value:
        """Return what a cell holds; None for a date, which is no number to whoever reads it."""
        if cell.type == b"inlineStr":
            return text_of(cell.content)
        match = self._value.search(cell.content)
        held = html.unescape(match[1].decode()) if match else ""
        if cell.type == b"s":
            return self._strings.text(int(held)) if held else None
        if cell.type == NUMBER and held:
            return None if is_date(self.format(cell)) else _number(held.encode())
        return held == "1" if cell.type == b"b" else held or None

    def format(self, cell: XmlCell) -> str:
        """Return the number format of a cell; that of a plain number if the styles are not understood."""
        return self._format(cell.style)

    def _format(self, style: int) -> str:
        return self._formats[style] if style < len(self._formats) else GENERAL

    @cached_property
    def _formats(self) -> list[str]:
        """The number format of every style, or none if the styles are not understood."""
        part = self._archive.part_of_kind("styles")
        try:
            styles = self._archive.read(part) if part else b""
        except UninspectableError:
            return []
        own = {
            int(number): html.unescape(code.decode("utf-8", "replace"))
            for tag in re.findall(rb"<(?:\w+:)?numFmt [^>]*>", styles)
            for number, code in zip(
                re.findall(rb'\bnumFmtId="(\d+)"', tag),
                re.findall(rb'\bformatCode="([^"]*)"', tag),
                strict=False,
            )
        }
        cell_styles = re.search(rb"<((?:\w+:)?cellXfs)\b.*?</\1>", styles, re.DOTALL)
        numbers = [
            int((re.search(rb'\bnumFmtId="(\d+)"', tag) or [b"", b"0"])[1])
            for tag in re.findall(rb"<(?:\w+:)?xf\b[^>]*>", cell_styles[0] if cell_styles else b"")
        ]
        return [own.get(number) or BUILT_IN.get(number, GENERAL) for number in numbers]

    @cached_property
    def _tag(self) -> bytes:
        return b"<%sc" % self._prefix

    def _pattern(self, pattern: bytes) -> re.Pattern[bytes]:
        return re.compile(pattern.replace(b"PREFIX", self._prefix), re.DOTALL)

    @cached_property
    def _places_come_first(self) -> bool:
        """Whether every cell begins with its place, as nearly all programs write it."""
        return re.search(rb'%s(?! r="[A-Z])[\s>]' % self._tag, self.xml) is None

    def _refuse_what_is_unusual(self) -> None:
        """Raise UninspectableError for XML in which patterns would find what is not there, or nothing."""
        for odd in (b"<!", b"</%sc " % self._prefix, b"</%sv " % self._prefix):
            if odd in self.xml:
                raise UninspectableError(f"its XML has an unusual {odd.decode().strip()!r}")
        if self._places_come_first:
            return
        for match in re.finditer(self._tag + rb"([\s>][^>]*)", self.xml):
            if match[1][:1] != b" " or not _PLACE.search(match[1]):
                raise UninspectableError("its cells do not say where they stand in the usual way")

    def _offsets(self, text: bytes) -> Iterator[int]:
        """Yield where a text stands in the XML."""
        at = self.xml.find(text)
        while at >= 0:
            yield at
            at = self.xml.find(text, at + 1)

    def _at(self, place: bytes) -> XmlCell | None:
        at = self.xml.find(b' r="%s"' % place)
        return self._around(at) if at >= 0 else None

    def _around(self, position: int) -> XmlCell | None:
        """Return the cell whose element a position is in, or None if it is in no cell."""
        at = self.xml.rfind(self._tag + b" ", 0, position + 1)
        match = self._cell.match(self.xml, at) if at >= 0 else None
        return self._of(match) if match and position < match.end() else None

    def _of(self, match: re.Match[bytes]) -> XmlCell | None:
        place = _PLACE.search(match[1] or b"")
        if place is None:
            return None
        kind, style = _type_and_style(match[1])
        return XmlCell(
            place[1].decode(), int(place[2]), kind, style, match[2] or b"", match.start()
        )


def _number(held: bytes) -> int | Decimal:
    return int(held) if held.isdigit() else Decimal(held.decode())


def _type_and_style(attributes: bytes) -> tuple[bytes, int]:
    kind, style = _TYPE.search(attributes), _STYLE.search(attributes)
    return kind[1] if kind else NUMBER, int(style[1]) if style else 0
