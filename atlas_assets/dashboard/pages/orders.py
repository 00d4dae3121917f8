"""Orders and students: what they are worth, who they are, and what is still open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atlas_assets.dashboard import exhibits
from atlas_assets.dashboard.blocks import Page
from atlas_assets.dashboard.listing import ListColumn, Listing
from atlas_assets.dashboard.sql import sql
from atlas_assets.deck.exhibits.key_comparison import key_comparison_exhibit
from atlas_assets.deck.exhibits.key_figures import key_figure_exhibit
from atlas_assets.deck.sentences import customers
from atlas_assets.notation.numbers import number
from atlas_assets.operational.records import order_id

if TYPE_CHECKING:
    from typing import Any

    from atlas_assets.dashboard.blocks import Block, Table
    from atlas_assets.dashboard.context import Context


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


def open_orders(context: Context) -> Table:
    """Return the orders of which only a part is paid at the end of the period, the oldest first."""
    strings, language = context.strings, context.view.language
    all_units = [unit.code for unit in context.entity.units]
    units = [context.view.unit] if context.view.unit else all_units
    rows = context.build.query(
        sql("open_orders"),
        {
            "entity": context.view.entity,
            "units": units,
            "until": context.view.period.last.first_day,
        },
    )

    def opened(row: dict[str, Any]) -> str | None:
        if row["intake"] is None:
            return None
        order = order_id(context.view.entity, row["order_key"], row["intake"])
        return context.view.at(f"/orders/{order}")

    columns = [
        ListColumn("student_name", strings("web_student"), href=opened),
        ListColumn("unit_code", strings("unit"), facet=True),
        ListColumn("product_name", strings("program")),
        ListColumn("won", strings("web_won")),
        ListColumn("last_payment", strings("web_last_payment")),
        ListColumn(
            "age", strings("web_months_since"), number=lambda value: number(value, language)
        ),
        ListColumn("paid", strings("paid_so_far"), number=context.money),
    ]
    return Listing(context, "open_orders", strings("web_open_orders"), columns).table(rows)
