"""Reconciliations: the same figure computed in two ways, and the difference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

from atlas_assets.errors import AtlasError
from atlas_assets.periods.calendar import Month
from atlas_assets.periods.scope import Partition

if TYPE_CHECKING:
    from decimal import Decimal

    from atlas_assets.periods.scope import Scope


@dataclass(frozen=True)
class Reconciliation:
    """Two figures that have to be equal; `where` names the sheet, mart or unit.

    `partition` is the key of the partition or period that they belong to, `what` their unit of
    measure, for example `rows` or `rupiah`; amounts may go without. `details` names the cells that
    make the difference.
    """

    partition: str
    where: str
    expected: Decimal
    actual: Decimal
    what: str = ""
    is_blocking: bool = True
    details: str | None = None

    @property
    def difference(self) -> Decimal:
        """The actual figure minus the expected one."""
        return self.actual - self.expected

    @property
    def passed(self) -> bool:
        """Whether the figures are equal."""
        return self.difference == 0

    def message(self) -> str:
        """Return a text with both figures and their difference."""
        expected, actual, difference = (
            f"{figure:,.2f}".removesuffix(".00") + f" {self.what.replace('_', ' ')}".rstrip()
            for figure in (self.expected, self.actual, self.difference)
        )
        return (
            f"{self.where}: expected {expected}, Atlas has {actual}, difference {difference}."
            + (f" {self.details}." if self.details else "")
        )


class ReconciliationError(AtlasError):
    """Figures that have to be equal are not, so nothing is made from them."""


def reconciliations(
    warehouse: duckdb.DuckDBPyConnection, scope: Scope
) -> dict[str, list[Reconciliation]]:
    """Return the pairs in `marts.reconciliation` in scope, by the name of their check.

    Raises ReconciliationError if there are no marts yet.
    """
    try:
        rows = warehouse.execute(
            """
            SELECT check_name, entity_code, month_key, place, expected, actual, unit, is_blocking,
                details
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
    pairs: dict[str, list[Reconciliation]] = {}
    for check, entity, month, *figures in rows:
        key = Partition(entity, Month.of(month)).key
        pairs.setdefault(check, []).append(Reconciliation(key, *figures))
    return pairs


def refuse_unreconciled(warehouse: duckdb.DuckDBPyConnection, scope: Scope) -> None:
    """Raise ReconciliationError unless all marts in scope are built and every blocking pair agrees."""
    pairs = [
        (check, pair)
        for check, compared in reconciliations(warehouse, scope).items()
        for pair in compared
    ]
    built = {pair.partition for _, pair in pairs}
    problems = [
        f"{partition.key}: there are no marts yet. Run `atlas sync` for it first."
        for partition in scope.partitions
        if partition.key not in built
    ]
    problems += [
        f"{check}: {pair.message()}"
        for check, pair in pairs
        if pair.is_blocking and not pair.passed
    ]
    if problems:
        raise ReconciliationError(
            "\n".join(problems) + "\nNothing is published or reported until this is mended."
        )
