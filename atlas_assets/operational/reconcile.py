"""Compares what was published with what the warehouse holds: counts and sums by unit."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import sqlalchemy as sa

from atlas_assets.operational.seed import entity_id
from atlas_assets.reconciliation import Reconciliation
from atlas_assets.scope import partition_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

    from atlas_assets.operational.sessions import OperationalStore
    from atlas_assets.periods import Month
    from atlas_assets.registry import Registry

# Both give unit, figure, what is counted, and amount; two decimals are what rupiah have.
_IN_WAREHOUSE = """
WITH receipts AS (
    SELECT orders.* FROM intermediate.int_orders AS orders
    SEMI JOIN intermediate.int_enrollments AS enrollments USING (order_key)
    WHERE orders.counts_as_revenue
),
figures AS (
    SELECT entity_code, month_key, unit_code, 'orders' AS figure, 'orders' AS what, count(*) AS amount
    FROM intermediate.int_enrollments GROUP BY ALL
    UNION ALL
    SELECT entity_code, month_key, unit_code, 'transactions', 'rows', count(*)
    FROM receipts GROUP BY ALL
    UNION ALL
    SELECT entity_code, month_key, unit_code, 'money', 'rupiah', sum(amount)
    FROM receipts GROUP BY ALL
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
_PUBLISHED = sa.text(
    """
WITH figures AS (
    SELECT entity_id, month_key, unit_id, 'orders' AS figure, 'orders' AS what, count(*) AS amount
    FROM commerce_order GROUP BY 1, 2, 3
    UNION ALL
    SELECT t.entity_id, t.month_key, o.unit_id, 'transactions', 'rows', count(*)
    FROM finance_transaction AS t JOIN commerce_order AS o ON t.order_id = o.id GROUP BY 1, 2, 3
    UNION ALL
    SELECT t.entity_id, t.month_key, o.unit_id, 'money', 'rupiah', sum(t.amount)
    FROM finance_transaction AS t JOIN commerce_order AS o ON t.order_id = o.id GROUP BY 1, 2, 3
    UNION ALL
    SELECT entity_id, month_key, unit_id, 'activities', 'rows', count(*)
    FROM marketing_activity GROUP BY 1, 2, 3
    UNION ALL
    SELECT entity_id, month_key, unit_id, 'leads', 'leads', sum(leads)
    FROM marketing_activity GROUP BY 1, 2, 3
    UNION ALL
    SELECT i.entity_id, i.month_key, i.unit_id, 'target of ' || m.code, m.code, sum(i.value)
    FROM target_item AS i JOIN target_metric AS m ON i.metric_id = m.id GROUP BY 1, 2, 3, m.code
)
SELECT units.code, figure, what, amount
FROM figures JOIN core_unit AS units ON figures.unit_id = units.id
WHERE figures.entity_id = :entity AND month_key = :month AND amount IS NOT NULL
"""
)


def published_figures(
    store: OperationalStore,
    registry: Registry,
    warehouse: duckdb.DuckDBPyConnection,
    entity: str,
    month: Month,
) -> Iterator[Reconciliation]:
    """Compare an entity's month in the operational database with the warehouse, unit by unit."""
    of_month = {"month": str(month.first_day)}
    expected = {
        tuple(key): amount
        for *key, amount in warehouse.execute(
            _IN_WAREHOUSE, {"entity": entity, **of_month}
        ).fetchall()
    }
    with store.reader() as connection:
        rows = connection.execute(
            _PUBLISHED, {"entity": entity_id(registry, entity), **of_month}
        ).all()
    published = {tuple(key): Decimal(str(round(amount, 2))) for *key, amount in rows}
    for unit, figure, what in sorted({*expected, *published}):
        key = (unit, figure, what)
        yield Reconciliation(
            partition_key(entity, month),
            f"operational database, {entity} {month}, {unit}, {figure}",
            expected.get(key, Decimal(0)),
            published.get(key, Decimal(0)),
            what,
        )
