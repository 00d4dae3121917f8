"""The texts that the sheets of an .xlsx workbook share, looked through once for all of its sheets."""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from atlas_assets.sources.label_pattern import LabelPattern

_TEXTS = re.compile(rb"<(?:\w+:)?t(?: [^>]*)?>([^<]*)</")
_PHONETIC = re.compile(rb"<((?:\w+:)?rPh)\b.*?</\1>", re.DOTALL)
_NOT_PLAIN = re.compile(rb"[\x80-\xff]|&#|_x")


class SharedStrings:
    """The shared texts, by their position from 0 on."""

    def __init__(self, xml: bytes) -> None:
        self._xml = xml
        self._found: dict[tuple[LabelPattern, Callable[[str], str]], frozenset[int]] = {}

    def text(self, position: int) -> str | None:
        """Return a text, or None if there are not that many."""
        places = self._places
        if position >= len(places):
            return None
        end = places[position + 1] if position + 1 < len(places) else None
        return text_of(self._xml[places[position] : end])

    def with_labels(self, labels: LabelPattern, form: Callable[[str], str]) -> frozenset[int]:
        """Return the positions of texts that in a form begin or end with a label; there may be too many."""
        if (labels, form) not in self._found:
            self._found[labels, form] = frozenset(self._with_labels(labels, form))
        return self._found[labels, form]

    def _with_labels(self, labels: LabelPattern, form: Callable[[str], str]) -> set[int]:
        found = {self._at(match.start()) for match in labels.in_xml.finditer(self._xml)}
        for position in {self._at(match.start()) for match in _NOT_PLAIN.finditer(self._xml)}:
            if position >= 0 and labels.is_in(form(self.text(position) or "")):
                found.add(position)
        return found

    def _at(self, offset: int) -> int:
        return bisect_right(self._places, offset) - 1

    @cached_property
    def _places(self) -> list[int]:
        """Where each of the texts begins in the XML."""
        opening = re.search(rb"<(\w+:)?sst\b", self._xml)
        prefix = (opening[1] if opening else b"") or b""
        item = re.compile(rb"<%ssi[ >/]" % prefix)
        return [match.start() for match in item.finditer(self._xml)]


def text_of(xml: bytes) -> str:
    """Return the text of an element with one or more runs, without phonetic hints."""
    plain = _PHONETIC.sub(b"", xml) if b"rPh" in xml else xml
    return html.unescape(b"".join(_TEXTS.findall(plain)).decode("utf-8", "replace"))
