"""Finds where labels such as TOTAL stand, in texts and in the XML that holds many of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class LabelPattern:
    """Texts that begin with a label, however it is spaced, or end with one; it may find too many.

    `labels` are in capitals, without marks around them.
    """

    labels: tuple[str, ...]

    def is_in(self, text: str) -> bool:
        """Return whether a text begins or ends with a label."""
        return bool(self._beginning.match(text) or self._ending.search(text))

    @cached_property
    def in_xml(self) -> re.Pattern[bytes]:
        """The pattern in XML; it never looks beyond a text, or it would take minutes for a large file."""
        ending = rf"[^\w<](?:{self._written})[^\w<]*</"
        return re.compile(rf">\s*{self._spaced}|{ending}".encode(), re.IGNORECASE)

    @cached_property
    def _beginning(self) -> re.Pattern[str]:
        return re.compile(self._spaced, re.IGNORECASE)

    @cached_property
    def _ending(self) -> re.Pattern[str]:
        return re.compile(rf"[\W_](?:{self._written})[\W_]*$", re.IGNORECASE)

    @property
    def _spaced(self) -> str:
        spaced = (r"[\W_]*".join(map(re.escape, label.replace(" ", ""))) for label in self.labels)
        return rf"[\W_]*(?:{'|'.join(spaced)})"

    @property
    def _written(self) -> str:
        return "|".join(map(re.escape, self.labels))
