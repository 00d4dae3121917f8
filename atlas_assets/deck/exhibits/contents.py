"""The table of contents, on one page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atlas_assets.deck.slides import Cell, Column, Layout, Slide, TableRow
from atlas_assets.deck.table_exhibit import TableExhibit
from atlas_assets.notation.tokens import Role

if TYPE_CHECKING:
    from atlas_assets.deck.slide_writer import SlideWriter

MOST = 17  # rows
Part = tuple[str, list[Slide]]


def contents_slide(
    writer: SlideWriter, main: list[Part], units: list[Part], appendix: list[Part]
) -> Slide:
    """List the parts of the deck with their messages and links; many units are one line."""
    strings = writer.strings
    parts = [*main, *units, *appendix]
    if len(parts) > MOST:
        pages = [slide for _, slides in units for slide in slides]
        parts = [*main, (strings("contents_units"), pages), *appendix]
    exhibit = TableExhibit(
        message=strings.counted("contents_message", len(units), str(len(units))),
        measure=strings("contents_title"),
        scenarios=writer.period,
        marts=["marts"],
        definition="",
        paths=["meta.scope", "totals", "units", "movers", "bridge", "data_quality", "changes"],
        columns=[
            Column(strings("contents_section"), 2.4, "left"),
            Column(strings("contents_message_column"), 7.8, "left"),
            Column(strings("contents_slide"), 0.8),
        ],
        rows=_rows(parts, first=2),
    )
    return writer.table_on_one_slide(exhibit, Layout.TABLE)


def _rows(parts: list[Part], first: int) -> list[TableRow]:
    """Return a row per part; `first` is the number of slides before the first part."""
    rows: list[TableRow] = []
    position = first + 1
    for name, slides in parts:
        link = Cell(str(position), Role.NEUTRAL, slide=position)
        rows.append(TableRow([Cell(name), Cell(slides[0].message), link]))
        position += len(slides)
    return rows
