"""What was counted, flagged and set aside, and what was compared with what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from atlas_assets.dashboard.parts import exhibits
from atlas_assets.dashboard.parts.blocks import Page
from atlas_assets.dashboard.parts.listing import ListColumn, Listing
from atlas_assets.deck.exhibits.quality import quality_exhibit
from atlas_assets.documents.sql_text import sql_text

if TYPE_CHECKING:
    from atlas_assets.dashboard.context import Context
    from atlas_assets.dashboard.parts.blocks import Table


def quality(context: Context) -> Page:
    """Return the page of data quality."""
    exhibit = quality_exhibit(context.writer)
    return Page(
        context.strings("quality_title"),
        exhibit.message,
        [exhibits.table(context, "quality", exhibit), _sheets(context)],
    )


def _sheets(context: Context) -> Table:
    """Return the account of each sheet."""
    strings, view = context.strings, context.view

    def opened(row: dict[str, Any]) -> str:
        place = f"{row['source_file']}, {row['source_sheet']}"
        return view.at("/findings", **{"findings.place": place})

    columns = [
        ListColumn("source_file", strings("workbook"), facet=True),
        ListColumn("source_sheet", strings("sheet"), href=opened),
        ListColumn("table_name", strings("web_table"), facet=True),
        ListColumn("month", strings("web_month")),
        ListColumn("rows_read", strings("web_rows_read"), number=context.count),
        ListColumn("rows_not_data", strings("web_rows_not_data"), number=context.count),
        ListColumn("rows_valid", strings("web_rows_valid"), number=context.count),
        ListColumn("rows_flagged", strings("web_rows_flagged"), number=context.count, href=opened),
        ListColumn("rows_duplicate", strings("web_rows_duplicate"), number=context.count),
        ListColumn("amount", strings("web_amount"), number=context.money),
    ]
    rows = context.build.query(
        sql_text("dashboard", "sheets"),
        {
            "entity": view.entity,
            "first": view.period.first.first_day,
            "last": view.period.last.first_day,
        },
    )
    for row in rows:
        row["table_name"] = context.word("table", row["table_name"])
    return Listing(context, "sheets", strings("web_sheets"), columns).table(rows)
