"""Schools and other organizations: the list, and what one of them brought."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from atlas_assets.dashboard.blocks import Facts, Page, Text
from atlas_assets.dashboard.listing import ListColumn, Listing
from atlas_assets.dashboard.pages.students import order_table
from atlas_assets.dashboard.records import all_of, one_of
from atlas_assets.notation.numbers import number
from atlas_assets.periods.calendar import year_text

if TYPE_CHECKING:
    from atlas_assets.dashboard.blocks import Block, Table
    from atlas_assets.dashboard.context import Context

_ORGANIZATIONS = """
SELECT organization.id, organization.name, level.name AS level, organization.city
FROM db_organization AS organization
LEFT JOIN db_organization_level AS level ON level.id = organization.level_id
"""
_ORGANIZATION = f"{_ORGANIZATIONS} WHERE organization.id = :id"
# Fiscal years, by the calendar year in which they end.
_YEARS = """
SELECT unit.code AS unit,
    CAST(substr(orders.month_key, 1, 4) AS INTEGER)
    + CASE WHEN :start > 1 AND CAST(substr(orders.month_key, 6, 2) AS INTEGER) >= :start THEN 1 ELSE 0 END
    AS year,
    count(DISTINCT orders.participant_id) AS students, count(*) AS orders, sum(orders.total_amount) AS revenue
FROM commerce_order AS orders
JOIN db_account AS account ON account.id = orders.account_id
JOIN core_unit AS unit ON unit.id = orders.unit_id
WHERE account.organization_id = :id
GROUP BY unit.code, year
ORDER BY year DESC, revenue DESC
"""
_ORDERS = """
SELECT orders.id, unit.code AS unit, item.name AS program, orders.ordered_on, status.code AS status,
    customer_type.code AS customer_type, person.name AS student, orders.total_amount
FROM commerce_order AS orders
JOIN db_account AS account ON account.id = orders.account_id
LEFT JOIN db_person AS person ON person.id = orders.participant_id
JOIN core_unit AS unit ON unit.id = orders.unit_id
JOIN catalog_item AS item ON item.id = orders.item_id
JOIN commerce_order_status AS status ON status.id = orders.status_id
LEFT JOIN commerce_customer_type AS customer_type ON customer_type.id = orders.customer_type_id
WHERE account.organization_id = :id
ORDER BY orders.ordered_on DESC, orders.id
"""


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
        table = listing.queried(session, _ORGANIZATIONS, order="name")
    return Page(strings("web_organizations"), strings("web_organizations_message"), [table])


def organization(context: Context, identifier: str) -> Page:
    """Return what an organization brought, by year and unit. Raises NoRecordError."""
    strings, start = context.strings, context.build.registry.fiscal_year_start
    with context.build.records(context.entity_id) as session:
        found = one_of(session, _ORGANIZATION, id=identifier)
        years = all_of(session, _YEARS, id=identifier, start=start)
        orders = all_of(session, _ORDERS, id=identifier)
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
    strings, language = context.strings, context.view.language

    def count(value: int) -> str:
        return number(value, language)

    columns = [
        ListColumn("year", strings("web_year"), number=lambda year: year_text(year, start)),
        ListColumn("unit", strings("unit"), facet=True),
        ListColumn("students", strings("students"), number=count),
        ListColumn("orders", strings("orders"), number=count),
        ListColumn("revenue", strings("revenue"), number=context.money),
    ]
    return Listing(context, "years", strings("web_by_year"), columns).table(years)
