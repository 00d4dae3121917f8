"""Opens workbook files of every supported format, and explains what is wrong with others."""

from __future__ import annotations

import io
import re
import time
import zipfile
from contextlib import suppress
from functools import lru_cache
from stat import S_ISREG
from typing import TYPE_CHECKING

import fastexcel

from atlas_assets.configuration.workbook_year import file_key, folded_sheet
from atlas_assets.errors import SourceError, nearest
from atlas_assets.sources.workbook.archive import WORKBOOK, Archive, UninspectableError

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

LARGEST_UNPACKED = 2 * 2**30  # bytes; a normal sheet of a million rows unpacks to half a gigabyte
OWNER_PREFIX = "~$"  # of the file that an office program keeps next to a workbook while it is open
LONGEST_OPEN_SECONDS = 24 * 60 * 60
SUFFIXES = {".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".csv", ".tsv", ".txt"}
OLE_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP_SIGNATURE = b"PK\x03\x04"
_OTHER_PROPERTIES = re.compile(rb"<\w+:workbookPr (?![^>]*date1904)[^>]*/>")
SAVE_AGAIN = "Open it in the office program and save it as .xlsx again."


def open_workbook(path: Path) -> fastexcel.ExcelReader:
    """Return a reader for a workbook; an unchanged file is opened once for all of its sheets.

    The content decides the format, not the file's name. Raises SourceError if the file cannot be
    opened or is not a workbook; the message then says what it is instead.
    """
    try:
        stat = path.stat()
        if not S_ISREG(stat.st_mode):
            raise SourceError(
                f"{path.name} is no file, but a folder, a pipe or a device. Put the workbook there."
            )
        return _open(path, stat.st_mtime_ns, stat.st_size)
    except OSError as error:
        raise SourceError(not_opened(path, error)) from error


def not_opened(path: Path, error: OSError) -> str:
    """Return a text on a workbook that the system does not let Atlas open."""
    return (
        f"{path.name} cannot be opened: {error.strerror}. Close it in other programs, look at its name and "
        "rights, and try again."
    )


def existing_file(folder: Path, name: str) -> Path:
    """Return the path of a workbook, even if its name is composed of other characters (NFC or not)."""
    path = folder / name
    with suppress(OSError):
        if not path.exists():
            same = (other for other in folder.iterdir() if file_key(other.name) == file_key(name))
            return next(same, path)
    return path


def is_there(folder: Path, name: str) -> bool:
    """Return whether a workbook exists; one that cannot be looked at does."""
    try:
        return existing_file(folder, name).exists()
    except OSError:
        return True


def workbook_files(folder: Path, of_files: Collection[str] = ()) -> list[Path]:
    """Return the workbooks of a folder in order, without hidden and owner files; none if it is missing.

    `of_files` are the names of folders that stand for workbooks.
    """
    return [
        path
        for path in sorted(folder.iterdir() if folder.is_dir() else ())
        if not path.name.startswith((".", "~"))
        and (path.suffix.lower() in SUFFIXES or (path.is_dir() and path.name in of_files))
    ]


def is_open_elsewhere(path: Path) -> bool:
    """Return whether an office program has a workbook open, according to its owner file.

    A program that crashed leaves its owner file behind; one that is older than a day counts as such.
    """
    try:
        written = path.with_name(f"{OWNER_PREFIX}{path.name}").stat().st_mtime
    except OSError:
        return False
    return abs(time.time() - written) < LONGEST_OPEN_SECONDS


def matching_sheet(path: Path, wanted: str, present: list[str], configured_in: str) -> str:
    """Return the sheet called `wanted`, ignoring differences in case and blanks.

    Raises SourceError if there is no such sheet, or several could be meant; `configured_in` is the
    file to correct.
    """
    if wanted in present:
        return wanted
    close = [name for name in present if folded_sheet(name) == folded_sheet(wanted)]
    if len(close) == 1:
        return close[0]
    if close:
        raise SourceError(
            f"{path.name} has {' and '.join(map(repr, close))}, and no sheet is called exactly "
            f"{wanted!r}. Rename one of them."
        )
    raise SourceError(
        f"{path.name} has no sheet {wanted!r}.{nearest(wanted, present)} Rename the sheet, or "
        f"correct its name under `sheets` in {configured_in}. Sheets found: "
        f"{', '.join(map(repr, present)) or 'none'}."
    )


def reader_message(error: Exception) -> str:
    """Return the first line of the reader's error, without the reader's name."""
    return str(error).splitlines()[0].removeprefix("calamine error: ")


@lru_cache(maxsize=4)
def _open(path: Path, _modified: int, _size: int) -> fastexcel.ExcelReader:
    content = path.read_bytes()
    _refuse_foreign(path, content)
    try:
        return fastexcel.read_excel(_with_dates_understood(content))
    except fastexcel.FastExcelError as error:
        raise SourceError(_unreadable(path, content, reader_message(error))) from error


def _with_dates_understood(content: bytes) -> bytes:
    """Return a workbook in which the reader sees that days are counted from 1904.

    It takes that from the last element that is called `workbookPr`, and what Excel saves today ends
    with another one, of an extension.
    """
    if not content.startswith(ZIP_SIGNATURE):
        return content
    try:
        archive = Archive(content)
        if not archive.counts_from_1904:
            return content
        xml = archive.read(WORKBOOK)
        return archive.replaced({WORKBOOK: _OTHER_PROPERTIES.sub(b"", xml)})
    except UninspectableError:
        return content


def _refuse_foreign(path: Path, content: bytes) -> None:
    """Raise SourceError for a file that is not a workbook, or would unpack to gigabytes."""
    if not content:
        raise SourceError(
            f"{path.name} is empty (0 bytes). Perhaps it was still being copied: copy it again."
        )
    if content.startswith(ZIP_SIGNATURE):
        _refuse_bomb(path, content)
    elif not content.startswith(OLE_SIGNATURE):
        start = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
        kind = (
            "a web page (HTML)"
            if start.startswith((b"<!doctype", b"<html", b"<table"))
            else ("text, perhaps CSV" if b"\0" not in content[:4096] else "no workbook")
        )
        raise SourceError(
            f"{path.name} is named like a workbook, but its content is {kind}. {SAVE_AGAIN}"
        )


def _refuse_bomb(path: Path, content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise SourceError(
            f"{path.name} cannot be read as a workbook: it is cut off or damaged ({error}). "
            f"Perhaps it was still being copied: copy it again. Otherwise: {SAVE_AGAIN}"
        ) from error
    if unpacked > LARGEST_UNPACKED:
        raise SourceError(
            f"{path.name} would unpack to {unpacked / 2**20:,.0f} MiB; more than "
            f"{LARGEST_UNPACKED / 2**20:,.0f} MiB is refused. {SAVE_AGAIN}"
        )


def _unreadable(path: Path, content: bytes, detail: str) -> str:
    encrypted = "EncryptedPackage".encode("utf-16-le") in content
    if encrypted or "password" in detail.lower():
        return (
            f"{path.name} is protected by a password. Remove the password in the office program "
            "(File, Info, Protect workbook) and save it again."
        )
    return (
        f"{path.name} cannot be read as a workbook ({detail}). Perhaps it was still being copied: "
        f"copy it again. Otherwise: {SAVE_AGAIN}"
    )
