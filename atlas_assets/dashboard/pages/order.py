"""One order with its receipts, each with the cell that it was read from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from atlas_assets.dashboard.parts.blocks import Facts, Page, Text
from atlas_assets.dashboard.parts.cells import row_address
from atlas_assets.dashboard.parts.listing import ListColumn, Listing
from atlas_assets.dashboard.parts.records import all_of, one_of, record_query

if TYPE_CHECKING:
    from atlas_assets.dashboard.context import Context
    from atlas_assets.dashboard.parts.blocks import Table


def order(context: Context, identifier: str) -> Page:
    """Return an order with its receipts. Raises NoRecordError."""
    strings, view = context.strings, context.view
    with context.build.records(context.entity_id) as session:
        found = one_of(session, record_query("order"), id=identifier)
        receipts = all_of(session, record_query("receipts"), id=identifier)
    student, account = found["participant_id"], found["organization"]
    facts = [
        (
            strings("web_student"),
            Text(found["student"] or "", href=view.at(f"/students/{student}") if student else None),
        ),
        (strings("unit"), Text(found["unit"])),
        (strings("program"), Text(found["program"])),
        (strings("web_variant"), Text(found["variant"] or "")),
        (strings("web_intake"), Text(found["intake"] or "")),
        (strings("web_ordered_on"), Text(found["ordered_on"])),
        (
            strings("web_customer_type"),
            Text(strings.customer_type(found["customer_type"] or "unknown")),
        ),
        (strings("status"), Text(context.word("status", found["status"]) or "")),
        (strings("channel"), Text(found["channel"] or "")),
        (strings("school"), Text(account or "")),
    ]
    message = strings(
        "web_order_told",
        receipts=str(len(receipts)),
        amount=strings.money.text(found["total_amount"]),
    )
    shown = [(name, value) for name, value in facts if value.text]
    title = f"{found['program']}, {found['student'] or ''}".rstrip(", ")
    return Page(
        title,
        message,
        [Facts(strings("web_order"), shown), _receipts(context, receipts)],
    )


def _receipts(context: Context, receipts: list[dict[str, Any]]) -> Table:
    strings = context.strings

    def opened(row: dict[str, Any]) -> str:
        return row_address(
            context,
            "transactions",
            row["month_key"],
            (row["source_file"], row["source_sheet"], row["source_row"]),
            "amount",
        )

    columns = [
        ListColumn("receipt_number", strings("web_receipt"), href=opened),
        ListColumn("transacted_on", strings("web_date")),
        ListColumn("pattern", strings("web_pattern"), facet=True),
        ListColumn("method", strings("web_method"), facet=True),
        ListColumn("amount", strings("web_amount"), number=context.money, href=opened),
        ListColumn("source_file", strings("workbook")),
        ListColumn("source_sheet", strings("sheet")),
        ListColumn("source_row", strings("web_row"), number=str, href=opened),
    ]
    return Listing(context, "receipts", strings("web_receipts"), columns).table(
        receipts, added="amount"
    )
