"""Decides which slides the deck of a report has, and in what order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atlas_assets.deck.boxes import OWNER
from atlas_assets.deck.commentary import Commentary, UnitCommentary
from atlas_assets.deck.exhibits import unit_details
from atlas_assets.deck.exhibits.bridge import bridge_slides
from atlas_assets.deck.exhibits.changes import change_slides
from atlas_assets.deck.exhibits.contents import contents_slide
from atlas_assets.deck.exhibits.funnel import funnel_slides
from atlas_assets.deck.exhibits.key_figures import key_figure_slides
from atlas_assets.deck.exhibits.movers import mover_slides
from atlas_assets.deck.exhibits.multiples import multiples_slides
from atlas_assets.deck.exhibits.quality import quality_slides
from atlas_assets.deck.exhibits.sources import source_slides
from atlas_assets.deck.exhibits.summary import summary_slide
from atlas_assets.deck.exhibits.unit_page import unit_page
from atlas_assets.deck.exhibits.year import year_slide
from atlas_assets.deck.sentences import short_name
from atlas_assets.deck.slide_writer import SlideWriter
from atlas_assets.deck.slides import Deck, DeckSection, Layout, Run, Slide
from atlas_assets.deck.text_fit import shortened
from atlas_assets.notation.tokens import Size

if TYPE_CHECKING:
    from atlas_assets.deck.exhibits.contents import Part
    from atlas_assets.notation.strings import Strings
    from atlas_assets.report.model import Report, UnitReport


def build_deck(
    report: Report, strings: Strings, full_name: str, commentary: Commentary | None = None
) -> Deck:
    """Return the deck of a report. `full_name` is the entity's legal name."""
    writer = SlideWriter(report, strings, commentary or Commentary())
    main, units, appendix = _main(writer), _unit_pages(writer), _appendix(writer)
    contents = contents_slide(writer, main, units, appendix)
    title = strings(f"cover_title_{report.meta.type}", entity=report.meta.entity_name)
    return Deck(
        title=title,
        subject=writer.period,
        entity=shortened(report.meta.entity_name, OWNER.width, Size.SOURCE),
        date=report.meta.generated_at,
        language=strings.locale,
        sections=[
            DeckSection(
                strings("section_main"),
                [_cover(writer, full_name), contents, *_slides(main), *_slides(units)],
            ),
            DeckSection(strings("section_appendix"), _slides(appendix)),
        ],
    )


def _main(writer: SlideWriter) -> list[Part]:
    """Return the parts about all units; the summary is made of the messages of the others."""
    strings = writer.strings
    parts = [
        (strings("bridge_title"), bridge_slides(writer)),
        (strings("year_title"), [year_slide(writer)]),
        (strings("revenue_by_unit"), multiples_slides(writer)),
        (strings("key_figures_title"), key_figure_slides(writer)),
        (strings("funnel_part"), funnel_slides(writer)),
        (strings("movers_title"), mover_slides(writer)),
    ]
    shown = [(name, slides) for name, slides in parts if slides]
    statements = [
        (name if len(slides) == 1 else slide.title[1].text, slide.message)
        for name, slides in shown
        for slide in slides
        if slide.page[:2] in {"", "1/"}
    ]
    return [(strings("summary_title"), [summary_slide(writer, statements)]), *shown]


def _unit_pages(writer: SlideWriter) -> list[Part]:
    return [
        (unit.name, [unit_page(writer, unit, _remarks(writer, unit).revenue)])
        for unit in writer.by_size
    ]


def _appendix(writer: SlideWriter) -> list[Part]:
    strings = writer.strings
    details = [
        slide
        for unit in writer.by_size
        for slide in unit_details(writer, unit, _remarks(writer, unit))
    ]
    parts = [
        (strings("details_title"), details),
        (strings("quality_title"), quality_slides(writer)),
        (strings("sources_title"), source_slides(writer)),
        (strings("changes_title"), change_slides(writer)),
    ]
    return [(name, slides) for name, slides in parts if slides]


def _remarks(writer: SlideWriter, unit: UnitReport) -> UnitCommentary:
    return writer.commentary.units.get(unit.code, UnitCommentary())


def _slides(parts: list[Part]) -> list[Slide]:
    return [slide for _, slides in parts for slide in slides]


def _cover(writer: SlideWriter, full_name: str) -> Slide:
    meta = writer.report.meta
    return Slide(
        layout=Layout.COVER,
        message=writer.strings(
            f"cover_title_{meta.type}", entity=short_name(writer.subject, COVER_NAME)
        ),
        title=[Run(writer.strings("cover_subtitle", full_name=full_name, period=writer.period))],
        source=writer.strings("cover_source", date=writer.date),
        notes=writer.notes("meta"),
    )


COVER_NAME = 70  # characters
