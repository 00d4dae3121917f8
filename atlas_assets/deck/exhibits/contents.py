"""The table of contents."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from atlas_assets.deck.slides import Cell, Column, Slide, TableRow
from atlas_assets.deck.table_exhibit import TableExhibit
from atlas_assets.notation.tokens import Role

if TYPE_CHECKING:
    from atlas_assets.deck.slide_writer import SlideWriter


def contents_slides(
    writer: SlideWriter, summary: list[Slide], by_unit: dict[str, list[Slide]], quality: Slide
) -> list[Slide]:
    """List the parts of the deck with their messages and links to their slides."""
    strings = writer.strings
    parts = [(strings("summary_title"), summary)]
    parts += [(writer.report.units[code].name, slides) for code, slides in by_unit.items()]
    parts.append((strings("quality_title"), [quality]))
    exhibit = TableExhibit(
        message=strings.counted("contents_message", len(by_unit), str(len(by_unit))),
        measure=strings("contents_title"),
        scenarios=writer.period,
        marts=["marts"],
        definition="",
        paths=["meta.scope", "totals", "units.*.revenue", "data_quality"],
        columns=[
            Column(strings("contents_section"), 2, "left"),
            Column(strings("contents_message_column"), 8, "left"),
            Column(strings("contents_slide"), 0.8),
        ],
        rows=_contents_rows(parts, first=2),
    )
    pages = writer.table_slides(None, exhibit)
    if len(pages) > 1:  # the parts start after all pages of the contents
        rows = _contents_rows(parts, first=1 + len(pages))
        pages = writer.table_slides(None, replace(exhibit, rows=rows))
    return pages


def _contents_rows(parts: list[tuple[str, list[Slide]]], first: int) -> list[TableRow]:
    """Return a row per part; `first` is the number of slides before the first part."""
    rows: list[TableRow] = []
    position = first + 1
    for name, slides in parts:
        link = Cell(str(position), Role.NEUTRAL, slide=position)
        rows.append(TableRow([Cell(name), Cell(slides[0].message), link]))
        position += len(slides)
    return rows
