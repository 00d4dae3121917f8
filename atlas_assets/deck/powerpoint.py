"""Draws a deck with python-pptx on a template: the only module that knows both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.oxml import parse_xml
from pptx.util import Inches, Pt

from atlas_assets.deck import charts
from atlas_assets.deck.reproducible import save_reproducibly
from atlas_assets.deck.slides import Run
from atlas_assets.deck.tables import table_xml
from atlas_assets.deck.template import CHART_BOX, TABLE_BOX, load
from atlas_assets.deck.text_fit import shortened
from atlas_assets.files import written_whole
from atlas_assets.notation.tokens import Role, Size

if TYPE_CHECKING:
    from pathlib import Path

    from pptx.presentation import Presentation

    from atlas_assets.deck.slides import Card, Deck, Slide, Table

RAIL_LEFT, RAIL_TOP = 9.35, 1.68
CARD_WIDTH, CARD_HEIGHT, CARD_GAP = 1.66, 1.2, 0.163
MESSAGE, TITLE, COMMENTS, SOURCE, OWNER, EXHIBIT = 0, 13, 16, 17, 18, 14


def render(deck: Deck, template: Path, path: Path) -> None:
    """Write a deck as a PPTX; the same deck on the same template gives the same bytes.

    Raises ReportError when the template lacks something.
    """
    presentation = load(template)
    layouts = {layout.name: layout for layout in presentation.slide_layouts}
    _remove_slides(presentation)
    for slide in deck.slides:
        _draw(presentation.slides.add_slide(layouts[slide.layout]), slide, deck)
    presentation.core_properties.title = deck.title
    with written_whole(path) as temporary:
        save_reproducibly(presentation, temporary, deck.date)


def _remove_slides(presentation: Presentation) -> None:
    """Start from a template that a designer saved with example slides in it."""
    slide_ids = presentation.slides._sldIdLst  # noqa: SLF001  python-pptx cannot remove slides
    for slide_id in list(slide_ids):
        presentation.part.drop_rel(slide_id.rId)
        slide_ids.remove(slide_id)


def _draw(drawn: Any, slide: Slide, deck: Deck) -> None:
    places = {shape.placeholder_format.idx: shape for shape in drawn.placeholders}
    places[MESSAGE].text_frame.text = slide.message
    _write(places[TITLE], [slide.title])
    _write(places[SOURCE], [[_plain(slide.source)]])
    if OWNER in places:
        _write(places[OWNER], [[_plain(deck.entity)]])
    if COMMENTS in places:
        _write(places[COMMENTS], slide.comments)
    if slide.chart:
        charts.draw(drawn, places[EXHIBIT], slide.chart, CHART_BOX)
    if slide.table:
        _draw_table(places[EXHIBIT], slide.table, beside_rail=bool(slide.cards))
    for position, card in enumerate(slide.cards):
        _draw_card(drawn, card, position)
    if slide.color:
        _draw_brand(drawn, slide.color)
    drawn.notes_slide.notes_text_frame.text = slide.notes


def _plain(text: str) -> Run:
    return Run(text)


def _write(shape: Any, paragraphs: list[list[Run]]) -> None:
    """Put paragraphs of runs into a placeholder; remove it when there is nothing to say."""
    if not any(run.text for runs in paragraphs for run in runs):
        shape._element.getparent().remove(shape._element)  # noqa: SLF001
        return
    frame = shape.text_frame
    for position, runs in enumerate(paragraphs):
        paragraph = frame.paragraphs[0] if position == 0 else frame.add_paragraph()
        _add_runs(paragraph, runs)
        if position:
            paragraph.space_before = Pt(4)


def _add_runs(paragraph: Any, runs: list[Run], size: float | None = None) -> None:
    for run in runs:
        added = paragraph.add_run()
        added.text = run.text
        if size:
            added.font.size = Pt(size)
        if run.bold:
            added.font.bold = True
        if run.role:
            added.font.color.theme_color = charts.THEME_COLORS[run.role]


def _draw_table(placeholder: Any, table: Table, *, beside_rail: bool) -> None:
    width = CHART_BOX[2] if beside_rail else TABLE_BOX[2]
    box = (TABLE_BOX[0], TABLE_BOX[1], width, TABLE_BOX[3])
    element = placeholder._element  # noqa: SLF001  replaced by the table itself
    element.getparent().replace(element, parse_xml(table_xml(table, box, placeholder.shape_id)))


def _draw_card(drawn: Any, card: Card, position: int) -> None:
    left = RAIL_LEFT + position % 2 * (CARD_WIDTH + CARD_GAP)
    top = RAIL_TOP + position // 2 * (CARD_HEIGHT + CARD_GAP)
    box = drawn.shapes.add_shape(
        MSO_SHAPE.RECTANGLE, Inches(left), Inches(top), Inches(CARD_WIDTH), Inches(CARD_HEIGHT)
    )
    box.name = card.label
    style = box._element.find("{http://schemas.openxmlformats.org/presentationml/2006/main}style")  # noqa: SLF001
    box._element.remove(style)  # noqa: SLF001  it carries a shadow that LibreOffice keeps
    box.fill.solid()
    box.fill.fore_color.theme_color = charts.THEME_COLORS[Role.CARD]
    box.line.fill.background()
    frame = box.text_frame
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = Inches(0.12)
    frame.margin_top = frame.margin_bottom = Inches(0.09)
    frame.vertical_anchor = charts.ANCHOR_TOP
    inner = CARD_WIDTH - 0.24
    label = shortened(card.label, inner, Size.LABEL)
    _add_card_line(frame.paragraphs[0], [_plain(label)], Size.LABEL)
    _add_card_line(frame.add_paragraph(), [_bold(card.value)], 18.0)
    for runs in card.lines:
        _add_card_line(frame.add_paragraph(), runs, Size.LABEL)


def _bold(text: str) -> Run:
    return Run(text, bold=True, role=Role.NAVY)


def _add_card_line(paragraph: Any, runs: list[Run], size: float) -> None:
    paragraph.alignment = charts.ALIGN_LEFT
    _add_runs(
        paragraph,
        [run if run.role else type(run)(run.text, run.bold, Role.INK) for run in runs],
        size,
    )


def _draw_brand(drawn: Any, color: str) -> None:
    """Mark a unit's slides with its brand colour, left of the message."""
    mark = drawn.shapes.add_shape(
        MSO_SHAPE.RECTANGLE, Inches(0.28), Inches(0.42), Inches(0.07), Inches(0.98)
    )
    mark.name = "Brand"
    style = mark._element.find("{http://schemas.openxmlformats.org/presentationml/2006/main}style")  # noqa: SLF001
    mark._element.remove(style)  # noqa: SLF001
    mark.fill.solid()
    mark.fill.fore_color.rgb = RGBColor.from_string(color.removeprefix("#"))
    mark.line.fill.background()
