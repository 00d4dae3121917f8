"""Orders of which only a part is paid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atlas_assets.dashboard.parts.listing import ListColumn, Listing
from atlas_assets.documents.sql_text import sql_text
from atlas_assets.operational.records import order_id

if TYPE_CHECKING:
    from typing import Any

    from atlas_assets.dashboard.context import Context
    from atlas_assets.dashboard.parts.blocks import Table


def open_orders(context: Context) -> Table:
    """Return the orders of which only a part is paid at the end of the period, the oldest first."""
    strings = context.strings
    all_units = [unit.code for unit in context.entity.units]
    units = [context.view.unit] if context.view.unit else all_units
    period = context.view.period
    known = [m for m in context.build.months(context.view.entity) if m <= period.last]
    until = known[-1] if known else period.last  # of a year that has only begun
    rows = context.build.query(
        sql_text("dashboard", "open_orders"),
        {
            "entity": context.view.entity,
            "units": units,
            "until": until.first_day,
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
        ListColumn("age", strings("web_months_since"), number=context.count),
        ListColumn("paid", strings("paid_so_far"), number=context.money),
    ]
    return Listing(context, "open_orders", strings("web_open_orders"), columns).table(rows)
