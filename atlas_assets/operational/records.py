"""The records of one entity's month, with their ids, read from the warehouse.

What counts as an order, to whom it belongs and what it is worth is decided in dbt; this module
only assigns ids and column names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from atlas_assets.operational.models import (
    catalog,
    commerce,
    finance,
    marketing,
    people,
    target,
)
from atlas_assets.operational.seed import entity_id, lookup_id, unit_id
from atlas_assets.operational.ulids import stable_ulid

if TYPE_CHECKING:
    from datetime import date

    import duckdb

    from atlas_assets.configuration.registry import Registry
    from atlas_assets.operational.models.base import Base
    from atlas_assets.periods.calendar import Month

Records = list[dict[str, Any]]

# The month's receipts, whichever month their enrollment began in; some belong to none.
RECEIPTS = """
SELECT orders.*, enrollments.intake AS order_intake
FROM intermediate.int_orders AS orders
LEFT JOIN intermediate.int_enrollments AS enrollments USING (order_key)
WHERE orders.counts_as_revenue AND orders.entity_code = $entity AND orders.month_key = $month
ORDER BY orders.receipt_key
"""
# The enrollments that began in the month, those that its receipts belong to, and those that an
# earlier publication stored with the month.
ENROLLMENTS = f"""
WITH receipts AS ({RECEIPTS})
SELECT enrollments.*
FROM intermediate.int_enrollments AS enrollments
WHERE enrollments.entity_code = $entity
    AND (enrollments.month_key = $month OR enrollments.order_key IN (SELECT order_key FROM receipts)
        OR list_contains($stored, enrollments.order_key))
