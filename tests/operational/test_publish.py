"""Publishing months in any order, again, and with a failure in the middle."""

from itertools import permutations
from pathlib import Path

import pytest
import sqlalchemy as sa
from conftest import Installation
from operational.test_migrations import everything

from atlas_assets.errors import PublishError
from atlas_assets.operational.models.commerce import Order
from atlas_assets.operational.models.finance import Transaction
from atlas_assets.operational.publish import publish, published
from atlas_assets.operational.sessions import OperationalStore
from atlas_assets.operational.ulids import stable_ulid
from atlas_assets.periods import Month

MONTHS = [Month(2026, 1), Month(2026, 2), Month(2026, 3)]


def publish_months(installation: Installation, path: Path, months: list[Month]) -> OperationalStore:
    store = OperationalStore(f"file:{path}")
    workspace = installation.workspace
    with workspace.warehouse.connect() as connection:
        for month in months:
            publish(store, workspace.configuration.registry, connection, "IONS", month)
    return store


def test_any_order_and_any_repetition_give_the_same_rows(
    built: Installation, tmp_path: Path
) -> None:
    wanted = everything(publish_months(built, tmp_path / "wanted.db", MONTHS))
    assert wanted["finance_transaction"]
    for number, order in enumerate(permutations(MONTHS)):
        store = publish_months(built, tmp_path / f"{number}.db", [*order, order[0]])
        assert everything(store) == wanted


def test_the_published_money_is_the_warehouses(built: Installation, tmp_path: Path) -> None:
    store = publish_months(built, tmp_path / "ops.db", MONTHS)
    workspace = built.workspace
    for month in MONTHS:
        with workspace.warehouse.connect() as connection:
            count, amount = connection.execute(
                "SELECT count(*), sum(amount) FROM intermediate.int_orders AS orders "
                "SEMI JOIN intermediate.int_enrollments USING (order_key) "
                "WHERE counts_as_revenue AND orders.entity_code = 'IONS' AND orders.month_key = ?",
                [month.first_day],
            ).fetchall()[0]
        done = published(store, workspace.configuration.registry, "IONS", month)
        assert (done.transactions, done.amount) == (count, amount)


def test_an_installment_on_an_earlier_order_brings_that_order_along(
    built: Installation, tmp_path: Path
) -> None:
    store = publish_months(built, tmp_path / "ops.db", [Month(2026, 2)])
    with store.reader() as connection:
        months = connection.execute(
            sa.select(Order.month_key, Transaction.month_key).join_from(Transaction, Order)
        ).all()
    assert {paid for _, paid in months} == {"2026-02-01"}
    assert {ordered for ordered, _ in months} > {"2026-02-01"}


def test_a_failure_leaves_the_database_as_it_was(built: Installation, tmp_path: Path) -> None:
    store = publish_months(built, tmp_path / "ops.db", MONTHS[:1])
    with store.writer() as connection:
        connection.execute(
            sa.text(
                "CREATE TRIGGER refuse BEFORE INSERT ON finance_transaction "
                "WHEN NEW.month_key = '2026-02-01' BEGIN SELECT RAISE(ABORT, 'constraint failed'); END"
            )
        )
    before = everything(store)
    with pytest.raises(PublishError, match=r"IONS 2026-02 was not published.*as it was before"):
        publish_months(built, tmp_path / "ops.db", MONTHS[1:2])
    assert everything(store) == before


def test_ids_are_the_same_everywhere() -> None:
    """Written down: a change would break every link to a record."""
    assert stable_ulid("db_person", "IONS", "ADI SANTOSO") == "01DXF6DT001XN7N4WSS4DC28TQ"
