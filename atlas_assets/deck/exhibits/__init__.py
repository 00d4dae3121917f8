"""The exhibits of a deck, one module each; `unit_details` combines those of a unit in the appendix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atlas_assets.deck.exhibits.channels import channel_slides
from atlas_assets.deck.exhibits.key_comparison import key_comparison_slides
from atlas_assets.deck.exhibits.programs import program_slides
from atlas_assets.deck.exhibits.schools import school_slides

if TYPE_CHECKING:
    from atlas_assets.deck.commentary import UnitCommentary
    from atlas_assets.deck.slide_writer import SlideWriter
    from atlas_assets.deck.slides import Slide
    from atlas_assets.report.model import UnitReport


def unit_details(writer: SlideWriter, unit: UnitReport, own: UnitCommentary) -> list[Slide]:
    """Return the four tables of a unit, on as many slides as they need.

    A company that records no schools or no channels has no slides about them, unless somebody remarked on them.
    """
    slides = [
        *key_comparison_slides(writer, unit, own.key_comparison),
        *program_slides(writer, unit, own.programs),
    ]
    if writer.has_schools or own.schools:
        slides += school_slides(writer, unit, own.schools)
    if writer.has_channels or own.channels:
        slides += channel_slides(writer, unit, own.channels)
    return slides
