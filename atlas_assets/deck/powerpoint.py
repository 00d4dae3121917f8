"""Draws a deck on a template with python-pptx."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any

from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml import parse_xml

from atlas_assets.deck.charts import ChartDrawer
from atlas_assets.deck.drawing_xml import NAMESPACES, runs_xml
from atlas_assets.deck.file_properties import describe, tag_language
from atlas_assets.deck.remarks import PARAGRAPH_SPACE
from atlas_assets.deck.reproducible import save_reproducibly
from atlas_assets.deck.shapes import Box, add_brand, add_card, add_slide_number
from atlas_assets.deck.slides import GRID_COLUMNS, Run
from atlas_assets.deck.table_layout import column_widths
from atlas_assets.deck.tables import table_xml
from atlas_assets.deck.template import COMMENTS_INDEX, EXHIBIT_INDEX, NUMBER_INDEX, load
from atlas_assets.deck.text_fit import shortened
from atlas_assets.files import written_whole
from atlas_assets.notation.tokens import Role, Size

if TYPE_CHECKING:
    from pathlib import Path

    from pptx.presentation import Presentation

    from atlas_assets.deck.slides import Card, Deck, Slide, Table
    from atlas_assets.deck.template import Template

RAIL_GAP = 0.163  # inches between two cards or small charts
GRID_GAP = (0.3, 0.12)  # inches between small charts of months, across and down
CARD_INSET = 0.12
BRAND = Box(0.28, 0.42, 0.07, 0.98)
_MESSAGE, _TITLE, _SOURCE, _OWNER = 0, 13, 17, 18


def render(deck: Deck, template: Path, path: Path) -> None:
    """Write a deck as PPTX; the same deck on the same template gives the same bytes.

    Raises ReportError when the template cannot be opened, or does not fit.
    """
    opened = load(template)
    presentation = opened.presentation
    layouts = {layout.name: layout for layout in presentation.slide_layouts}
    _remove_slides(presentation)
    drawn = [_added(presentation, layouts[slide.layout], slide) for slide in deck.slides]
    charts = ChartDrawer(presentation.part.package, deck.date)
    drawer = _Drawer(drawn, opened, charts, deck.entity)
    for target, slide in zip(drawn, deck.slides, strict=True):
        drawer.draw(target, slide)
    pages = [(slide.element, slide.notes_slide.element) for slide in drawn]
    tag_language([part for page in pages for part in page], deck.language)
    tag_language(charts.elements, deck.language)
    describe(presentation, deck)
    with written_whole(path) as temporary:
        save_reproducibly(presentation, temporary, deck.date)


def _added(presentation: Presentation, layout: Any, slide: Slide) -> Any:
    """Add an empty slide with its notes.

    They are named before there are charts, because python-pptx goes through all parts for each name.
    """
    added: Any = presentation.slides.add_slide(layout)
    added.notes_slide.notes_text_frame.text = slide.notes
    return added


def _remove_slides(presentation: Presentation) -> None:
    """Remove the example slides that a designer may have left in the template."""
    slide_ids = presentation.slides._sldIdLst  # noqa: SLF001  python-pptx cannot remove slides
    for slide_id in list(slide_ids):
        presentation.part.drop_rel(slide_id.rId)
        slide_ids.remove(slide_id)


class _Drawer:
    """Fills slides that have been added to a presentation."""

    def __init__(
        self, slides: list[Any], template: Template, charts: ChartDrawer, entity: str
    ) -> None:
        self.slides, self.template, self.charts, self.entity = slides, template, charts, entity

    def draw(self, drawn: Any, slide: Slide) -> None:
        """Draw a slide's content; placeholders without content are removed."""
        places = {shape.placeholder_format.idx: shape for shape in drawn.placeholders}
        page = f" ({slide.page})" if slide.page else ""
        _write(places[_MESSAGE], [[Run(slide.message + page)]])
        _write(places[_TITLE], [slide.title])
        _write(places[_SOURCE], [[Run(slide.source)]])
        if _OWNER in places:
            _write(places[_OWNER], [[Run(self.entity)]])
        if COMMENTS_INDEX in places:
            _write(places[COMMENTS_INDEX], [comment.runs for comment in slide.comments])
        if EXHIBIT_INDEX in places:
            self._draw_exhibit(drawn, places[EXHIBIT_INDEX], slide)
        if slide.cards or slide.small_charts:
            self._draw_rail(drawn, slide)
        if slide.color:
            add_brand(drawn, BRAND, slide.color)
        if NUMBER_INDEX in self.template.boxes[slide.layout]:
            add_slide_number(drawn, NUMBER_INDEX)

    def _draw_exhibit(self, drawn: Any, placeholder: Any, slide: Slide) -> None:
        box = self.template.box(slide.layout, EXHIBIT_INDEX)
        if slide.chart:
            self.charts.columns(drawn, placeholder, slide.chart, box)
        elif slide.table:
            self._draw_table(drawn, placeholder, slide.table, box)
        else:
            placeholder._element.getparent().remove(placeholder._element)  # noqa: SLF001
            for chart, place in zip(slide.multiples, _grid(len(slide.multiples), box), strict=True):
                self.charts.multiple(drawn, chart, place)

    def _draw_rail(self, drawn: Any, slide: Slide) -> None:
        rail = self.template.rail(slide.layout)
        comments = self.template.box(slide.layout, COMMENTS_INDEX)
        above_comments = comments.top - rail.top
        for position, card in enumerate(slide.cards):
            _draw_card(drawn, card, _rail_box(position, rail, above_comments))
        height = above_comments if slide.comments else rail.height
        for position, chart in enumerate(slide.small_charts):
            self.charts.small(drawn, chart, _rail_box(position, rail, height))

    def _draw_table(self, drawn: Any, placeholder: Any, table: Table, box: Box) -> None:
        links = {
            cell.slide: drawn.part.relate_to(
                self.slides[cell.slide - 1].part, RELATIONSHIP_TYPE.SLIDE
            )
            for row in table.rows
            for cell in row.cells
            if cell.slide
        }
        element = placeholder._element  # noqa: SLF001  replaced by the table itself
        frame = parse_xml(table_xml(table, box, placeholder.shape_id, links))
        element.getparent().replace(element, frame)
        widths = column_widths(table.columns, box.width)
        for bars in table.bars:
            place = Box(
                box.left + sum(widths[: bars.column]),
                box.top + table.row_height,
                widths[bars.column],
                table.row_height * len(bars.rows),
            )
            self.charts.bars(drawn, bars, place)


