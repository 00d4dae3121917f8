"""Traces figures: evaluates what they are made of, and lists the records with their cells."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import chain
from re import findall
from typing import TYPE_CHECKING, Any

from atlas_assets.documents.sql_text import sql_text
from atlas_assets.tracing.figures import Figures
from atlas_assets.tracing.formulas import Formula, Known, Records

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    import duckdb

    from atlas_assets.report.model import Report
    from atlas_assets.tracing.formulas import Expression, Operation, Places

_VIEWS = ("traced_receipts", "traced_orders", "traced_targets", "traced_activities")
_PLACES = """
create or replace temp table places as
select
    unnest(?::varchar[]) as unit_code,
    unnest(?::date[]) as month_key,
    unnest(?::varchar[]) as channel_name,
    unnest(?::varchar[]) as product_name
"""
_SUM = "select sum(value), max(value), count(*) from ({records})"
_LISTED = """
select
    records.*,
    list_filter(sheets.columns, lambda c: c.name = records.column_name)[1].letter as letter,
    enrollments.intake
from ({records}) as records
left join intermediate.int_enrollments as enrollments on records.record_key = enrollments.order_key
left join raw.sheet_manifest as sheets
    on sheets.entity_code = $entity
    and records.table_name = sheets.table_name
    and records.month_key = sheets.month_key
    and records.source_file = sheets.source_file
    and records.source_sheet = sheets.source_sheet
order by
    records.unit_code, records.month_key, records.source_file, records.source_sheet,
    records.source_row, records.name
limit $limit
"""
ALL = 2**31  # records: no limit


@dataclass(frozen=True)
class Record:
    """A record that a figure is made of, and the cell that says so.

    `key` is that of its order in the warehouse, if it has one, and `intake` that of the order; `value` is
    what the record adds to the figure. `name` is whom or what it is about, `detail` its program or school.
    `content` is the cell's as written, `table` and `column` are the names of what it was read as.
    """

    key: str | None
    intake: date | None
    unit: str | None
    month: date
    label: str | None
    name: str | None
    detail: str | None
    value: Decimal
    table: str | None
    column: str | None
    file: str | None
    sheet: str | None
    row: int | None
    letter: str | None
    content: str | None

    @property
    def cell(self) -> str:
        """The cell, such as `M8`; the row alone where no column is known, nothing without a sheet."""
        return "" if self.row is None else f"{self.letter or ''}{self.row}"


@dataclass(frozen=True)
class Trace:
    """What a figure is made of: other figures (`parts`) or records, `count` of them.

    `value` is made of these, exactly; None where they give none.
    """

    expression: Expression
    value: Fraction | None
    parts: list[Trace] = field(default_factory=list)
    count: int = 0

    @property
    def rounded(self) -> Decimal | None:
        """The value as a report has it."""
        if self.value is None:
            return None
        decimals = self.expression.decimals if isinstance(self.expression, Formula) else 4
        return _quantized(self.value, decimals)


class Tracer:
    """Traces the figures of one report in a warehouse, or in a snapshot of one, with the same data."""

    def __init__(self, warehouse: duckdb.DuckDBPyConnection, report: Report) -> None:
        self.warehouse, self.report = warehouse, report
        self.figures = Figures(report)
        self._sums: dict[Records, tuple[Fraction | None, int]] = {}
        for view in _VIEWS:
            text = sql_text("tracing", f"views/{view}")
            warehouse.execute(f"CREATE TEMP VIEW IF NOT EXISTS {view} AS {text}")

    def trace(self, path: str) -> Trace:
        """Return what the figure at a path of report.json is made of.

        Raises UsageError if there is no such figure.
        """
        return self._evaluated(self.figures.expression(path))

    def records(self, of: Records, *, limit: int = ALL) -> list[Record]:
        """Return the records of an expression, in the order of units, months and sheets."""
        text, parameters = self._query(of)
        found = self.warehouse.execute(
            _LISTED.format(records=text),
            {**parameters, "entity": self.report.meta.entity, "limit": limit},
        )
        names = [column[0] for column in found.description or []]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
        return [_record(row) for row in rows]

    def _evaluated(self, expression: Expression) -> Trace:
        match expression:
            case Known(value=value):
                return Trace(expression, Fraction(value))
            case Records():
                if expression not in self._sums:
                    self._sums[expression] = self._summed(expression)
                value, count = self._sums[expression]
                return Trace(expression, value, count=count)
            case Formula(parts=parts):
                traced = [self._evaluated(part) for part in parts]
                return Trace(expression, _computed(expression, traced), traced)

    def _summed(self, of: Records) -> tuple[Fraction | None, int]:
        text, parameters = self._query(of)
        row = self.warehouse.execute(_SUM.format(records=text), parameters).fetchone() or (0, 0, 0)
        total, largest, count = row
        value = largest if of.is_largest else total or 0
        return (None if value is None else Fraction(value)), count

    def _query(self, of: Records) -> tuple[str, dict[str, Any]]:
        """Return the text of the query for records, and its parameters; it finds its places in a table."""
        text = sql_text("tracing", f"records/{of.query}")
        chosen = dict(of.parameters) | {"entity": self.report.meta.entity}
        if of.places:
            columns = zip(*chain.from_iterable(map(self._places, of.places)), strict=True)
            self.warehouse.execute(_PLACES, [list(column) for column in columns] or [[]] * 4)
        return text, {name: _plain(chosen.get(name)) for name in _used(text)}

    def _places(self, places: Places) -> list[tuple[str, date, str | None, str | None]]:
        text = sql_text("tracing", f"places/{places.query}")
        chosen = dict(places.parameters) | {"entity": self.report.meta.entity}
        parameters = {name: _plain(chosen[name]) for name in _used(text)}
        return self.warehouse.execute(text, parameters).fetchall()


def _computed(formula: Formula, parts: list[Trace]) -> Fraction | None:
    """Return what a formula makes of its parts, or None where one of them is missing or a divisor zero."""
    values = [part.value for part in parts if part.value is not None]
    if len(values) < len(parts):
        return None
    try:
        result = _OPERATIONS[formula.operation](values)
    except ZeroDivisionError:
        return None
    if formula.operation == "scaled":  # each month of a forecast is an amount by itself
        return Fraction(_quantized(result, formula.decimals))
    return result


_OPERATIONS: dict[Operation, Callable[[list[Fraction]], Fraction]] = {
    "sum": lambda of: sum(of, Fraction(0)),
    "difference": lambda of: of[0] - of[1],
    "share": lambda of: of[0] * 100 / of[1],
    "ratio": lambda of: of[0] / of[1],
    "change": lambda of: (of[0] - of[1]) * 100 / of[1],
    "scaled": lambda of: of[0] * of[1] / of[2],
    "above": lambda of: Fraction(sum(_quantized(value, 1) > 0 for value in of)),
    "below": lambda of: Fraction(sum(_quantized(value, 1) < 0 for value in of)),
    "count": lambda of: Fraction(len(of)),
}


def _quantized(value: Fraction, decimals: int) -> Decimal:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def _record(row: dict[str, Any]) -> Record:
    return Record(
        key=row["record_key"],
        intake=row["intake"],
        unit=row["unit_code"],
        month=row["month_key"],
        label=row["label"],
        name=row["name"],
        detail=row["detail"],
        value=Decimal(row["value"]),
        table=row["table_name"],
        column=row["column_name"],
        file=row["source_file"],
        sheet=row["source_sheet"],
        row=row["source_row"],
        letter=row["letter"],
        content=row["content"],
    )


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _used(text: str) -> set[str]:
    return set(findall(r"\$(\w+)", text))
