"""One order with its receipts, each with the cell that it was read from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from atlas_assets.dashboard.blocks import Facts, Page, Text
from atlas_assets.dashboard.listing import ListColumn, Listing
from atlas_assets.dashboard.pages.row import row_address
from atlas_assets.dashboard.records import all_of, one_of

if TYPE_CHECKING:
    from atlas_assets.dashboard.blocks import Table
    from atlas_assets.dashboard.context import Context

_ORDER = """
SELECT orders.*, unit.name AS unit, item.name AS program, variant.name AS variant,
    status.code AS status, customer_type.code AS customer_type, intake.label AS intake,
    channel.name AS channel, person.name AS student, organization.name AS organization
FROM commerce_order AS orders
JOIN core_unit AS unit ON unit.id = orders.unit_id
JOIN catalog_item AS item ON item.id = orders.item_id
JOIN commerce_order_status AS status ON status.id = orders.status_id
JOIN db_account AS account ON account.id = orders.account_id
LEFT JOIN catalog_item_variant AS variant ON variant.id = orders.variant_id
LEFT JOIN commerce_customer_type AS customer_type ON customer_type.id = orders.customer_type_id
LEFT JOIN commerce_intake AS intake ON intake.id = orders.intake_id
LEFT JOIN marketing_channel AS channel ON channel.id = orders.channel_id
LEFT JOIN db_person AS person ON person.id = orders.participant_id
LEFT JOIN db_organization AS organization ON organization.id = account.organization_id
WHERE orders.id = :id
"""
_RECEIPTS = """
SELECT receipt.id, receipt.receipt_number, receipt.transacted_on, receipt.month_key, receipt.amount,
    method.name AS method, pattern.name AS pattern, receipt.source_file, receipt.source_sheet,
    receipt.source_row
FROM finance_transaction AS receipt
LEFT JOIN finance_payment_method AS method ON method.id = receipt.method_id
LEFT JOIN finance_payment_pattern AS pattern ON pattern.id = receipt.pattern_id
WHERE receipt.order_id = :id
ORDER BY receipt.month_key, receipt.source_row
"""


def order(context: Context, identifier: str) -> Page:
    """Return an order with its receipts. Raises NoRecordError."""
    strings, view = context.strings, context.view
    with context.build.records(context.entity_id) as session:
        found = one_of(session, _ORDER, id=identifier)
        receipts = all_of(session, _RECEIPTS, id=identifier)
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
