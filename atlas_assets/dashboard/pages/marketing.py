"""Channels: what they brought, and how many of their leads became orders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atlas_assets.dashboard.parts import exhibits
from atlas_assets.dashboard.parts.blocks import Page
from atlas_assets.deck.exhibits.channels import channel_exhibit
from atlas_assets.deck.exhibits.funnel import funnel_exhibit
from atlas_assets.deck.sentences import customers
from atlas_assets.deck.sentences import details as told

if TYPE_CHECKING:
    from atlas_assets.dashboard.context import Context
    from atlas_assets.dashboard.parts.blocks import Block


def marketing(context: Context) -> Page:
    """Return the channels of a unit, or the funnels of all units with all channels."""
    writer, strings, unit = context.writer, context.strings, context.unit
    message = (
        told.channel_message(unit, writer.period, strings)
        if unit
        else customers.funnel_message(writer, strings)
    )
    exhibit = channel_exhibit(writer, context.subject_name, context.subject, message, [])
    blocks: list[Block] = [exhibits.table(context, "channels", exhibit, context.subject_name)]
    if not unit and context.report.totals.funnel.leads.value is not None:
        blocks.insert(0, exhibits.table(context, "funnel", funnel_exhibit(writer)))
    return Page(strings("channel_title"), message, blocks)
