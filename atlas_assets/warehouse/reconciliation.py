"""Reconciliations: two ways to the same figure, and the difference between them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import duckdb

from atlas_assets.errors import AtlasError
from atlas_assets.periods.calendar import Month
from atlas_assets.periods.scope import SEPARATOR, partition_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from atlas_assets.periods.scope import Scope
    from atlas_assets.report.model import Report


@dataclass(frozen=True)
class Reconciliation:
    """Two figures that have to be equal; `where` names the sheet, mart or unit.

    `partition` is the key of the partition that they belong to, `what` their unit, for example
    rupiah or rows.
    """

    partition: str
    where: str
    expected: Decimal
    actual: Decimal
    what: str = "rupiah"
    is_blocking: bool = True

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
        figure = "Rp {:,}" if self.what == "rupiah" else f"{{:,.0f}} {self.what.replace('_', ' ')}"
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
    try:
        rows = warehouse.execute(
            """
            SELECT check_name, entity_code, month_key, place, expected, actual, unit, is_blocking
            FROM marts.reconciliation
            WHERE list_contains(?, entity_code) AND list_contains(?, month_key)
            ORDER BY ALL
            """,
            [list(scope.entities), [month.first_day for month in scope.months]],
        ).fetchall()
    except duckdb.CatalogException as error:
        raise ReconciliationError(
            "There are no marts to reconcile yet. Run `atlas sync` first."
        ) from error
    found: dict[str, list[Reconciliation]] = {}
    for check, entity, month, *pair in rows:
        key = partition_key(entity, Month.of(month))
        found.setdefault(check, []).append(Reconciliation(key, *pair))
    return found


def refuse_unreconciled(warehouse: duckdb.DuckDBPyConnection, scope: Scope) -> None:
    """Raise ReconciliationError unless the marts in scope stand and every blocking pair agrees."""
    pairs = [
        (check, pair)
        for check, found in reconciliations(warehouse, scope).items()
        for pair in found
    ]
    standing = {pair.partition for _, pair in pairs}
    told = [
        f"{partition_key(*partition)}: there are no marts yet. Run `atlas sync` for it first."
        for partition in scope.partitions
        if partition_key(*partition) not in standing
    ]
    told += [
        f"{check}: {pair.told()}" for check, pair in pairs if pair.is_blocking and not pair.passed
    ]
    if told:
        raise ReconciliationError(
            "\n".join(told) + "\nNothing is published or reported until this is mended."
        )


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
    key = f"{report.meta.entity}{SEPARATOR}{report.meta.period}"
    total = sum(in_mart.values(), Decimal(0))
    yield Reconciliation(key, f"{where}, total", total, report.totals.revenue_actuals)
    for code, unit in report.units.items():
        expected = in_mart.get(code, Decimal(0))
        yield Reconciliation(key, f"{where}, {code}", expected, unit.revenue.revenue_actuals)
