"""Schools and other organizations: the list, and what one of them brought."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from atlas_assets.dashboard.parts.blocks import Facts, Page, Text
from atlas_assets.dashboard.parts.listing import ListColumn, Listing
from atlas_assets.dashboard.parts.orders import order_table, orders_of
from atlas_assets.dashboard.parts.records import all_of, one_of, record_query
from atlas_assets.periods.calendar import year_text

if TYPE_CHECKING:
    from atlas_assets.dashboard.context import Context
    from atlas_assets.dashboard.parts.blocks import Block, Table


def organizations(context: Context) -> Page:
    """Return the list of organizations."""
    strings = context.strings

    def opened(row: dict[str, Any]) -> str:
        return context.view.at(f"/organizations/{row['id']}")

    columns = [
        ListColumn("name", strings("school"), href=opened),
        ListColumn("level", strings("level"), facet=True),
        ListColumn("city", strings("web_city"), facet=True),
    ]
    listing = Listing(context, "organizations", strings("web_organizations"), columns)
    with context.build.records(context.entity_id) as session:
        table = listing.queried(session, record_query("organizations"), order="name")
    return Page(strings("web_organizations"), strings("web_organizations_message"), [table])


def organization(context: Context, identifier: str) -> Page:
    """Return what an organization brought, by year and unit. Raises NoRecordError."""
    strings, start = context.strings, context.build.registry.fiscal_year_start
    with context.build.records(context.entity_id) as session:
        found = one_of(
            session, record_query("organizations", "WHERE organization.id = :id"), id=identifier
        )
        years = all_of(session, record_query("years_of_organization"), id=identifier, start=start)
        orders = orders_of(session, "account.organization_id", identifier)
    facts = [
        (strings("level"), Text(found["level"] or "")),
        (strings("web_city"), Text(found["city"] or "")),
    ]
    total = sum(row["revenue"] for row in years)
    message = strings(
        "web_student_told", orders=str(len(orders)), amount=context.strings.money.text(total)
    )
    blocks: list[Block] = [
        Facts(strings("web_master_data"), [fact for fact in facts if fact[1].text]),
        _by_year(context, years, start),
        order_table(context, orders, ("student", strings("web_student"))),
    ]
    return Page(found["name"], message, blocks)


def _by_year(context: Context, years: list[dict[str, Any]], start: int) -> Table:
    strings = context.strings
    columns = [
        ListColumn("year", strings("web_year"), number=lambda year: year_text(year, start)),
        ListColumn("unit", strings("unit"), facet=True),
        ListColumn("students", strings("students"), number=context.count),
        ListColumn("orders", strings("orders"), number=context.count),
        ListColumn("revenue", strings("revenue"), number=context.money),
    ]
    return Listing(context, "years", strings("web_by_year"), columns).table(years)
