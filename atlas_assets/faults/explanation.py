"""Turns whatever was raised into an error whose text says what happened, where, and what to do."""

from __future__ import annotations

import errno
import os
import re
import sqlite3
from typing import TYPE_CHECKING

from atlas_assets.errors import AtlasError, FaultError

if TYPE_CHECKING:
    from collections.abc import Iterator

UNCHANGED = "No workbook is wrong, and what was there before is unchanged."
_DISK_FULL = "The disk is full. Free some space"
_RIGHTS = "Atlas may not read or write here. Give it the right to"
_ADVICE = {
    errno.ENOSPC: _DISK_FULL,
    errno.EDQUOT: "The disk quota is used up. Free some space",
    errno.EACCES: _RIGHTS,
    errno.EPERM: _RIGHTS,
    errno.EROFS: "The disk is read-only. Make it writable",
    errno.ENOTDIR: "There is a file in place of a folder. Move it away",
    errno.EISDIR: "There is a folder in place of a file. Move it away",
    errno.EEXIST: "There is a file in place of a folder. Move it away",
    errno.EMFILE: "Too many files are open. Close other programs, or raise the limit",
    errno.ELOOP: "A link leads to itself. Remove it",
    errno.ENFILE: "Too many files are open. Close other programs, or raise the limit",
    errno.ENOMEM: "The memory is used up. Close other programs",
    errno.EAGAIN: "Too many processes are running. Close other programs",
    errno.EADDRINUSE: "The port is in use. End the program that uses it, or choose another port",
    errno.EFBIG: "The file is too large for the disk or its limits. Free some space, or raise the limit",
    errno.ENAMETOOLONG: "The name is too long. Use a shorter path",
}
_MEMORY = (
    "The memory is used up. Close other programs, or use a machine with more of it, then repeat the "
    f"command. {UNCHANGED}"
)
# How a loader says that there was no memory for a library.
_NO_MEMORY = re.compile("Out of Memory Error|failed to map segment|Cannot allocate memory")
# What DuckDB's messages mean, by words in them.
_WAREHOUSE = {
    "could not set lock": (
        f"Another program has the warehouse open. Close it there, then repeat the command. {UNCHANGED}"
    ),
    "replaying wal|corrupt|checksum|valid duckdb|read enough bytes|^(fatal|internal|serialization) error": (
        "The warehouse (ATLAS_DUCKDB) is damaged. Move it away, together with the file beside it that ends "
        "in .wal; `atlas build` makes it again from the workbooks."
    ),
    "no files found that match": (
        "The warehouse was built of raw files that are no longer there, as after a folder was moved. "
        "`atlas build` builds it anew."
    ),
    "^io error": f"Look at the disk and the file, then repeat the command. {UNCHANGED}",
}
# What SQLite's messages mean for Dagster's databases, by words in them.
_RUNS = {
    "disk is full|disk i/o|unable to open": (
        "cannot be read or written: {why}. Look at the disk, its free space and the rights of the "
        f"folder, then repeat the command. {UNCHANGED}"
    ),
    "readonly": (
        f"may only be read. Give Atlas the right to write there, then repeat the command. {UNCHANGED}"
    ),
    "locked": f"are in use by another program. End it, then repeat the command. {UNCHANGED}",
    "": (
        "are damaged: {why}. Move its folders `history` and `schedules` away, then repeat the command: "
        "earlier runs and ticks are no longer shown, reports and records are not concerned."
    ),
}


class UnexpectedError(FaultError):
    """Something that Atlas does not know was raised: a fault of Atlas, until shown otherwise."""


def explained(error: BaseException) -> AtlasError:
    """Return what an exception means to the user: itself, if it is an AtlasError.

    What caused it is looked at as well, because libraries wrap errors in their own.
    """
    for cause in _chain(error):
        if explanation := _explanation(cause):
            return explanation
    first_line = (str(error).strip() or "no message").splitlines()[0]
    return UnexpectedError(
        f"Atlas met something that it does not know ({type(error).__name__}: {first_line[:300]}). That is "
        "a fault of Atlas or of the machine, and no workbook is to blame. What was there before is "
        "unchanged; repeat the command once, then report it with the traceback."
    )


def fault_of(error: OSError) -> FaultError:
    """Return what a failed access to a file, a program or the network means."""
    where = f" at {error.filename}" if error.filename else ""
    advice = _ADVICE.get(error.errno or 0, "The disk or the network failed. Look at it")
    return FaultError(
        f"{error.strerror or error}{where}. {advice}, then repeat the command. {UNCHANGED}"
    )


def fault_of_warehouse(message: str) -> FaultError | None:
    """Return what DuckDB's message means if the file, the machine or DuckDB itself failed, else None."""
    if fault := _fault_of_system(message):
        return fault
    for words, advice in _WAREHOUSE.items():
        if re.search(words, message.strip(), re.IGNORECASE):
            return FaultError(f"{_why(message)}. {advice}")
    return None


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and what caused it, the outermost first."""
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        original = getattr(cause, "orig", None)  # SQLAlchemy's wrapped error
        cause = cause.__cause__ or cause.__context__ or original


def _explanation(error: BaseException) -> AtlasError | None:
    library = type(error).__module__.split(".")[0]
    match error:
        case AtlasError():
            return error
        case MemoryError():
            return FaultError(_MEMORY)
        case sqlite3.Error():
            return _fault_of_runs(str(error))
        case OSError():
            return fault_of(error)
        case _ if library in {"duckdb", "_duckdb"}:  # not imported here: it takes long
            return fault_of_warehouse(str(error))
        case _:
            return _fault_of_system(str(error))


def _fault_of_runs(message: str) -> FaultError:
    text = next(text for words, text in _RUNS.items() if re.search(words, message, re.IGNORECASE))
    return FaultError(f"Dagster's databases in DAGSTER_HOME {text.format(why=message)}")


def _fault_of_system(message: str) -> FaultError | None:
    """Return what a library's text means that quotes the system; None if it does not."""
    if _NO_MEMORY.search(message):
        return FaultError(_MEMORY)
    for number, advice in _ADVICE.items():
        if os.strerror(number).casefold() in message.casefold():
            return FaultError(f"{_why(message)}. {advice}, then repeat the command. {UNCHANGED}")
    return None


def _why(message: str) -> str:
    """Return the part of DuckDB's message that says what happened."""
    first_line = message.strip().split("\n", maxsplit=1)[0]
    first_line = re.sub("^[A-Z][A-Za-z ]* Error: ", "", first_line)
    return first_line.split(" See also ")[0].split(". However")[0].rstrip(" .!")