ORDER BY enrollments.order_key
"""
STUDENTS = f"""
WITH enrolled AS ({ENROLLMENTS})
SELECT students.*
FROM intermediate.int_students AS students
WHERE students.student_key IN (SELECT student_key FROM enrolled)
ORDER BY students.student_key
"""
# The students and their guardians.
PEOPLE = f"""
WITH students AS ({STUDENTS})
SELECT people.*
FROM intermediate.int_people AS people
WHERE people.entity_code = $entity AND people.normalized_name IN (
    SELECT normalized_name FROM students UNION SELECT normalized_guardian_name FROM students
)
ORDER BY people.normalized_name
"""
ORGANIZATIONS = f"""
WITH enrolled AS ({ENROLLMENTS}),
people AS ({PEOPLE}),
attended AS (
    SELECT normalized_organization_name AS name FROM enrolled
    UNION
    SELECT latest_organization AS name FROM people
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
ORDER_KEYS = f"SELECT order_key, intake FROM ({ENROLLMENTS})"


ACTIVITIES = """
SELECT *
FROM intermediate.int_marketing_activity
WHERE entity_code = $entity AND month_key = $month AND unit_code IS NOT NULL
ORDER BY source_file, source_sheet, source_row
"""
# The events of the month's activities, with every channel that they use in any month.
AGENDAS = f"""
WITH activities AS ({ACTIVITIES})
SELECT
    agendas.*,
    list_sort(list(DISTINCT lines.channel_name)) AS channel_names
FROM intermediate.int_marketing_agenda AS agendas
INNER JOIN intermediate.int_marketing_activity AS lines
    ON agendas.entity_code = lines.entity_code AND agendas.unit_code = lines.unit_code
    AND agendas.title = lines.title AND agendas.starts_on = lines.activity_date
WHERE (agendas.entity_code, agendas.unit_code, agendas.title, agendas.starts_on) IN (
    SELECT (entity_code, unit_code, title, activity_date) FROM activities
)
GROUP BY ALL
ORDER BY agendas.unit_code, agendas.title, agendas.starts_on
"""
TARGETS = """
SELECT *
FROM intermediate.int_target_items
WHERE entity_code = $entity AND month_key = $month
ORDER BY unit_code, metric, product_key
"""

_PERSON_COLUMNS = (
    *("student_number", "normalized_name", "birth_place", "identity_number"),
    *("phone", "email", "address", "city"),
)


def order_id(entity: str, order_key: str, intake: date) -> str:
    """Return the id of an order."""
    return stable_ulid(commerce.Order.__tablename__, entity, order_key, on=intake)


class MonthRecords:
    """The records of one entity's month with their ids, in the columns of the tables."""

    def __init__(
        self,
        registry: Registry,
        warehouse: duckdb.DuckDBPyConnection,
        entity: str,
        month: Month,
        stored_orders: set[str],
    ) -> None:
        """Read the records; `stored_orders` are ids of orders already stored with the month."""
        self.registry, self.warehouse = registry, warehouse
        self.entity, self.month_key = entity, str(month.first_day)
        self.entity_id = entity_id(entity)
        self.stored: list[str] = []
        self.order_keys = self._order_keys(ORDER_KEYS)
        if stored_orders - self.order_keys.keys():  # one has moved to another month, or is gone
            self.order_keys = self._order_keys(ALL_ORDER_KEYS)
        known = self.order_keys.keys() & stored_orders
        self.stored = sorted(self.order_keys[order] for order in known)
        self.receipts = self._query(RECEIPTS)
        self.enrollments = self._query(ENROLLMENTS)
        self.students = self._query(STUDENTS)
        self.activities = self._query(ACTIVITIES)
        self.agendas = self._query(AGENDAS)
        self.targets = self._query(TARGETS)

    def _order_keys(self, query: str) -> dict[str, str]:
        return {self._order_id(row): row["order_key"] for row in self._query(query)}

    def records(self) -> dict[type[Base], Records]:
        """Return the records by table, parents before children."""
        return {
            people.Organization: self._organizations(),
            people.Person: self._people(),
            people.Relation: self._relations(),
            people.Account: self._accounts(),
            catalog.Brand: self._brands(),
            catalog.Category: self._categories(),
            catalog.Item: self._items(),
            catalog.ItemVariant: self._variants(),
            commerce.Intake: self._intakes(),
            commerce.Order: [self._order(enrollment) for enrollment in self.enrollments],
            finance.Transaction: [self._transaction(receipt) for receipt in self.receipts],
            marketing.Agenda: [self._agenda(agenda) for agenda in self.agendas],
            marketing.AgendaChannel: self._agenda_channels(),
            marketing.Activity: [self._activity(activity) for activity in self.activities],
            marketing.ActivityChannel: self._activity_channels(),
            target.TargetItem: [self._target(item) for item in self.targets],
        }

    def student_ids(self) -> list[str]:
        """Return the person ids of the month's students."""
        return [self._id(people.Person, row["normalized_name"]) for row in self.students]

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
                "name": row["person_name"],
                "birth_date": row["birth_date"] and str(row["birth_date"]),
                **{column: row[column] for column in _PERSON_COLUMNS},
            }
            for row in self._query(PEOPLE)
        ]

    def _relations(self) -> Records:
        guardian = lookup_id(people.RelationType, "guardian")
        return [
            {
                "id": self._id(
                    people.Relation,
                    row["normalized_guardian_name"],
                    row["normalized_name"],
                    "guardian",
                ),
                "entity_id": self.entity_id,
                "from_person_id": self._id(people.Person, row["normalized_guardian_name"]),
                "to_person_id": self._id(people.Person, row["normalized_name"]),
                "type_id": guardian,
            }
            for row in self.students
            if row["normalized_guardian_name"]
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
                "id": self._id(catalog.Brand, unit.code),
                "entity_id": self.entity_id,
                "unit_id": unit_id(self.entity, unit.code),
                "name": unit.brand,
            }
            for unit in self.registry.entity(self.entity).units
        ]

    def _categories(self) -> Records:
        rows = [*self.enrollments, *self.targets]
        names = {row["product_category"] for row in rows if row["product_category"]}
        return [
            {"id": self._id(catalog.Category, name), "entity_id": self.entity_id, "name": name}
            for name in sorted(names)
        ]

    def _items(self) -> Records:
        items: dict[str, dict[str, Any]] = {}
        for row in [*self.enrollments, *(item for item in self.targets if item["product_key"])]:
            category = row["product_category"]
            items[self._item_id(row)] = {
                "id": self._item_id(row),
                "entity_id": self.entity_id,
                "brand_id": self._id(catalog.Brand, row["unit_code"]),
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
            "order_id": self._receipts_order_id(row),
            "unit_id": unit_id(self.entity, row["unit_code"]),
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

    def _agenda(self, row: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": self._agenda_id(row["unit_code"], row["title"], row["starts_on"]),
            "entity_id": self.entity_id,
            "unit_id": unit_id(self.entity, row["unit_code"]),
            "title": row["title"],
            "starts_on": str(row["starts_on"]),
            "ends_on": None,
            "target_leads": row["target_leads"],
        }

    def _agenda_channels(self) -> Records:
        return [
            {
                "agenda_id": self._agenda_id(row["unit_code"], row["title"], row["starts_on"]),
                "channel_id": lookup_id(marketing.Channel, channel),
            }
            for row in self.agendas
            for channel in row["channel_names"]
        ]

    def _activity(self, row: dict[str, Any]) -> dict[str, Any]:
        is_planned = row["title"] and row["activity_date"]
        return {
            "id": self._activity_id(row),
            "entity_id": self.entity_id,
            "agenda_id": self._agenda_id(row["unit_code"], row["title"], row["activity_date"])
            if is_planned
            else None,
            "unit_id": unit_id(self.entity, row["unit_code"]),
            "held_on": row["activity_date"] and str(row["activity_date"]),
            "month_key": self.month_key,
            **{
                column: row[column]
                for column in ("week", "title", "leads", "follow_ups", "reported_closings")
            },
        }

    def _activity_channels(self) -> Records:
        return [
            {
                "activity_id": self._activity_id(row),
                "channel_id": lookup_id(marketing.Channel, row["channel_name"]),
            }
            for row in self.activities
        ]

    def _target(self, row: dict[str, Any]) -> dict[str, Any]:
        natural_key = (row["metric"], row["unit_code"], row["product_key"] or "", self.month_key)
        return {
            "id": self._id(target.TargetItem, *natural_key),
            "entity_id": self.entity_id,
            "metric_id": lookup_id(target.Metric, row["metric"]),
            "unit_id": unit_id(self.entity, row["unit_code"]),
            "item_id": self._item_id(row) if row["product_key"] else None,
            "month_key": self.month_key,
            "value": row["target_value"],
        }

    def _query(self, query: str) -> Records:
        parameters: dict[str, Any] = {
            "entity": self.entity,
            "month": self.month_key,
            "stored": self.stored,
        }
        used = {name: value for name, value in parameters.items() if f"${name}" in query}
        result = self.warehouse.execute(query, used)
        columns = [column[0] for column in result.description or []]
        return [dict(zip(columns, row, strict=True)) for row in result.fetchall()]

    def _id(self, model: type[Base], *natural_key: str) -> str:
        return stable_ulid(model.__tablename__, self.entity, *natural_key)

    def _order_id(self, row: dict[str, Any]) -> str:
        return order_id(self.entity, row["order_key"], row["intake"])

    def _receipts_order_id(self, row: dict[str, Any]) -> str | None:
        intake = row["order_intake"]
        return order_id(self.entity, row["order_key"], intake) if intake else None

    def _person_id(self, row: dict[str, Any]) -> str:
        return self._id(people.Person, row["student_key"].removeprefix(f"{self.entity}|"))

    def _organization_id(self, name: str | None) -> str | None:
        return self._id(people.Organization, name) if name else None

    def _agenda_id(self, unit: str, title: str, starts_on: date) -> str:
        return self._id(marketing.Agenda, unit, title, str(starts_on))

    def _activity_id(self, row: dict[str, Any]) -> str:
        place = (row["source_file"], row["source_sheet"], str(row["source_row"]))
        return self._id(marketing.Activity, self.month_key, *place)

    def _account_id(self, row: dict[str, Any]) -> str:
        return self._id(
            people.Account, row["student_key"], row["normalized_organization_name"] or ""
        )

    def _item_id(self, row: dict[str, Any]) -> str:
        return self._id(catalog.Item, row["unit_code"], row["product_key"])

    def _variant_id(self, row: dict[str, Any]) -> str | None:
        name = row["variant_name"]
        return self._id(catalog.ItemVariant, self._item_id(row), name) if name else None


def _optional_lookup(model: type[Base], code: str | None) -> str | None:
    return lookup_id(model, code) if code else None
