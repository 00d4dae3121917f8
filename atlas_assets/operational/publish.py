"""Writes one entity's month into the operational database, in one transaction.

What is an order, whose it is and what it is worth was decided in dbt; this module gives records
their ids and puts them in place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from atlas_assets.errors import PublishError
from atlas_assets.operational.migrate import migrate
from atlas_assets.operational.models import (
    catalog,
    commerce,
    finance,
    marketing,
    people,
)
from atlas_assets.operational.seed import entity_id, lookup_id, seed, unit_id, upsert
from atlas_assets.operational.ulids import stable_ulid

if TYPE_CHECKING:
    import duckdb

    from atlas_assets.operational.models.base import Base
    from atlas_assets.operational.sessions import OperationalStore
    from atlas_assets.periods import Month
    from atlas_assets.registry import Registry

Records = list[dict[str, Any]]

# The receipts of a month that belong to an enrollment, whatever month that began in.
RECEIPTS = """
SELECT orders.*
FROM intermediate.int_orders AS orders
SEMI JOIN intermediate.int_enrollments AS enrollments USING (order_key)
WHERE orders.counts_as_revenue AND orders.entity_code = $entity AND orders.month_key = $month
ORDER BY orders.receipt_key
"""
# The enrollments that began in the month, and those that its receipts belong to.
ENROLLMENTS = f"""
WITH receipts AS ({RECEIPTS})
SELECT enrollments.*
FROM intermediate.int_enrollments AS enrollments
WHERE enrollments.entity_code = $entity
    AND (enrollments.month_key = $month OR enrollments.order_key IN (SELECT order_key FROM receipts))
ORDER BY enrollments.order_key
"""
STUDENTS = f"""
WITH enrolled AS ({ENROLLMENTS})
SELECT students.*
FROM intermediate.int_students AS students
WHERE students.student_key IN (SELECT student_key FROM enrolled)
ORDER BY students.student_key
"""
ORGANIZATIONS = f"""
WITH enrolled AS ({ENROLLMENTS}),
attended AS (
    SELECT normalized_organization_name AS name FROM enrolled
    UNION
    SELECT latest_organization AS name FROM intermediate.int_students
    WHERE student_key IN (SELECT student_key FROM enrolled)
)
SELECT organizations.*
FROM intermediate.int_organizations AS organizations
WHERE organizations.entity_code = $entity
    AND organizations.normalized_name IN (SELECT name FROM attended)
ORDER BY organizations.normalized_name
"""
ALL_ORDER_KEYS = """
SELECT order_key, intake FROM intermediate.int_enrollments WHERE entity_code = $entity
"""


@dataclass(frozen=True)
class Published:
    """How many rows of a month stand in the operational database, and what they are worth."""

    orders: int
    transactions: int
    amount: int


def publish(
    store: OperationalStore,
    registry: Registry,
    warehouse: duckdb.DuckDBPyConnection,
    entity: str,
    month: Month,
) -> Published:
    """Replace an entity's month in the operational database by what the warehouse holds.

    Orders that began earlier but have a receipt in the month are brought up to date with it. The
    same input gives the same rows with the same ids. Raises PublishError, with the database as it
    was, when a constraint does not hold.
    """
    migrate(store)
    seed(store, registry, registry.entities)
    month_records = _MonthRecords(registry, warehouse, entity, month)
    try:
        with store.writer() as connection:
            month_records.write(connection)
    except DBAPIError as error:
        raise PublishError(
            f"{entity} {month} was not published: {error.orig}. The operational database is as it "
            "was before. Look for the record named above in intermediate.int_orders."
        ) from error
    return published(store, registry, entity, month)


def published(store: OperationalStore, registry: Registry, entity: str, month: Month) -> Published:
    """Count what the operational database holds for an entity's month."""
    of_month = {"entity_id": entity_id(registry, entity), "month_key": str(month.first_day)}
    with store.reader() as connection:
        orders = connection.scalar(
            sa.select(sa.func.count()).select_from(commerce.Order).filter_by(**of_month)
        )
        transactions, amount = connection.execute(
            sa.select(
                sa.func.count(), sa.func.coalesce(sa.func.sum(finance.Transaction.amount), 0)
            ).filter_by(**of_month)
        ).one()
    return Published(orders or 0, transactions, round(amount))


