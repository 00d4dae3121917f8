"""Students: the list, and what is known of one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from atlas_assets.dashboard.parts.blocks import Facts, Page, Text
from atlas_assets.dashboard.parts.listing import ListColumn, Listing
from atlas_assets.dashboard.parts.orders import order_table, orders_of
from atlas_assets.dashboard.parts.records import all_of, one_of, record_query

if TYPE_CHECKING:
    from atlas_assets.dashboard.context import Context
    from atlas_assets.dashboard.parts.blocks import Block


def students(context: Context) -> Page:
    """Return the list of students."""
    strings = context.strings
    columns = [
        ListColumn("name", strings("web_student"), href=lambda row: _address(context, row)),
        ListColumn("student_number", strings("web_student_number")),
        ListColumn("organization", strings("school"), facet=True),
        ListColumn("city", strings("web_city"), facet=True),
    ]
    listing = Listing(context, "students", strings("web_students"), columns)
    with context.build.records(context.entity_id) as session:
        table = listing.queried(session, record_query("students"), order="name")
    return Page(strings("web_students"), strings("web_students_message"), [table])


def student(context: Context, identifier: str) -> Page:
    """Return what is known of a student. Raises NoRecordError."""
    strings, view = context.strings, context.view
    with context.build.records(context.entity_id) as session:
        person = one_of(session, record_query("student"), id=identifier)
        orders = orders_of(session, "orders.participant_id", identifier)
        relations = all_of(session, record_query("relatives"), id=identifier)
    school = None
    if person["organization_id"]:
        school = view.at(f"/organizations/{person['organization_id']}")
    facts = [
        (strings("school"), Text(person["organization"] or "", href=school)),
        (strings("web_student_number"), Text(person["student_number"] or "")),
        (strings("web_sex"), Text(person["sex"] or "")),
        (strings("web_city"), Text(person["city"] or "")),
        *(
            (strings(f"web_{field}"), Text(context.personal(person[field])))
            for field in (
                "birth_place",
                "birth_date",
                "phone",
                "email",
                "identity_number",
                "address",
            )
        ),
        *((row["kind"], Text(_relative(context, row))) for row in relations),
    ]
    total = sum(row["total_amount"] for row in orders)
    message = strings(
        "web_student_told", orders=str(len(orders)), amount=context.strings.money.text(total)
    )
    shown = [(name, value) for name, value in facts if value.text]
    blocks: list[Block] = [
        Facts(strings("web_master_data"), shown),
        order_table(context, orders, ("organization", strings("school"))),
    ]
    return Page(person["name"], message, blocks)


def _relative(context: Context, row: dict[str, Any]) -> str:
    phone = context.personal(row["phone"])
    return ", ".join(filter(None, (context.personal(row["name"]), phone)))


def _address(context: Context, row: dict[str, Any]) -> str:
    return context.view.at(f"/students/{row['id']}")
