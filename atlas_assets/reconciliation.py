"""Reconciliations: two ways to the same figure, and the difference between them."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from itertools import groupby, islice
from operator import itemgetter
from typing import TYPE_CHECKING
from zipfile import BadZipFile

import openpyxl
import python_calamine
from openpyxl.utils import column_index_from_string
from openpyxl.utils.exceptions import InvalidFileException

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
    from pathlib import Path

    import duckdb

    from atlas_assets.registry import Registry
    from atlas_assets.report.model import Report
    from atlas_assets.scope import Scope

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
    warehouse: duckdb.DuckDBPyConnection, registry: Registry, source_dir: Path, scope: Scope
) -> Iterator[Reconciliation]:
    """Compare the sum of each transaction sheet with what became of its rows.

    The sheet is read again with another reader than the adapter's, and its amounts by other code.
    Every line of it has to be revenue, flagged, unassigned or set aside as a duplicate.
    """
    sheets = warehouse.execute(
        """
        SELECT
            manifest.source_file, manifest.source_sheet, manifest.header_rows[-1],
            list_filter(manifest.columns, lambda c: c.name = 'row_number')[1].letter,
            list_filter(manifest.columns, lambda c: c.name = 'amount')[1].letter,
            coalesce(sum(orders.amount), 0)
        FROM raw.sheet_manifest AS manifest
        LEFT JOIN intermediate.int_orders AS orders USING (entity_code, month_key)
        WHERE manifest.table_name = 'transactions' AND list_contains(?, manifest.entity_code)
            AND list_contains(?, manifest.month_key)
        GROUP BY ALL ORDER BY ALL
        """,
        [list(scope.entities), [month.first_day for month in scope.months]],
    ).fetchall()
    for file, of_file in groupby(sheets, key=itemgetter(0)):
        with _rows_of(source_dir / file) as rows_of:
            for _, sheet, header_row, number, amount, accounted in of_file:
                rows = islice(rows_of(sheet), header_row, None)
                expected = _sheet_sum(rows, number, amount, tuple(registry.total_row_labels))
                yield Reconciliation(f"{file}, sheet {sheet!r}", expected, accounted)


def sheet_rows(warehouse: duckdb.DuckDBPyConnection, scope: Scope) -> Iterator[Reconciliation]:
    """Compare, for every sheet, the rows read with what became of them, in two steps."""
    sheets = warehouse.execute(
        """
        SELECT
            source_file || ', sheet ' || source_sheet || ', ' || table_name, rows_read,
            rows_kept + rows_not_data, rows_kept, rows_valid + rows_flagged + rows_duplicate
        FROM intermediate.audit_sheets
        WHERE list_contains(?, entity_code) AND list_contains(?, month_key)
        ORDER BY ALL
        """,
        [list(scope.entities), [month.first_day for month in scope.months]],
    ).fetchall()
    for where, read, told_apart, kept, judged in sheets:
        yield Reconciliation(f"{where}: rows read", Decimal(read), Decimal(told_apart))
        yield Reconciliation(f"{where}: rows kept", Decimal(kept), Decimal(judged))


@contextmanager
def _rows_of(path: Path) -> Generator[Callable[[str], Iterable[Sequence[object]]]]:
    """Give a function from a sheet's name to its rows, from row 1 on.

    Formats that openpyxl does not know are read by the adapter's parser, but with its own types.
    """
    try:
        workbook = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, BadZipFile, KeyError):
        workbook = None
    if workbook is None or not workbook.sheetnames:
        with python_calamine.load_workbook(path) as other:
            yield lambda sheet: other.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
        return
    try:
        yield lambda sheet: workbook[sheet].iter_rows(values_only=True)
    finally:
        workbook.close()


def _sheet_sum(
    rows: Iterable[Sequence[object]], number: str | None, amount: str, total_labels: tuple[str, ...]
) -> Decimal:
    """Return the sum of the amounts that can be read; total rows are left out."""
    number_at = _position(number) if number else None
    amount_at = _position(amount)
    total = Decimal(0)
    for row in rows:
        texts = [str(value).strip() for value in row if isinstance(value, str) and value.strip()]
        labels = [text for text in texts if text.upper().startswith(total_labels)]
        is_numbered = re.match(r"\s*\d", str(_at(row, number_at)))
        if labels and not is_numbered and len(texts) <= len(labels) + 2:
            continue
        total += _amount(_at(row, amount_at))
    return total


def _at(row: Sequence[object], position: int | None) -> object:
    """Return the cell at a position; None beyond the last one that the reader gives."""
    return row[position] if position is not None and position < len(row) else None


def _position(letter: str) -> int:
    """Return the position of a column: A = 0."""
    return column_index_from_string(letter) - 1


def _amount(value: object) -> Decimal:
    """Return the rupiah in a cell, to the cent; zero where nothing readable stands in it."""
    if isinstance(value, bool):
        return Decimal(0)
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
