"""Checks slides for what could not be read: off the slide, overlapping, too long, too small."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

from pptx.util import Emu

from atlas_assets.deck.text_fit import LINE_HEIGHT, POINTS_PER_INCH, line_count, text_width
from atlas_assets.notation.tokens import Size

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_TOLERANCE = Emu(18288)  # 0.02 inches
_SLACK = 0.005  # inches; for rounding in the height of a text
_DEFAULT_SIZE = 18.0  # points; the file format's default size of text
_DEFAULT_INSETS = (91440, 45720)  # EMU; its default insets: left and right, top and bottom
_MARK = re.compile(
    r"Comment \d+|Plan axis|Period|Cut|Cut label"
)  # shapes that lie over a chart on purpose


@dataclass(frozen=True)
class _Frame:
    """A shape and its edges in EMU, kept because reading the place of a placeholder is slow."""

    shape: Any
    left: int
    top: int
    right: int
    bottom: int

    @classmethod
    def of(cls, shape: Any) -> _Frame:
        left, top = shape.left, shape.top
        return cls(shape, left, top, left + shape.width, top + shape.height)

    def contains(self, other: _Frame) -> bool:
        """Return whether another shape lies within this one."""
        return (
            min(other.left - self.left, other.top - self.top) >= -_TOLERANCE
            and max(other.right - self.right, other.bottom - self.bottom) <= _TOLERANCE
        )

    def overlaps(self, other: _Frame) -> bool:
        """Return whether another shape overlaps this one."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return min(across, down) > _TOLERANCE


def misplaced(slide: Any, width: int, height: int, brands: Collection[str]) -> Iterator[str]:
    """Yield what is wrong with the layout of a slide, whose `width` and `height` are in EMU.

    `brands` are the colours (`RRGGBB`) that are allowed besides those of the theme.
    """
    if slide.shapes.title is None or not slide.shapes.title.text.strip():
        yield "there is no title"
    frames = [_Frame.of(shape) for shape in slide.shapes]
    for frame in frames:
        if not _Frame(None, 0, 0, width, height).contains(frame):
            yield f"{frame.shape.name!r} lies outside of the slide"
        if getattr(frame.shape, "has_table", False):
            yield from _wide_cells(frame.shape.table)
        elif frame.shape.has_text_frame and not _MARK.fullmatch(frame.shape.name):
            yield from _long_text(frame)
    yield from _overlaps(frames)
    yield from _foreign_looks(slide, brands)


def _overlaps(frames: list[_Frame]) -> Iterator[str]:
    shown = [frame for frame in frames if not _MARK.fullmatch(frame.shape.name)]
    for one, other in combinations(shown, 2):
        if one.overlaps(other) and not (_are_bars(one, other) or _are_bars(other, one)):
            yield f"{one.shape.name!r} and {other.shape.name!r} lie on top of each other"


def _are_bars(table: _Frame, chart: _Frame) -> bool:
    """Return whether `chart` lies within a table, as bars in cells do."""
    is_pair = getattr(table.shape, "has_table", False) and chart.shape.has_chart
    return is_pair and table.contains(chart)


def _wide_cells(table: Any) -> Iterator[str]:
    widths = [Emu(column.width).inches for column in table.columns]
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            runs = [run for part in cell.text_frame.paragraphs for run in part.runs]
            room = width - cell.margin_left.inches - cell.margin_right.inches
            if (
                sum(_run_width(run, Size.TABLE, bold=False) for run in runs)
                > room + _TOLERANCE.inches
            ):
                yield f"{cell.text!r} is wider than its column"


def _run_width(run: Any, size: float, *, bold: bool) -> float:
    own = run.font.size.pt if run.font.size else size
    is_bold = bold if run.font.bold is None else run.font.bold
    return text_width(run.text, own, bold=is_bold)


def _long_text(frame: _Frame) -> Iterator[str]:
    """Compare the height of a text, with its estimated line breaks, with that of its box."""
    shape = frame.shape
    size, bold, (across, down) = _inherited(shape)
    width = Emu(frame.right - frame.left - 2 * across).inches
    points = 0.0
    for position, paragraph in enumerate(shape.text_frame.paragraphs):
        sizes = [run.font.size.pt for run in paragraph.runs if run.font.size]
        bolds = [bold if run.font.bold is None else run.font.bold for run in paragraph.runs]
        own = max(sizes, default=size)
        lines = line_count(paragraph.text, width, own, bold=any(bolds))
        points += lines * own * LINE_HEIGHT
        if position and paragraph.space_before is not None:
            points += paragraph.space_before.pt
    room = Emu(frame.bottom - frame.top - 2 * down).inches
    if shape.text_frame.text.strip() and points / POINTS_PER_INCH > room + _SLACK:
        yield f"{shape.text_frame.text!r} is longer than its box"


def _inherited(shape: Any) -> tuple[float, bool, tuple[int, int]]:
    """Return size (points), boldness and insets (EMU) of a shape's text, as its layout sets them."""
    body = shape._element.txBody.bodyPr  # noqa: SLF001  python-pptx has no interface to insets of layouts
    style = None
    if shape.is_placeholder:
        index = shape.placeholder_format.idx
        layout = next(
            item
            for item in shape.part.slide_layout.placeholders
            if item.placeholder_format.idx == index
        )
        body = layout._element.txBody.bodyPr  # noqa: SLF001
        style = layout._element.find(".//{*}lvl1pPr/{*}defRPr")  # noqa: SLF001
    size = _DEFAULT_SIZE if style is None else int(style.get("sz", _DEFAULT_SIZE * 100)) / 100
    bold = style is not None and style.get("b") == "1"
    insets = (
        int(body.get("lIns", _DEFAULT_INSETS[0])),
        int(body.get("tIns", _DEFAULT_INSETS[1])),
    )
    return size, bold, insets


def _foreign_looks(slide: Any, brands: Collection[str]) -> Iterator[str]:
    """Yield colours that are neither the theme's nor a unit's own, and text that is too small."""
    charts = [shape.chart._chartSpace for shape in slide.shapes if shape.has_chart]  # noqa: SLF001
    for part, least in ((slide._element, Size.SOURCE), *((chart, Size.TABLE) for chart in charts)):  # noqa: SLF001
        for color in part.iter("{*}srgbClr"):
            if color.get("val") not in brands:
                yield f"the colour {color.get('val')} is none of the theme's"
        for style in part.iter("{*}rPr", "{*}defRPr", "{*}endParaRPr"):
            if int(style.get("sz", _DEFAULT_SIZE * 100)) < least * 100:
                yield f"text of {int(style.get('sz')) / 100} pt is smaller than {least} pt"
