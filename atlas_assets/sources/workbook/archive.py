"""The parts of a workbook that is a zip archive: .xlsx, .xlsm and .ods."""

from __future__ import annotations

import io
import zipfile
import zlib
from functools import cached_property
from typing import TYPE_CHECKING

from defusedxml import ElementTree

from atlas_assets.sources.workbook.shared_strings import SharedStrings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

WORKBOOK = "xl/workbook.xml"
ODS_CONTENT = "content.xml"
PIECE = 2**20
LARGEST_PART = 2**29  # bytes of XML that are looked into at once


class UninspectableError(Exception):
    """A workbook, or a sheet of it, whose XML cannot be understood; the text says why."""


class NoXmlError(UninspectableError):
    """A workbook of a format that is not XML: .xls and .xlsb."""


class DamagedError(UninspectableError):
    """A part of a workbook is not what was written."""


class Archive:
    """The parts of an archive by name. Case and the kind of slash do not matter.

    Raises NoXmlError if the content is no zip archive.
    """

    def __init__(self, content: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, NotImplementedError) as error:
            raise NoXmlError("it is no XML") from error
        self._parts = {_key(info.filename): info for info in self._zip.infolist()}

    def __contains__(self, part: str) -> bool:
        """Return whether there is such a part."""
        return _key(part) in self._parts

    def read(self, part: str) -> bytes:
        """Return a part in UTF-8. Raises UninspectableError if it is missing or huge, DamagedError."""
        info = self._parts.get(_key(part))
        if info is None:
            raise UninspectableError(f"its part {part} is missing")
        if info.file_size > LARGEST_PART:
            raise UninspectableError(f"its part {part} is too large")
        content = self._unpacked(info)
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            content = content.decode("utf-16").replace("UTF-16", "UTF-8", 1).encode()
        return content

    def pieces(self, part: str) -> Iterator[bytes]:
        """Yield a part in pieces that end after an element, in bounded memory."""
        with self._zip.open(self._parts[_key(part)]) as stream:
            rest = b""
            while chunk := stream.read(PIECE):
                whole, mark, rest = (rest + chunk).rpartition(b">")
                yield whole + mark
        yield rest

    def replaced(self, parts: dict[str, bytes]) -> bytes:
        """Return the archive with some parts replaced."""
        new = {_key(part): content for part, content in parts.items()}
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w") as target:
            for key, info in self._parts.items():
                target.writestr(info.filename, new.get(key) or self._unpacked(info))
        return written.getvalue()

    def _unpacked(self, info: zipfile.ZipInfo) -> bytes:
        try:
            with self._zip.open(info) as part:  # without a size, it unpacks whatever comes
                return part.read(info.file_size + 1)
        except NotImplementedError as error:
            raise UninspectableError(
                f"its part {info.filename} is packed in an unusual way"
            ) from error
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise DamagedError(str(error)) from error

    @cached_property
    def counts_from_1904(self) -> bool:
        """Whether an .xlsx workbook counts days from 1904, as old Macintosh programs did."""
        if WORKBOOK not in self:
            return False
        properties = self._tree(WORKBOOK).find("{*}workbookPr")
        return properties is not None and properties.get("date1904") in {"1", "true"}

    def sheet_part(self, sheet: str) -> str:
        """Return the part of an .xlsx workbook that holds a sheet. Raises UninspectableError."""
        for element in self._tree(WORKBOOK).iterfind("{*}sheets/{*}sheet"):
            if element.get("name") == sheet:
                identifier = next((v for key, v in element.items() if key.endswith("}id")), "")
                part = self._related.get(identifier, ("", ""))[1]
                if part in self:
                    return part
        raise UninspectableError(f"the part of its sheet {sheet!r} is missing")

    def part_of_kind(self, kind: str) -> str | None:
        """Return the part of an .xlsx workbook that is of a kind, such as `sharedStrings`, or None."""
        parts = [part for of, part in self._related.values() if of.endswith(f"/{kind}")]
        return next((part for part in parts if part in self), None)

    @cached_property
    def strings(self) -> SharedStrings:
        """The texts that the sheets of an .xlsx workbook share. Raises as `read` does."""
        part = self.part_of_kind("sharedStrings")
        return SharedStrings(self.read(part) if part else b"")

    @cached_property
    def _related(self) -> dict[str, tuple[str, str]]:
        """The kind and name of every part that the workbook refers to, by the id of the reference."""
        return {
            relation.get("Id", ""): (
                relation.get("Type", ""),
                _absolute(relation.get("Target", "")),
            )
            for relation in self._tree("xl/_rels/workbook.xml.rels")
        }

    def _tree(self, part: str) -> Element:
        try:
            return ElementTree.fromstring(self.read(part))
        except (ElementTree.ParseError, ValueError) as error:
            raise UninspectableError(f"its part {part} is no XML ({error})") from error


def _key(part: str) -> str:
    return part.replace("\\", "/").removeprefix("/").casefold()


def _absolute(target: str) -> str:
    target = target.replace("\\", "/")
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