class _MonthRecords:
    """The records of one entity's month with their ids."""

    def __init__(
        self,
        registry: Registry,
        warehouse: duckdb.DuckDBPyConnection,
        entity: str,
        month: Month,
    ) -> None:
        self.registry, self.warehouse = registry, warehouse
        self.entity, self.month_key = entity, str(month.first_day)
        self.entity_id = entity_id(registry, entity)
        self.receipts = self._query(RECEIPTS)
        self.enrollments = self._query(ENROLLMENTS)

    def write(self, connection: sa.Connection) -> None:
        """Put the month in place; the caller's transaction makes it whole or nothing."""
        of_month = {"entity_id": self.entity_id, "month_key": self.month_key}
        connection.execute(sa.delete(finance.Transaction).filter_by(**of_month))
        for model, records in self._records().items():
            upsert(connection, model, records)
        self._remove_orders_that_are_gone(connection)
        self._remove_orphans(connection)

    def _records(self) -> dict[type[Base], Records]:
        """Return the records of every table, parents before children."""
        return {
            people.Organization: self._organizations(),
            people.Person: self._people(),
            people.Account: self._accounts(),
            catalog.Brand: self._brands(),
            catalog.Category: self._categories(),
            catalog.Item: self._items(),
            catalog.ItemVariant: self._variants(),
            commerce.Intake: self._intakes(),
            commerce.Order: [self._order(enrollment) for enrollment in self.enrollments],
            finance.Transaction: [self._transaction(receipt) for receipt in self.receipts],
        }

    def _organizations(self) -> Records:
        return [
            {
                "id": self._id(people.Organization, row["normalized_name"]),
                "entity_id": self.entity_id,
                "level_id": _optional_lookup(people.OrganizationLevel, row["organization_level"]),
                "name": row["organization_name"],
                "normalized_name": row["normalized_name"],
                "city": row["city"],
            }
            for row in self._query(ORGANIZATIONS)
        ]

    def _people(self) -> Records:
        return [
            {
                "id": self._id(people.Person, row["normalized_name"]),
                "entity_id": self.entity_id,
                "organization_id": self._organization_id(row["latest_organization"]),
                "sex_id": _optional_lookup(people.Sex, row["sex_code"]),
                "name": row["student_name"],
                "birth_date": row["birth_date"] and str(row["birth_date"]),
                **{
                    column: row[column]
                    for column in (
                        "student_number",
                        "normalized_name",
                        "birth_place",
                        "identity_number",
                        "phone",
                        "email",
                        "address",
                        "city",
                    )
                },
            }
            for row in self._query(STUDENTS)
        ]

    def _accounts(self) -> Records:
        accounts: dict[str, dict[str, Any]] = {}
        for row in self.enrollments:
            accounts[self._account_id(row)] = {
                "id": self._account_id(row),
                "entity_id": self.entity_id,
                "type_id": lookup_id(people.AccountType, "student"),
                "person_id": self._person_id(row),
                "organization_id": self._organization_id(row["normalized_organization_name"]),
                "opened_on": str(row["account_opened_on"]),
            }
        return list(accounts.values())

    def _brands(self) -> Records:
        return [
            {
                "id": self._id(catalog.Brand, unit.brand),
                "entity_id": self.entity_id,
                "unit_id": unit_id(self.entity, unit.code),
                "name": unit.brand,
            }
            for unit in self.registry.entity(self.entity).units
        ]

    def _categories(self) -> Records:
        names = {row["product_category"] for row in self.enrollments if row["product_category"]}
        return [
            {"id": self._id(catalog.Category, name), "entity_id": self.entity_id, "name": name}
            for name in sorted(names)
        ]

    def _items(self) -> Records:
        items: dict[str, dict[str, Any]] = {}
        for row in self.enrollments:
            category = row["product_category"]
            items[self._item_id(row)] = {
                "id": self._item_id(row),
                "entity_id": self.entity_id,
                "brand_id": self._id(catalog.Brand, self._brand(row)),
                "category_id": self._id(catalog.Category, category) if category else None,
                "name": row["product_name"],
            }
        return list(items.values())

    def _variants(self) -> Records:
        variants: dict[str, dict[str, Any]] = {}
        for row in self.enrollments:
            if variant := self._variant_id(row):
                variants[variant] = {
                    "id": variant,
                    "entity_id": self.entity_id,
                    "item_id": self._item_id(row),
                    "name": row["variant_name"],
                }
        return list(variants.values())

    def _intakes(self) -> Records:
        return [
            {
                "id": self._id(commerce.Intake, str(intake)),
                "entity_id": self.entity_id,
                "year": intake.year,
                "month": intake.month,
                "label": f"{intake:%Y-%m}",
            }
            for intake in sorted({row["intake"] for row in self.enrollments})
        ]

    def _order(self, row: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": self._order_id(row),
            "entity_id": self.entity_id,
            "account_id": self._account_id(row),
            "participant_id": self._person_id(row),
            "unit_id": unit_id(self.entity, row["unit_code"]),
            "item_id": self._item_id(row),
            "variant_id": self._variant_id(row),
            "type_id": lookup_id(commerce.OrderType, "enrollment"),
            "status_id": lookup_id(commerce.OrderStatus, row["order_status"]),
            "customer_type_id": lookup_id(commerce.CustomerType, row["customer_type"]),
            "intake_id": self._id(commerce.Intake, str(row["intake"])),
            "channel_id": lookup_id(marketing.Channel, row["channel_name"]),
            "ordered_on": str(row["enrolled_on"]),
            "month_key": str(row["month_key"]),
            "total_amount": float(row["total_amount"]),
        }

    def _transaction(self, row: dict[str, Any]) -> dict[str, Any]:
        kind = "refund" if row["amount"] < 0 else "payment"
        return {
            "id": self._id(finance.Transaction, row["receipt_key"]),
            "entity_id": self.entity_id,
            "order_id": self._order_id(row),
            "type_id": lookup_id(finance.TransactionType, kind),
            "method_id": _optional_lookup(finance.PaymentMethod, row["payment_method"]),
            "pattern_id": _optional_lookup(finance.PaymentPattern, row["payment_pattern"]),
            "receipt_number": row["receipt_key"],
            "receipt_is_fallback": int(row["receipt_is_fallback"]),
            "transacted_on": row["transaction_date"] and str(row["transaction_date"]),
            "month_key": self.month_key,
            "amount": float(row["amount"]),
            "source_file": row["source_file"],
            "source_sheet": row["source_sheet"],
            "source_row": row["source_row"],
            "note": row["note"],
        }

    def _remove_orders_that_are_gone(self, connection: sa.Connection) -> None:
        """Remove orders booked in this month that the warehouse does not know any more."""
        of_month = {"entity_id": self.entity_id, "month_key": self.month_key}
        stored = set(connection.scalars(sa.select(commerce.Order.id).filter_by(**of_month)))
        current = {self._order_id(row) for row in self.enrollments}
        if not stored - current:
            return
        known = {self._order_id(row) for row in self._query(ALL_ORDER_KEYS)}
        for order in sorted(stored - known):
            connection.execute(sa.delete(finance.Transaction).filter_by(order_id=order))
            connection.execute(sa.delete(commerce.Order).filter_by(id=order))

    def _remove_orphans(self, connection: sa.Connection) -> None:
        """Remove accounts, people and organizations that nothing refers to."""
        referenced: list[tuple[type[Any], list[sa.Select[Any]]]] = [
            (people.Account, [sa.select(commerce.Order.account_id)]),
            (
                people.Person,
                [sa.select(commerce.Order.participant_id), sa.select(people.Account.person_id)],
            ),
            (
                people.Organization,
                [
                    sa.select(people.Account.organization_id),
                    sa.select(people.Person.organization_id),
                ],
            ),
        ]
        for model, references in referenced:
            used = sa.union(
                *(query.where(query.selected_columns[0].is_not(None)) for query in references)
            )
            connection.execute(
                sa.delete(model).where(
                    model.entity_id == self.entity_id, model.id.not_in(used.scalar_subquery())
                )
            )

    def _query(self, query: str) -> Records:
        parameters = {"entity": self.entity, "month": self.month_key}
        used = {name: value for name, value in parameters.items() if f"${name}" in query}
        result = self.warehouse.execute(query, used)
        columns = [column[0] for column in result.description or []]
        return [dict(zip(columns, row, strict=True)) for row in result.fetchall()]

    def _id(self, model: type[Base], *natural_key: str) -> str:
        return stable_ulid(model.__tablename__, self.entity, *natural_key)

    def _order_id(self, row: dict[str, Any]) -> str:
        table = commerce.Order.__tablename__
        return stable_ulid(table, self.entity, row["order_key"], on=row["intake"])

    def _person_id(self, row: dict[str, Any]) -> str:
        return self._id(people.Person, row["student_key"].removeprefix(f"{self.entity}|"))

    def _organization_id(self, name: str | None) -> str | None:
        return self._id(people.Organization, name) if name else None

    def _account_id(self, row: dict[str, Any]) -> str:
        return self._id(
            people.Account, row["student_key"], row["normalized_organization_name"] or ""
        )

    def _brand(self, row: dict[str, Any]) -> str:
        return self.registry.entity(self.entity).unit(row["unit_code"]).brand

    def _item_id(self, row: dict[str, Any]) -> str:
        return self._id(catalog.Item, self._brand(row), row["product_key"])

    def _variant_id(self, row: dict[str, Any]) -> str | None:
        name = row["variant_name"]
        return self._id(catalog.ItemVariant, self._item_id(row), name) if name else None


def _optional_lookup(model: type[Base], code: str | None) -> str | None:
    return lookup_id(model, code) if code else None
