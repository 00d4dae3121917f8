"""Students: the list, and what is known of one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from atlas_assets.dashboard.blocks import Facts, Page, Text
from atlas_assets.dashboard.listing import ListColumn, Listing
from atlas_assets.dashboard.records import all_of, one_of

if TYPE_CHECKING:
    from atlas_assets.dashboard.blocks import Block, Table
    from atlas_assets.dashboard.context import Context

_STUDENTS = """
SELECT person.id, person.name, person.student_number, organization.name AS organization, person.city
FROM db_person AS person
LEFT JOIN db_organization AS organization ON organization.id = person.organization_id
WHERE person.id IN (SELECT participant_id FROM commerce_order)
"""
_STUDENT = """
SELECT person.*, sex.name AS sex, organization.name AS organization
FROM db_person AS person
LEFT JOIN db_sex AS sex ON sex.id = person.sex_id
LEFT JOIN db_organization AS organization ON organization.id = person.organization_id
WHERE person.id = :id
"""
_ORDERS = """
SELECT orders.id, unit.code AS unit, item.name AS program, orders.ordered_on, status.code AS status,
    customer_type.code AS customer_type, organization.name AS organization,
    orders.total_amount
FROM commerce_order AS orders
JOIN core_unit AS unit ON unit.id = orders.unit_id
JOIN catalog_item AS item ON item.id = orders.item_id
JOIN commerce_order_status AS status ON status.id = orders.status_id
JOIN db_account AS account ON account.id = orders.account_id
LEFT JOIN db_organization AS organization ON organization.id = account.organization_id
LEFT JOIN commerce_customer_type AS customer_type ON customer_type.id = orders.customer_type_id
WHERE orders.participant_id = :id
ORDER BY orders.ordered_on DESC, orders.id
"""
_RELATIONS = """
SELECT relative.id, relative.name, relative.phone, kind.name AS kind
FROM db_relation AS relation
JOIN db_relation_type AS kind ON kind.id = relation.type_id
JOIN db_person AS relative ON relative.id = relation.from_person_id
WHERE relation.to_person_id = :id
ORDER BY kind.name, relative.name
"""


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
        table = listing.queried(session, _STUDENTS, order="name")
    return Page(strings("web_students"), strings("web_students_message"), [table])


def student(context: Context, identifier: str) -> Page:
    """Return what is known of a student. Raises NoRecordError."""
    strings, view = context.strings, context.view
    with context.build.records(context.entity_id) as session:
        person = one_of(session, _STUDENT, id=identifier)
        orders = all_of(session, _ORDERS, id=identifier)
        relations = all_of(session, _RELATIONS, id=identifier)
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


def _relative(context: Context, row: dict[str, Any]) -> str:
    phone = context.personal(row["phone"])
    return ", ".join(filter(None, (context.personal(row["name"]), phone)))


def _address(context: Context, row: dict[str, Any]) -> str:
    return context.view.at(f"/students/{row['id']}")
