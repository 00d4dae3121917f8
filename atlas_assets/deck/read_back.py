"""Reads a deck back from its file and compares every figure on it with the report.

A slide's notes name the paths in report.json that its figures come from. A number on the slide, in
text, table or chart, has to be one of the values there, as the notation writes it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.util import Emu

from atlas_assets.deck.slide_writer import FINGERPRINT_LENGTH
from atlas_assets.deck.text_fit import text_width
from atlas_assets.errors import ReportError
from atlas_assets.notation.numbers import MINUS, NBSP, number, percent, rupiah, signed
from atlas_assets.notation.tokens import Size

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from atlas_assets.report.model import Report

# What the slide with the contents is about, and what charts divide by.
_SCOPE = "meta.scope"
_CHART_UNITS = (1, 1e3, 1e6, 1e9)
_FIGURE = re.compile(rf"[+{MINUS}]?(?:Rp\s)?\d(?:\d|[.,](?=\d))*%?")
_PAGE = re.compile(r"\(\d+/\d+\)$")  # of a table that goes on over several slides
_MONEY_WORD = re.compile(r"\s(?:T|M|jt|rb|tn|bn|m|k)\b")


class DeckError(ReportError):
    """A deck does not say what its report says; the earlier deck is untouched."""


def refuse_different(path: Path, report: Report, locale: str) -> None:
    """Raise DeckError, naming every slide, unless a deck says what the report says."""
    told = differences(path, report, locale)
    if told:
        raise DeckError(
            f"The slides of {report.meta.entity} {report.meta.period} differ from report.json:\n"
            + "\n".join(told)
            + "\nThis is a mistake of the program or of the template. The earlier deck is untouched."
        )


def differences(path: Path, report: Report, locale: str) -> list[str]:
    """Say of everything on a deck's slides that does not stand in the report, or not on the slide.

    Each text names the slide and what is wrong with it; none means that the deck is right.
    """
    presentation = Presentation(str(path))
    pages = {str(page + 1) for page in range(len(presentation.slides))}
    data = report.model_dump(mode="python")
    told: list[str] = []
    for position, slide in enumerate(presentation.slides, start=1):
        paths = _paths(slide)
        leaves = list(_values(data, [*paths, "meta"]))
        known = {text for leaf in leaves for text in _forms(leaf, locale)}
        if _SCOPE in paths:  # the contents say on which slide a unit begins
            known |= pages
        names = [leaf for leaf in leaves if isinstance(leaf, str)]
        wrong = [
            *_unknown(slide, known, names),
            *_unknown_in_charts(slide, leaves),
            *_misplaced(slide, presentation.slide_width or 0, presentation.slide_height or 0),
        ]
        told += [f"slide {position}: {problem}" for problem in wrong]
    return told


def _paths(slide: Any) -> list[str]:
    lines = slide.notes_slide.notes_text_frame.text.splitlines()
    return [line.removeprefix("- ") for line in lines[1 : lines.index("source:")]]


def _values(data: Any, paths: list[str]) -> Iterator[Any]:
    """Yield every value below paths such as `units.*.revenue`, and the length of every list."""
    for path in paths:
        found = [data]
        for step in path.split("."):
            found = [
                inner
                for outer in found
                for inner in (outer.values() if step == "*" else [outer[step]])
            ]
        for part in found:
            yield from _leaves(part)


def _leaves(part: Any) -> Iterator[Any]:
    if isinstance(part, dict):
        yield len(part)
        yield from part  # the years of schools are keys
        for value in part.values():
            yield from _leaves(value)
    elif isinstance(part, list):
        yield len(part)
        for value in part:
            yield from _leaves(value)
    else:
        yield part


def _forms(value: Any, locale: str) -> Iterator[str]:
    """Yield the ways in which a value may stand on a slide, with its sign and without."""
    if isinstance(value, str):
        yield from (figure for figure in _figures(value))
    if isinstance(value, bool) or not isinstance(value, int | float):
        return
    for text in (
        *(rupiah(value, locale), percent(value, locale)),
        *(number(value, locale), str(value)),
    ):
        plain = text.removeprefix(MINUS).replace(NBSP, " ")
        yield from (plain, signed(plain, value) if value > 0 else MINUS + plain)


def _figures(text: str) -> Iterator[str]:
    """Yield the numbers of a text with their signs and units: `−Rp 2,5 jt`, `12,4%`, `2026`."""
    text = text.replace(NBSP, " ").replace("\u202f", " ")
    for match in _FIGURE.finditer(text):
        word = _MONEY_WORD.match(text, match.end()) if "Rp" in match[0] else None
        yield match[0] + (word[0] if word else "")


def _unknown(slide: Any, known: set[str], names: list[str]) -> Iterator[str]:
    for text in _texts(slide):
        if _is_name(text, names):
            continue
        for figure in _figures(_PAGE.sub("", text)):
            if figure not in known:
                yield f"{figure!r} in {text!r} is not in the report"


def _is_name(text: str, names: list[str]) -> bool:
    """Whether a text is a name, one that was cut, or a fingerprint; a mere number is none."""
    is_cut = text.endswith("…") or len(text) == FINGERPRINT_LENGTH
    return text in names or (
        is_cut and any(name.startswith(text.removesuffix("…")) for name in names)
    )


def _texts(slide: Any) -> Iterator[str]:
    for shape in slide.shapes:
        if shape.has_text_frame and not _is_page_number(shape):
            yield from (paragraph.text for paragraph in shape.text_frame.paragraphs)
        elif getattr(shape, "has_table", False):
            yield from (cell.text for row in shape.table.rows for cell in row.cells)


def _is_page_number(shape: Any) -> bool:
    return shape.is_placeholder and shape.placeholder_format.type == PP_PLACEHOLDER.SLIDE_NUMBER


def _unknown_in_charts(slide: Any, leaves: list[Any]) -> Iterator[str]:
    """Yield what charts show that is no value of the report, in one unit for the whole slide."""
    shown = {
        (series.name, value)
        for shape in slide.shapes
        if shape.has_chart
        for plot in shape.chart.plots
        for series in plot.series
        for value in series.values
        if value is not None
    }
    amounts = [leaf for leaf in leaves if isinstance(leaf, int | float)]
    missing = [
        {pair for pair in shown if round(abs(pair[1]), 6) not in known}
        for unit in _CHART_UNITS
        for known in [{round(abs(amount) / unit, 6) for amount in amounts}]
    ]
    for name, value in sorted(min(missing, key=len)):
        yield f"{value} of {name!r} in the chart is not in the report"


def _misplaced(slide: Any, width: int, height: int) -> Iterator[str]:
    """Yield what is not to be seen: outside of the slide, wider than its column, no title."""
    if slide.shapes.title is None or not slide.shapes.title.text.strip():
        yield "there is no title"
    for shape in slide.shapes:
        right, bottom = shape.left + shape.width, shape.top + shape.height
        if min(shape.left, shape.top) < 0 or right > width or bottom > height:
            yield f"{shape.name!r} lies outside of the slide"
        if getattr(shape, "has_table", False):
            yield from _overflowing(shape.table)


def _overflowing(table: Any) -> Iterator[str]:
    widths = [Emu(column.width).inches for column in table.columns]
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            room = width - cell.margin_left.inches - cell.margin_right.inches
            if text_width(cell.text, Size.TABLE) > room + 0.01:
                yield f"{cell.text!r} is wider than its column"
