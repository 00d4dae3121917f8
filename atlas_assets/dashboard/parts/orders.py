"""The orders of a student or an organization, each of which leads to its receipts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from atlas_assets.dashboard.parts.listing import ListColumn, Listing
from atlas_assets.dashboard.parts.records import all_of, record_query

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from atlas_assets.dashboard.context import Context
    from atlas_assets.dashboard.parts.blocks import Table


def orders_of(
    session: Session,
    owner: Literal["orders.participant_id", "account.organization_id"],
    identifier: str,
) -> list[dict[str, Any]]:
    """Return the orders of an owner, the newest first."""
    more = f"WHERE {owner} = :id ORDER BY orders.ordered_on DESC, orders.id"
    return all_of(session, record_query("orders", more), id=identifier)


def order_table(context: Context, orders: list[dict[str, Any]], other: tuple[str, str]) -> Table:
    """Return orders as a list; each leads to its receipts. `other` is the key and header of one more column."""
    strings = context.strings
    for order in orders:
        order["status"] = context.word("status", order["status"])
        if order["customer_type"]:
            order["customer_type"] = strings.customer_type(order["customer_type"])
    columns = [
        ListColumn(
            "program",
            strings("program"),
            href=lambda row: context.view.at(f"/orders/{row['id']}"),
        ),
        ListColumn("unit", strings("unit"), facet=True),
        ListColumn("ordered_on", strings("web_ordered_on")),
        ListColumn("customer_type", strings("web_customer_type"), facet=True),
        ListColumn("status", strings("status"), facet=True),
        ListColumn(*other),
        ListColumn("total_amount", strings("web_paid"), number=context.money),
    ]
    return Listing(context, "orders", strings("orders"), columns).table(orders)