def _rail_box(position: int, rail: Box, height: float) -> Box:
    """Return the box of one of four positions (0 to 3) in the upper `height` inches of the rail."""
    width, part = (rail.width - RAIL_GAP) / 2, (height - 2 * RAIL_GAP) / 2
    left = rail.left + position % 2 * (width + RAIL_GAP)
    return Box(left, rail.top + position // 2 * (part + RAIL_GAP), width, part)


def _grid(count: int, box: Box) -> list[Box]:
    """Return the boxes of up to twelve small charts, row by row; they never become wider for being few."""
    across, down = GRID_COLUMNS, ceil(count / GRID_COLUMNS)
    gap_x, gap_y = GRID_GAP
    width, height = (box.width + gap_x) / across, (box.height + gap_y) / down
    return [
        Box(
            box.left + position % across * width,
            box.top + position // across * height,
            width - gap_x,
            height - gap_y,
        )
        for position in range(count)
    ]


def _draw_card(drawn: Any, card: Card, box: Box) -> None:
    label = shortened(card.label, box.width - 2 * CARD_INSET, Size.LABEL)
    value = [Run(card.value, bold=True, role=Role.NAVY)]
    lines = [([Run(label)], Size.LABEL), (value, Size.CARD)]
    lines += [(runs, Size.LABEL) for runs in card.lines]
    add_card(drawn, box, card.label, lines, (CARD_INSET, 0.09))


def _write(shape: Any, paragraphs: list[list[Run]]) -> None:
    """Put paragraphs of runs into a placeholder, or remove it when they are empty."""
    element = shape._element  # noqa: SLF001
    if not any(run.text for runs in paragraphs for run in runs):
        element.getparent().remove(element)
        return
    body = element.txBody
    for paragraph in body.p_lst:
        body.remove(paragraph)
    space = f'<a:pPr><a:spcBef><a:spcPts val="{PARAGRAPH_SPACE * 100}"/></a:spcBef></a:pPr>'
    for position, runs in enumerate(paragraphs):
        look = space if position else ""
        body.append(parse_xml(f"<a:p {NAMESPACES}>{look}{runs_xml(runs)}</a:p>"))
