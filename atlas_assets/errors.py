"""User-facing errors: their texts say what happened, where, what was expected and what to do."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class AtlasError(Exception):
    """An expected failure. Its text is complete, and is shown to the user as is.

    `is_outside` says that the reason lies outside of the data, so that the same work can succeed later.
    """

    is_outside = False


class UsageError(AtlasError):
    """The command was asked for something that does not exist or makes no sense."""


class ConfigurationError(AtlasError):
    """Something in `source/config` or in the settings is wrong."""

    is_outside = True


class SourceError(AtlasError):
    """A source cannot be read as the configuration says."""


class FaultError(AtlasError):
    """Atlas itself or the machine failed; no workbook is to blame."""

    is_outside = True


class PublishError(AtlasError):
    """The operational database refused a change; no part of it was kept."""


class ReportError(AtlasError):
    """A report, deck or PDF could not be made; the earlier files are untouched."""


def nearest(word: str, known: Iterable[str]) -> str:
    """Return `" Did you mean X?"` for the closest known word, or an empty string."""
    by_folded = {candidate.casefold(): candidate for candidate in known}
    close = get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.6)
    return f" Did you mean {by_folded[close[0]]!r}?" if close else ""
