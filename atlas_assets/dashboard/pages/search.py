"""Students, organizations and receipts by name or number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from atlas_assets.dashboard.blocks import Page
from atlas_assets.dashboard.listing import ListColumn, Listing, pattern
from atlas_assets.dashboard.records import all_of

if TYPE_CHECKING:
    from atlas_assets.dashboard.context import Context

SHORTEST, MOST = 2, 50  # characters that are looked for, and results of a kind
_FOUND = f"""
SELECT * FROM (
    SELECT 'students' AS kind, person.id, person.name, organization.name AS detail
    FROM db_person AS person
    LEFT JOIN db_organization AS organization ON organization.id = person.organization_id
    WHERE person.normalized_name LIKE :wanted ESCAPE '!'
        AND person.id IN (SELECT participant_id FROM commerce_order)
    ORDER BY person.name LIMIT {MOST}
)
UNION ALL
SELECT * FROM (
    SELECT 'organizations' AS kind, id, name, city AS detail FROM db_organization
    WHERE normalized_name LIKE :wanted ESCAPE '!' ORDER BY name LIMIT {MOST}
)
UNION ALL
SELECT * FROM (
    SELECT 'orders' AS kind, receipt.order_id AS id, receipt.receipt_number AS name, person.name AS detail
    FROM finance_transaction AS receipt
    JOIN commerce_order AS orders ON orders.id = receipt.order_id
    LEFT JOIN db_person AS person ON person.id = orders.participant_id
    WHERE receipt.receipt_number LIKE :wanted ESCAPE '!' OR orders.id = :exact
    ORDER BY receipt.receipt_number LIMIT {MOST}
)
"""


def search(context: Context) -> Page:
    """Return what is called as the reader wants."""
    strings, wanted = context.strings, context.view.filters.get("q", "").strip()
    found: list[dict[str, Any]] = []
    if len(wanted) >= SHORTEST:
        with context.build.records(context.entity_id) as session:
            found = all_of(session, _FOUND, wanted=pattern(wanted), exact=wanted.upper())
    for row in found:
        row["what"] = strings(f"web_kind_{row['kind']}")

    def opened(row: dict[str, Any]) -> str:
        return context.view.at(f"/{row['kind']}/{row['id']}")

    columns = [
        ListColumn("name", strings("web_name"), href=opened),
        ListColumn("what", strings("web_kind"), facet=True),
        ListColumn("detail", strings("web_detail")),
    ]
    table = Listing(context, "found", strings("web_found"), columns).table(found)
    message = strings("web_search_message", count=str(len(found)), wanted=wanted)
    return Page(strings("web_search"), message, [table])
