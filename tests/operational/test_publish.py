"""Publishing months in any order, again, and with a failure in the middle."""

import shutil
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from conftest import Installation
from operational.publishing import everything, publish_months

from atlas_assets.configuration.registry import Registry
from atlas_assets.errors import PublishError
from atlas_assets.operational.migrate import alembic_config
from atlas_assets.operational.models.commerce import Order
from atlas_assets.operational.models.core import Unit
from atlas_assets.operational.models.finance import Transaction
from atlas_assets.operational.models.marketing import Agenda, AgendaChannel, Channel
from atlas_assets.operational.models.people import Account, Person, Relation
from atlas_assets.operational.models.target import Metric, TargetItem
from atlas_assets.operational.publish import publish
from atlas_assets.operational.publish import publish_months as publish_all
from atlas_assets.operational.reconcile import published_figures
from atlas_assets.operational.sessions import OperationalStore
from atlas_assets.operational.ulids import stable_ulid
from atlas_assets.periods.calendar import Month
from atlas_assets.periods.scope import Partition, Scope

MONTHS = [Month(2026, 1), Month(2026, 2), Month(2026, 3)]


def test_published_money_is_reported_revenue(built: Installation, store: OperationalStore) -> None:
    """Receipts that belong to no order included: revenue is revenue."""
    publish_months(store, built, MONTHS)
    with built.workspace.warehouse.reading() as connection:
        reported = connection.execute(
            "SELECT unit_code, month_key::VARCHAR, revenue_actuals, transaction_count "
            "FROM marts.mart_revenue WHERE entity_code = 'IONS' AND month_key < DATE '2026-04-01' "
            "AND year(month_key) = 2026 AND transaction_count > 0 ORDER BY ALL"
        ).fetchall()
    with store.reader() as connection:
        stored = connection.execute(
            sa.select(
                Unit.code,
                Transaction.month_key,
                sa.func.sum(Transaction.amount),
                sa.func.count(Transaction.id),
            )
            .join_from(Transaction, Unit, Transaction.unit_id == Unit.id)
            .group_by(Unit.code, Transaction.month_key)
            .order_by(Unit.code, Transaction.month_key)
        ).all()
        without_order = connection.scalar(
            sa.select(sa.func.count(Transaction.id)).where(Transaction.order_id.is_(None))
        )
    assert [(u, m, round(Decimal(str(a)), 2), n) for u, m, a, n in stored] == reported
    assert without_order


def test_renaming_the_group_an_entity_or_a_unit_keeps_every_id(
    built: Installation, store: OperationalStore
) -> None:
    publish_months(store, built, MONTHS[:1])
    before = everything(store)
    registry = renamed(built.workspace.configuration.registry)
    with built.workspace.warehouse.reading() as connection:
        publish_all(store, registry, connection, Scope(("IONS",), (MONTHS[0],)))
    after = everything(store)
    ids = {name: [row[0] for row in rows] for name, rows in before.items()}
    assert {name: [row[0] for row in rows] for name, rows in after.items()} == ids
    changed = {name for name, rows in after.items() if rows != before[name]}
    assert changed == {"core_group", "core_entity", "core_unit", "catalog_brand"}


def renamed(registry: Registry) -> Registry:
    """Return the registry with other labels; the brands of two units are swapped."""
    data = registry.model_dump()
    data["group"]["name"] = "Another name"
    for entity in data["entities"]:
        entity["name"] += " of today"
        brands = [unit["brand"] for unit in entity["units"]]
        for unit, brand in zip(entity["units"], [*brands[1:], brands[0]], strict=True):
            unit |= {"name": f"{unit['name']} of today", "brand": brand}
    return Registry.model_validate(data)


def test_months_that_the_database_lost_are_published_again(
    built: Installation, store: OperationalStore
) -> None:
    publish_months(store, built, MONTHS)
    before = everything(store)
    with store.writer(foreign_keys=False) as connection:
        command.downgrade(alembic_config(connection), "0002")  # which cannot keep the records
    workspace = built.workspace
    registry, scope = workspace.configuration.registry, Scope(("IONS",), (MONTHS[0],))
    known = [Partition("IONS", month) for month in MONTHS]
    with workspace.warehouse.reading() as connection:
        publication = publish_all(store, registry, connection, scope, known)
    assert everything(store) == before
    assert publication.restored == known[1:]
    assert list(publication.published) == known[:1]


def test_an_installment_on_an_earlier_order_brings_that_order_along(
    built: Installation, store: OperationalStore
) -> None:
    publish_months(store, built, [Month(2026, 2)])
    with store.reader() as connection:
        months = connection.execute(
            sa.select(Order.month_key, Transaction.month_key).join_from(Transaction, Order)
        ).all()
    assert {paid for _, paid in months} == {"2026-02-01"}
    assert {ordered for ordered, _ in months} > {"2026-02-01"}


def test_a_failure_leaves_the_database_as_it_was(
    built: Installation, store: OperationalStore
) -> None:
    publish_months(store, built, MONTHS[:1])
    with store.writer() as connection:
        connection.execute(
            sa.text(
                "CREATE TRIGGER refuse BEFORE INSERT ON finance_transaction "
                "WHEN NEW.month_key = '2026-02-01' BEGIN SELECT RAISE(ABORT, 'constraint failed'); END"
            )
        )
    before = everything(store)
    with pytest.raises(PublishError, match=r"IONS 2026-02 was not published.*as it was before"):
        publish_months(store, built, MONTHS[1:2])
    assert everything(store) == before


