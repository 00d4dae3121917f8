"""Reads the pages of the dashboard."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

ROUTES = (
    *("/", "/revenue", "/orders", "/programs", "/schools", "/marketing", "/students"),
    *("/organizations", "/findings", "/quality", "/reports"),
)


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[tuple[str, str]] = []
        self._open: list[tuple[str, list[str]]] = []
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._open.append((dict(attrs).get("href") or "", []))
        self._in_title = tag == "title"

    def handle_data(self, data: str) -> None:
        if self._open and not self._in_title:
            self._open[-1][1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._in_title = False
        if tag == "a" and self._open:
            href, texts = self._open.pop()
            self.links.append((href, "".join(texts).strip()))


def links(html: str) -> list[tuple[str, str]]:
    """Return the addresses and texts of all links; titles in drawings are left out."""
    parser = _Links()
    parser.feed(html)
    return parser.links


def shown_figures(html: str) -> Iterator[tuple[str, str]]:
    """Yield each figure on a page that leads to where it comes from: its place and its text."""
    for href, text in links(html):
        parts = urlsplit(href)
        if parts.path == "/trace" and text:
            yield parse_qs(parts.query)["figure"][0], text


def number_in(text: str) -> tuple[float, int] | None:
    """Return the number that a text in Indonesian tells, and its decimals; None if it tells a bound."""
    if "<" in text or ">" in text or "n.a." in text:
        return None
    match = re.search(r"[−+]?[\d.]+(?:,\d+)?", text)
    assert match, text
    plain = match[0].replace(".", "").replace(",", ".").replace("−", "-")
    before = text[: match.start()]
    value = float(plain) * (-1 if "−" in before else 1)
    return value, len(plain.partition(".")[2])
