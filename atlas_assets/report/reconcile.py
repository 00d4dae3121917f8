"""Checks a report against the mart that it was assembled from."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from atlas_assets.periods.scope import partition_key
from atlas_assets.warehouse.reconciliation import Reconciliation

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

    from atlas_assets.report.model import Report


def report_totals(warehouse: duckdb.DuckDBPyConnection, report: Report) -> Iterator[Reconciliation]:
    """Yield the comparison of a report's revenue with the mart, in total and by unit."""
    rows = warehouse.execute(
        "SELECT unit_code, sum(revenue_actuals) FROM marts.mart_revenue "
        "WHERE entity_code = ? AND list_contains(?, strftime(month_key, '%Y-%m')) "
        "AND list_contains(?, unit_code) GROUP BY unit_code",
        [report.meta.entity, report.meta.months, report.meta.scope],
    ).fetchall()
    in_mart: dict[str, Decimal] = dict(rows)
    where = f"{report.meta.entity} {report.meta.period}"
    key = partition_key(report.meta.entity, report.meta.period)
    total = sum(in_mart.values(), Decimal(0))
    yield Reconciliation(key, f"{where}, total", total, report.totals.revenue.revenue_actuals)
    for code, unit in report.units.items():
        expected = in_mart.get(code, Decimal(0))
        yield Reconciliation(key, f"{where}, {code}", expected, unit.revenue.revenue_actuals)
