"""Reconciliations: two ways to the same figure, and the difference between them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

import openpyxl

from atlas_assets.sources.sheet import normalized_header

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import duckdb

    from atlas_assets.periods import Month
    from atlas_assets.registry import Configuration, SheetTable
    from atlas_assets.report.model import Report


CENT = Decimal("0.01")


@dataclass(frozen=True)
class Reconciliation:
    """Two figures that have to be equal; `where` names the sheet, partition or unit."""

    where: str
    expected: Decimal
    actual: Decimal

    @property
    def difference(self) -> Decimal:
        """The actual figure minus the expected one."""
        return self.actual - self.expected

    @property
    def passed(self) -> bool:
        """Whether the figures are equal."""
        return self.difference == 0


def sheet_amounts(
    warehouse: duckdb.DuckDBPyConnection,
    configuration: Configuration,
    source_dir: Path,
    entity: str,
    months: list[Month],
) -> Iterator[Reconciliation]:
    """Compare the sum of each transaction sheet with what became of its rows.

    The sheet is read again with another reader than the adapter's, and its amounts by other code.
    Every line of it has to be revenue, flagged, unassigned or set aside as a duplicate.
    """
    by_year = {month.year: [m for m in months if m.year == month.year] for month in months}
    for year, wanted in sorted(by_year.items()):
        layout_year = configuration.years[entity, year]
        layout = layout_year.tables["transactions"]
        file = layout_year.workbooks[layout.workbook]
        if not (source_dir / file).exists():
            continue
        workbook = openpyxl.load_workbook(source_dir / file, read_only=True, data_only=True)
        for month in wanted:
            sheet = layout.sheet_for(month.number)
            if sheet is None:
                continue
            expected = _sheet_sum(workbook[sheet], layout, configuration)
            accounted = warehouse.execute(
                "SELECT coalesce(sum(amount), 0) FROM intermediate.int_orders "
                "WHERE entity_code = ? AND month_key = ?",
                [entity, month.first_day],
            ).fetchall()
            yield Reconciliation(f"{file}, sheet {sheet!r}", expected, accounted[0][0])
        workbook.close()


def _sheet_sum(sheet: Any, layout: SheetTable, configuration: Configuration) -> Decimal:
    """Return the sum of the amounts that can be read; total rows and headers are left out."""
    names = {normalized_header(header): column for header, column in layout.columns.items()}
    places: dict[str, int] = {}
    for row in sheet.iter_rows(
        min_row=layout.header_rows[0], max_row=layout.header_rows[-1], values_only=True
    ):
        for position, value in enumerate(row):
            column = names.get(normalized_header(str(value or "")))
            if column:
                places[column] = position
    labels = tuple(configuration.registry.total_row_labels)
    total = Decimal(0)
    for row in sheet.iter_rows(min_row=layout.first_data_row, values_only=True):
        number = row[places["row_number"]]
        begins = [str(value).strip().upper() for value in row[:5] if value is not None]
        if number is None and any(text.startswith(labels) for text in begins):
            continue
        total += _amount(row[places["amount"]] if places["amount"] < len(row) else None)
    return total


def _amount(value: object) -> Decimal:
    """Return the rupiah in a cell, to the cent; zero where nothing readable stands in it."""
    if isinstance(value, int | float):
        return Decimal(str(value)).quantize(CENT, ROUND_HALF_UP)
    text = "".join(str(value or "").split()).upper().replace("−", "-")
    negative = text.startswith(("-", "(")) or "RP-" in text
    digits = re.sub(r"^[-+(]*(RP|IDR)?\.?-?|,-$|\)$", "", text)
    marks = {mark for mark in ",." if mark in digits}
    if len(marks) == 2:
        decimal_mark = max(marks, key=digits.rindex)
    else:
        grouped = re.fullmatch(r"\d+([.,]\d{3})+", digits)
        decimal_mark = None if grouped else next(iter(marks), None)
    for mark in marks - {decimal_mark}:
        digits = digits.replace(mark, "")
    try:
        amount = Decimal(digits.replace(decimal_mark or ".", ".")).quantize(CENT, ROUND_HALF_UP)
    except InvalidOperation:
        return Decimal(0)
    return -amount if negative else amount


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
