"""Reconciliations: two ways to the same figure, and the difference between them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import duckdb

from atlas_assets.errors import AtlasError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from atlas_assets.report.model import Report
    from atlas_assets.scope import Scope


@dataclass(frozen=True)
class Reconciliation:
    """Two figures that have to be equal; `where` names the sheet, partition or unit.

    `what` is their unit: rupiah or rows.
    """

    where: str
    expected: Decimal
    actual: Decimal
    what: str = "rupiah"

    @property
    def difference(self) -> Decimal:
        """The actual figure minus the expected one."""
        return self.actual - self.expected

    @property
    def passed(self) -> bool:
        """Whether the figures are equal."""
        return self.difference == 0

    def told(self) -> str:
        """Return both figures and their difference, for a person."""
        figure = "Rp {:,}" if self.what == "rupiah" else "{:,.0f} rows"
        return (
            f"{self.where}: expected {figure.format(self.expected)}, Atlas has "
            f"{figure.format(self.actual)}, difference {figure.format(self.difference)}."
        )


class ReconciliationError(AtlasError):
    """Figures that have to be equal are not; nothing is made of them."""


def reconciliations(
    warehouse: duckdb.DuckDBPyConnection, scope: Scope
) -> dict[str, list[Reconciliation]]:
    """Return the pairs of `marts.reconciliation` in scope by the name of their check."""
    return _pairs(warehouse, scope, "true")


def refuse_unreconciled(warehouse: duckdb.DuckDBPyConnection, scope: Scope) -> None:
    """Raise ReconciliationError, with both figures, unless every blocking pair in scope agrees."""
    differing = _pairs(warehouse, scope, "is_blocking AND NOT is_reconciled")
    if differing:
        told = [f"{check}: {pair.told()}" for check, pairs in differing.items() for pair in pairs]
        raise ReconciliationError(
            "\n".join(told) + "\nNothing is published or reported until they agree."
        )


def _pairs(
    warehouse: duckdb.DuckDBPyConnection, scope: Scope, condition: str
) -> dict[str, list[Reconciliation]]:
    try:
        rows = warehouse.execute(
            f"""
            SELECT check_name, place, expected, actual, unit FROM marts.reconciliation
            WHERE {condition} AND list_contains(?, entity_code) AND list_contains(?, month_key)
            ORDER BY ALL
            """,
            [list(scope.entities), [month.first_day for month in scope.months]],
        ).fetchall()
    except duckdb.CatalogException as error:
        raise ReconciliationError(
            "There are no marts to reconcile yet. Run `atlas sync` first."
        ) from error
    found: dict[str, list[Reconciliation]] = {}
    for check, where, expected, actual, what in rows:
        found.setdefault(check, []).append(Reconciliation(where, expected, actual, what))
    return found


def report_totals(warehouse: duckdb.DuckDBPyConnection, report: Report) -> Iterator[Reconciliation]:
    """Compare the revenue of a report, in all and by unit, with the mart."""
    rows = warehouse.execute(
        "SELECT unit_code, sum(revenue_actuals) FROM marts.mart_revenue "
        "WHERE entity_code = ? AND list_contains(?, strftime(month_key, '%Y-%m')) "
        "AND list_contains(?, unit_code) GROUP BY unit_code",
        [report.meta.entity, report.meta.months, report.meta.scope],
    ).fetchall()
    in_mart: dict[str, Decimal] = dict(rows)
    where = f"{report.meta.entity} {report.meta.period}"
    total = sum(in_mart.values(), Decimal(0))
    yield Reconciliation(f"{where}, total", total, report.totals.revenue_actuals)
    for code, unit in report.units.items():
        expected = in_mart.get(code, Decimal(0))
        yield Reconciliation(f"{where}, {code}", expected, unit.revenue.revenue_actuals)