def test_a_value_that_cannot_be_kept_is_told_and_changes_nothing(
    built: Installation, store: OperationalStore, tmp_path: Path
) -> None:
    publish_months(store, built, MONTHS[:1])
    before = everything(store)
    shutil.copytree(built.root, tmp_path / "atlas")
    copy = Installation(tmp_path / "atlas")
    with copy.workspace.warehouse.connect(read_only=False) as warehouse:
        warehouse.execute("UPDATE intermediate.int_orders SET note = 'a' || chr(0)")
    with pytest.raises(PublishError, match=r"IONS 2026-01 was not published: text with a NUL"):
        publish_months(store, copy, MONTHS[:1])
    assert everything(store) == before


def test_ids_are_the_same_everywhere() -> None:
    """Written down: a change would break every link to a record."""
    assert stable_ulid("db_person", "IONS", "ADI SANTOSO") == "01DXF6DT001XN7N4WSS4DC28TQ"


def test_guardians_events_and_targets_are_published_with_what_they_belong_to(
    built: Installation, store: OperationalStore
) -> None:
    publish_months(store, built, MONTHS[1:2])
    with store.reader() as connection:
        student, guardian = sa.alias(Person.__table__), sa.alias(Person.__table__)
        related = connection.execute(
            sa.select(student.c.name, guardian.c.name, guardian.c.phone)
            .join_from(Relation, student, Relation.to_person_id == student.c.id)
            .join(guardian, Relation.from_person_id == guardian.c.id)
            .order_by(student.c.name)
        ).all()
        events = connection.execute(
            sa.select(Agenda.title, Agenda.starts_on, Agenda.target_leads, Channel.name)
            .join_from(Agenda, AgendaChannel)
            .join(Channel)
            .order_by(sa.text("1, 2, 4"))
        ).all()
        planned = dict(
            connection.execute(
                sa.select(Metric.code, sa.func.sum(TargetItem.value))
                .join_from(TargetItem, Metric)
                .group_by(Metric.code)
            ).all()
        )
    with built.workspace.warehouse.reading() as warehouse:
        students = warehouse.execute(
            "SELECT student_name, guardian_name, guardian_phone FROM intermediate.int_students "
            "WHERE entity_code = 'IONS' AND guardian_name IS NOT NULL"
        ).fetchall()
        lines = warehouse.execute(
            "SELECT title, CAST(activity_date AS VARCHAR), sum(target_leads), channel_name "
            "FROM intermediate.int_marketing_activity "
            "WHERE entity_code = 'IONS' AND month_key = DATE '2026-02-01' GROUP BY ALL ORDER BY 1, 2, 4"
        ).fetchall()
        targets = warehouse.execute(
            "SELECT sum(target_students), sum(target_revenue) FROM marts.mart_targets "
            "WHERE entity_code = 'IONS' AND month_key = DATE '2026-02-01'"
        ).fetchall()[0]
    assert related
    assert {tuple(row)[:2] for row in related} <= {row[:2] for row in students}
    assert [(title, day, channel) for title, day, _, channel in events] == [
        (title, day, channel) for title, day, _, channel in lines
    ]
    assert (planned["students"], planned["revenue"]) == targets
    assert planned["leads"] == sum(leads for _, _, leads, _ in lines)


def test_nothing_is_left_of_a_month_whose_rows_are_gone(
    built: Installation, store: OperationalStore, tmp_path: Path
) -> None:
    publish_months(store, built, MONTHS[:1])
    shutil.copytree(built.root, tmp_path / "atlas")
    copy = Installation(tmp_path / "atlas")
    with copy.workspace.warehouse.connect(read_only=False) as warehouse:
        for table in ("int_orders", "int_enrollments", "int_students", "int_people"):
            warehouse.execute(f"DELETE FROM intermediate.{table} WHERE entity_code = 'IONS'")
        for table in ("int_marketing_activity", "int_marketing_agenda", "int_target_items"):
            warehouse.execute(f"DELETE FROM intermediate.{table} WHERE entity_code = 'IONS'")
        registry = copy.workspace.configuration.registry
        publish(store, registry, warehouse, "IONS", MONTHS[0])
    left = {name for name, rows in everything(store).items() if rows}
    assert not left & {
        *("finance_transaction", "marketing_activity", "marketing_activity_channel"),
        *("marketing_agenda", "marketing_agenda_channel", "target_item"),
    }
    with store.reader() as connection:
        orders = set(connection.scalars(sa.select(Order.month_key)))
        students = set(connection.scalars(sa.select(Account.person_id)))
        guardians = set(connection.scalars(sa.select(Relation.from_person_id)))
        people = set(connection.scalars(sa.select(Person.id)))
    assert "2026-01-01" not in orders  # those of earlier months belong to their own
    assert people == students | guardians


def test_what_is_published_is_compared_with_the_warehouse_unit_by_unit(
    built: Installation, store: OperationalStore
) -> None:
    publish_months(store, built, MONTHS)
    workspace = built.workspace

    def differing(month: Month) -> set[str]:
        with workspace.warehouse.reading() as warehouse:
            pairs = list(published_figures(store, warehouse, "IONS", month))
        assert len(pairs) > 20
        return {pair.where for pair in pairs if not pair.passed}

    assert all(differing(month) == set() for month in MONTHS)
    with store.writer() as connection:
        february = {"month_key": "2026-02-01"}
        first = sa.select(sa.func.min(Transaction.id)).filter_by(**february).scalar_subquery()
        connection.execute(
            sa.update(Transaction)
            .where(Transaction.id == first)
            .values(amount=Transaction.amount + 1)
        )
        connection.execute(sa.update(TargetItem).filter_by(**february).values(value=0))
    assert differing(MONTHS[0]) == set()
    assert {where.split(", ")[-1] for where in differing(MONTHS[1])} == {
        *("revenue", "receipts of each order"),
        *("target of leads", "target of revenue", "target of students"),
    }
