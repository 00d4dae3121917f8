"""Students, organizations and receipts by name or number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from atlas_assets.dashboard.parts.blocks import Page
from atlas_assets.dashboard.parts.listing import ListColumn, Listing, pattern
from atlas_assets.dashboard.parts.records import all_of, record_query

if TYPE_CHECKING:
    from atlas_assets.dashboard.context import Context

SHORTEST, MOST = 2, 50  # characters that are looked for, and results of a kind


def search(context: Context) -> Page:
    """Return what is called as the reader wants."""
    strings, wanted = context.strings, context.view.filters.get("q", "").strip()
    found: list[dict[str, Any]] = []
    if len(wanted) >= SHORTEST:
        with context.build.records(context.entity_id) as session:
            found = all_of(
                session,
                record_query("search"),
                wanted=pattern(wanted),
                exact=wanted.upper(),
                most=MOST,
            )
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
