"""Checks published data: counts and sums by unit, and references."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from atlas_assets.operational.models import commerce, core, finance, marketing, target
from atlas_assets.operational.records import order_id
from atlas_assets.operational.seed import entity_id
from atlas_assets.periods.scope import Partition
from atlas_assets.warehouse.reconciliation import Reconciliation

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb
    from sqlalchemy.orm import Session

    from atlas_assets.operational.sessions import OperationalStore
    from atlas_assets.periods.calendar import Month

# Columns: unit, figure, what is counted, amount. Amounts have two decimals.
_IN_WAREHOUSE = """
WITH figures AS (
    SELECT entity_code, month_key, unit_code, 'orders' AS figure, 'orders' AS what, order_count AS amount
    FROM marts.mart_revenue
    UNION ALL
    SELECT entity_code, month_key, unit_code, 'transactions', 'rows', transaction_count
    FROM marts.mart_revenue
    UNION ALL
    SELECT entity_code, month_key, unit_code, 'revenue', 'amount', revenue_actuals
    FROM marts.mart_revenue
    UNION ALL
    SELECT entity_code, month_key, unit_code, 'paid on orders', 'amount', sum(total_amount)
    FROM intermediate.int_enrollments GROUP BY ALL
    UNION ALL
    SELECT entity_code, month_key, unit_code, 'activities', 'rows', count(*)
    FROM intermediate.int_marketing_activity GROUP BY ALL
    UNION ALL
    SELECT entity_code, month_key, unit_code, 'leads', 'leads', sum(leads)
    FROM intermediate.int_marketing_activity GROUP BY ALL
    UNION ALL
    SELECT entity_code, month_key, unit_code, 'target of ' || metric, metric, sum(target_value)
    FROM intermediate.int_target_items GROUP BY ALL
)
SELECT unit_code, figure, what, amount::DECIMAL(18, 2) FROM figures
WHERE entity_code = $entity AND month_key = $month AND unit_code IS NOT NULL AND amount IS NOT NULL
"""
# The month's receipts by order; those without one are a group of their own.
_ORDERS_IN_WAREHOUSE = """
SELECT enrollments.order_key, enrollments.intake, count(*), sum(orders.amount)::DECIMAL(18, 2)
FROM intermediate.int_orders AS orders
LEFT JOIN intermediate.int_enrollments AS enrollments USING (order_key)
WHERE orders.counts_as_revenue AND orders.entity_code = $entity AND orders.month_key = $month
GROUP BY ALL
"""


def published_figures(
    store: OperationalStore,
    warehouse: duckdb.DuckDBPyConnection,
    entity: str,
    month: Month,
) -> Iterator[Reconciliation]:
    """Yield comparisons of an entity's month in warehouse and operational database, by unit."""
    of_month = {"month": str(month.first_day)}
    expected = {
        (unit, figure, what): amount
        for unit, figure, what, amount in warehouse.execute(
            _IN_WAREHOUSE, {"entity": entity, **of_month}
        ).fetchall()
    }
    with store.entity_reader(entity_id(entity)) as session:
        published = {
            (unit, figure, what): Decimal(str(round(amount, 2)))
            for figures in _published(of_month["month"])
            for unit, figure, what, amount in session.execute(figures)
            if amount is not None
        }
        of_orders = _receipts_of_orders(session, of_month["month"])
    yield _orders_compared(warehouse, entity, month, of_orders)
    for unit, figure, what in sorted({*expected, *published}):
        key = (unit, figure, what)
        yield Reconciliation(
            Partition(entity, month).key,
            f"operational database, {entity} {month}, {unit}, {figure}",
            expected.get(key, Decimal(0)),
            published.get(key, Decimal(0)),
            what,
        )


def _receipts_of_orders(session: Session, month_key: str) -> dict[str | None, tuple[int, Decimal]]:
    """Return number and sum of amounts of a month's receipts by the id of their order."""
    transaction = finance.Transaction
    grouped = (
        sa.select(
            transaction.order_id, sa.func.count(transaction.id), sa.func.sum(transaction.amount)
        )
        .where(transaction.month_key == month_key)
        .group_by(transaction.order_id)
    )
    return {
        order: (count, Decimal(str(round(amount, 2))))
        for order, count, amount in session.execute(grouped)
    }


def _orders_compared(
    warehouse: duckdb.DuckDBPyConnection,
    entity: str,
    month: Month,
    published: dict[str | None, tuple[int, Decimal]],
) -> Reconciliation:
    """Compare the receipts of each order, and those without an order, in number and sum."""
    parameters = {"entity": entity, "month": str(month.first_day)}
    rows = warehouse.execute(_ORDERS_IN_WAREHOUSE, parameters).fetchall()
    expected = {
        (order_id(entity, key, intake) if key else None): (count, amount)
        for key, intake, count, amount in rows
    }
    agreeing = [order for order, receipts in expected.items() if published.get(order) == receipts]
    differing = sorted(map(str, {*expected, *published} - set(agreeing)))
    return Reconciliation(
        Partition(entity, month).key,
        f"operational database, {entity} {month}, receipts of each order",
        Decimal(len({*expected, *published})),
        Decimal(len(agreeing)),
        "orders",
        details=f"Orders that differ: {', '.join(differing[:5])}" if differing else None,
    )


def dangling_references(store: OperationalStore) -> list[str]:
    """Return a message for each reference to a missing record, at most 100.

    The database itself refuses these, except where a constraint was added after the rows.
    """
    with store.reader() as connection:
        query = sa.text(
            'SELECT "table", rowid, parent FROM pragma_foreign_key_check ORDER BY 1, 2 LIMIT 100'
        )
        return [
            f"row {row} of {table} refers to a record of {parent} that does not exist"
            for table, row, parent in connection.execute(query)
        ]


def _published(month_key: str) -> Iterator[sa.Select[str, str, str, Any]]:
    """Yield queries for unit, figure, what is counted, and amount in the operational database."""
    transaction, activity, item = finance.Transaction, marketing.Activity, target.TargetItem
    counted = {
        ("orders", "orders"): (commerce.Order, sa.func.count(commerce.Order.id)),
        ("paid on orders", "amount"): (commerce.Order, sa.func.sum(commerce.Order.total_amount)),
        ("activities", "rows"): (activity, sa.func.count(activity.id)),
        ("leads", "leads"): (activity, sa.func.sum(activity.leads)),
        ("transactions", "rows"): (transaction, sa.func.count(transaction.id)),
        ("revenue", "amount"): (transaction, sa.func.sum(transaction.amount)),
    }
    for (figure, what), (model, amount) in counted.items():
        named = sa.select(core.Unit.code, sa.literal(figure), sa.literal(what), amount)
        joined = named.join_from(model, core.Unit, model.unit_id == core.Unit.id)
        yield joined.where(model.month_key == month_key).group_by(core.Unit.code)
    metric = target.Metric.code
    named = sa.select(core.Unit.code, "target of " + metric, metric, sa.func.sum(item.value))
    joined = named.join_from(item, core.Unit, item.unit_id == core.Unit.id).join(target.Metric)
    yield joined.where(item.month_key == month_key).group_by(core.Unit.code, metric)
