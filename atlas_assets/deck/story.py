"""Decides which slides the deck of a report has, and in what order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atlas_assets.deck import messages
from atlas_assets.deck.boxes import OWNER
from atlas_assets.deck.commentary import Commentary
from atlas_assets.deck.exhibits import unit_slides
from atlas_assets.deck.exhibits.contents import contents_slides
from atlas_assets.deck.exhibits.quality import quality_slides
from atlas_assets.deck.exhibits.sources import source_slides
from atlas_assets.deck.exhibits.summary import summary_slides
from atlas_assets.deck.slide_writer import SlideWriter
from atlas_assets.deck.slides import Deck, Layout, Run, Slide
from atlas_assets.deck.text_fit import shortened
from atlas_assets.notation.tokens import Size

if TYPE_CHECKING:
    from atlas_assets.notation.strings import Strings
    from atlas_assets.report.model import Report


def build_deck(
    report: Report, strings: Strings, full_name: str, commentary: Commentary | None = None
) -> Deck:
    """Return the deck of a report. `full_name` is the entity's legal name."""
    writer = SlideWriter(report, strings, commentary or Commentary())
    by_unit = {unit.code: unit_slides(writer, unit) for unit in report.units.values()}
    summary, quality = summary_slides(writer), quality_slides(writer)
    return Deck(
        title=strings(f"cover_title_{report.meta.type}", entity=report.meta.entity_name),
        entity=shortened(report.meta.entity_name, OWNER.width, Size.SOURCE),
        date=report.meta.generated_at,
        slides=[
            _cover(writer, full_name),
            *contents_slides(writer, summary, by_unit, quality[0]),
            *summary,
            *(slide for slides in by_unit.values() for slide in slides),
            *quality,
            *source_slides(writer),
        ],
    )


def _cover(writer: SlideWriter, full_name: str) -> Slide:
    meta = writer.report.meta
    return Slide(
        layout=Layout.COVER,
        message=writer.strings(
            f"cover_title_{meta.type}", entity=messages.short_name(writer.subject, 70)
        ),
        title=[Run(writer.strings("cover_subtitle", full_name=full_name, period=writer.period))],
        source=writer.strings("cover_source", date=writer.date),
        notes=writer.notes("meta"),
    )
