"""Orders and students: what they are worth, who they are, and what is still open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atlas_assets.dashboard.parts import exhibits
from atlas_assets.dashboard.parts.blocks import Page
from atlas_assets.dashboard.parts.open_orders import open_orders
from atlas_assets.deck.exhibits.key_comparison import key_comparison_exhibit
from atlas_assets.deck.exhibits.key_figures import key_figure_exhibit
from atlas_assets.deck.sentences import customers

if TYPE_CHECKING:
    from atlas_assets.dashboard.context import Context
    from atlas_assets.dashboard.parts.blocks import Block


def orders(context: Context) -> Page:
    """Return the page of orders."""
    writer, strings = context.writer, context.strings
    exhibit = key_comparison_exhibit(writer, context.subject_name, context.subject, [])
    blocks: list[Block] = [
        exhibits.table(context, "key_comparison", exhibit, context.subject_name),
        open_orders(context),
    ]
    if context.unit:
        return Page(strings("orders"), exhibit.message, blocks)
    blocks.insert(0, exhibits.table(context, "key_figures", key_figure_exhibit(writer)))
    return Page(strings("orders"), customers.customers_message(writer, strings), blocks)
