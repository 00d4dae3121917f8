"""User-facing errors: their texts say what happened, where, what was expected and what to do."""

from __future__ import annotations

import errno
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class AtlasError(Exception):
    """An expected failure. Its text is complete, and is shown to the user as is."""


class UsageError(AtlasError):
    """The command was asked for something that does not exist or makes no sense."""


class ConfigurationError(AtlasError):
    """Something in `source/config` or in the settings is wrong."""


class SourceError(AtlasError):
    """A source cannot be read as the configuration says."""


class FaultError(AtlasError):
    """Atlas itself or the machine failed; no workbook is to blame."""


class PublishError(AtlasError):
    """The operational database refused a change; no part of it was kept."""


class ReportError(AtlasError):
    """A report, deck or PDF could not be made; the earlier files are untouched."""


def fault_of(error: OSError) -> FaultError:
    """Return what a failed access to a file of Atlas means, and what to do about it."""
    where = f" at {error.filename}" if error.filename else ""
    advice = {
        errno.ENOSPC: "The disk is full. Free some space",
        errno.EDQUOT: "The disk quota is used up. Free some space",
        errno.EACCES: "Atlas may not read or write here. Give it the right to",
        errno.EPERM: "Atlas may not read or write here. Give it the right to",
        errno.EROFS: "The disk is read-only. Make it writable",
        errno.ENOTDIR: "There is a file in place of a folder. Move it away",
        errno.EISDIR: "There is a folder in place of a file. Move it away",
        errno.EEXIST: "There is a file in place of a folder. Move it away",
        errno.EMFILE: "Too many files are open. Close other programs, or raise the limit",
    }.get(error.errno or 0, "The disk or the network failed. Look at it")
    return FaultError(
        f"{error.strerror or error}{where}. {advice}, then repeat the command. No workbook is wrong, and "
        "what was there before is unchanged."
    )


def nearest(word: str, known: Iterable[str]) -> str:
    """Return `" Did you mean X?"` for the closest known word, or an empty string."""
    by_folded = {candidate.casefold(): candidate for candidate in known}
    close = get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.6)
    return f" Did you mean {by_folded[close[0]]!r}?" if close else ""
