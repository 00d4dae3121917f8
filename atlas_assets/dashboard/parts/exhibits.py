"""The exhibits of decks as parts of pages: the same columns, figures and words, with a link on each figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atlas_assets.dashboard.charts.bars import drawn_bars
from atlas_assets.dashboard.exports import FORMATS
from atlas_assets.dashboard.parts.blocks import (
    Card,
    Cards,
    Cell,
    Column,
    Row,
    Statements,
    Table,
    Text,
)
from atlas_assets.deck.table_exhibit import without_empty_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

    from atlas_assets.dashboard.context import Context
    from atlas_assets.deck import slides
    from atlas_assets.deck.commentary import Remark
    from atlas_assets.deck.table_exhibit import TableExhibit


def table(context: Context, name: str, exhibit: TableExhibit, subject: str = "") -> Table:
    """Return the table of an exhibit about a subject, by default the report's."""
    exhibit = without_empty_columns(exhibit)
    writer = context.writer
    drawn = {item.column: drawn_bars(item) for item in exhibit.bars}

    def row(line: slides.TableRow, position: int | None) -> Row:
        cells = [
            _cell(context, cell, _bar(drawn.get(column), position))
            for column, cell in enumerate(line.cells)
        ]
        return Row(cells, line.is_total, line.is_detail)

    runs = writer.title(subject or writer.subject, exhibit.measure, exhibit.scenarios, exhibit.unit)
    return Table(
        name=name,
        title=[text(run) for run in runs],
        columns=[
            Column(column.header, column.align, column.emphasized) for column in exhibit.columns
        ],
        rows=[row(line, position) for position, line in enumerate(exhibit.rows)],
        total=row(exhibit.total, None) if exhibit.total and exhibit.rows else None,
        notes=[note for note in (exhibit.definition, *exhibit.footnotes) if note],
        downloads=downloads(context, name),
        message=exhibit.message,
    )


def _bar(drawn: Sequence[Markup] | None, position: int | None) -> Markup | None:
    if drawn is None or position is None or position >= len(drawn):
        return None
    return drawn[position]


def _cell(context: Context, cell: slides.Cell, bars: Markup | None) -> Cell:
    figure = cell.figure
    return Cell(
        text=cell.text,
        style=cell.role or "",
        href=context.view.trace(figure) if figure else None,
        value=context.figures.get(figure) if figure else None,
        bars=bars,
    )


def cells(context: Context, of: list[slides.Cell]) -> list[Cell]:
    """Return the cells of a slide's row."""
    return [_cell(context, cell, None) for cell in of]


def downloads(context: Context, name: str) -> list[Text]:
    """Return the addresses of a table in other formats."""
    view = context.view
    return [Text(kind.upper(), href=view.with_(table=name, format=kind)) for kind in FORMATS]


def text(run: slides.Run, context: Context | None = None) -> Text:
    """Return a piece of a slide's text, with a link if it is a figure."""
    href = context.view.trace(run.figure) if context and run.figure else None
    return Text(run.text, run.role or "", href, run.bold)


def cards(context: Context, of: list[slides.Card]) -> Cards:
    """Return the cards of a slide."""
    return Cards(
        [
            Card(
                card.label,
                Text(card.value, href=context.view.trace(card.figure) if card.figure else None),
                [[text(run, context) for run in line] for line in card.lines],
            )
            for card in of
        ]
    )


def statements(title: str, remarks: Sequence[Remark]) -> Statements:
    """Return remarks as sentences."""
    return Statements(
        title, [[Text(remark.lead, bold=True), Text(remark.text)] for remark in remarks]
    )
