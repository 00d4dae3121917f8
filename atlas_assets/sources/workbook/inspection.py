"""Reads from the XML of an .xlsx sheet what the reader does not report, in bounded memory."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from defusedxml import ElementTree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CHUNK = 1 << 20
LONGEST_CELL = 1 << 16  # bytes; a cell's text holds at most 32,767 characters

# A cell with a formula that is not followed by a value.
_UNCALCULATED = re.compile(
    rb"<(?:\w+:)?c ([^>]*[^/])>"
    rb"<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)(?!<(?:\w+:)?v>[^<])"
)
_PLACE = re.compile(rb'\br="([A-Z]+\d+)"')
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell [^>]*?\bref="([A-Z]+\d+:[A-Z]+\d+)"')
_FILLED_CELL = re.compile(rb'<(?:\w+:)?c [^>]*?\br="([A-Z]+)(\d+)"[^>]*[^/]>')


@dataclass
class Inspection:
    """Cell references in a sheet, such as `O9` or `A1:C1`."""

    uncalculated: list[str] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)


def inspect_sheet(path: Path, sheet: str) -> Inspection:
    """Return formulas without a calculated value, and merged cells; nothing for other formats."""
    inspection = Inspection()
    for text in _sheet_xml(path, sheet):
        if b"<f" in text or b":f" in text:
            inspection.uncalculated += _uncalculated(text)
        if b"mergeCell " in text:
            inspection.merged += [place.decode() for place in _MERGED.findall(text)]
    return inspection


def farthest_cell(path: Path, sheet: str) -> str | None:
    """Return the cell where the rightmost filled column meets the last filled row, or None."""
    last_row, last_column = 0, ""
    for text in _sheet_xml(path, sheet):
        for column, row in _FILLED_CELL.findall(text):
            last_row = max(last_row, int(row))
            last_column = max(last_column, column.decode(), key=lambda name: (len(name), name))
    return f"{last_column}{last_row}" if last_row else None


def uses_1904_dates(path: Path) -> bool:
    """Return whether the workbook counts days from 1904, as old Macintosh programs did."""
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        if "xl/workbook.xml" not in archive.namelist():
            return False
        properties = ElementTree.fromstring(archive.read("xl/workbook.xml")).find("{*}workbookPr")
    return properties is not None and properties.get("date1904") in {"1", "true"}


def _uncalculated(text: bytes) -> list[str]:
    """Return the cells of formulas without a value; an empty text counts as a value."""
    return [
        place[1].decode()
        for attributes in _UNCALCULATED.findall(text)
        if b't="str"' not in attributes and (place := _PLACE.search(attributes))
    ]


def _sheet_xml(path: Path, sheet: str) -> Iterator[bytes]:
    """Yield a sheet's XML in pieces that end between cells; nothing if it cannot be found."""
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        part = _part_of(archive, sheet)
        if part is None:
            return
        rest = b""
        with archive.open(part) as stream:
            while chunk := stream.read(CHUNK):
                text = rest + chunk
                cut = max(text.rfind(b"</c>") + 4, text.rfind(b":c>") + 3)
                if cut == 3:  # no cell ends in this piece
                    cut = text.rfind(b"/>") + 2 if b"/>" in text else len(text) - LONGEST_CELL
                cut = max(cut, 0)
                yield text[:cut]
                rest = text[cut:]
        yield rest


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str | None:
    """Return the name of the archive's part that holds a sheet, or None."""
    names = set(archive.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return None
    workbook = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    for element in workbook.iterfind("{*}sheets/{*}sheet"):
        if element.get("name") == sheet:
            identifier = next(value for key, value in element.items() if key.endswith("}id"))
            target = targets.get(identifier, "")
            part = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
            return part if part in names else None
    return None
