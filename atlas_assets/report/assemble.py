"""Assembles a report from the marts: runs the queries and puts their rows in their places.

Figures are computed, compared and judged in SQL; only those of data quality are added up here.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import duckdb

from atlas_assets.errors import ReportError
from atlas_assets.notation.strings import period_label
from atlas_assets.periods.calendar import Month, consecutive_runs, span_text
from atlas_assets.report.model import (
    SCHEMA_VERSION,
    ChannelMarketingRow,
    Comparison,
    CustomerTypeFigures,
    DataQualitySection,
    KeyComparisonSection,
    KeyFigure,
    ProgramProgressRow,
    Report,
    ReportCheck,
    ReportMeta,
    RevenueSection,
    SchoolProgressSection,
    Source,
    TrendPoint,
    UnitReport,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from atlas_assets.configuration.registry import Entity, Unit
    from atlas_assets.periods.calendar import Period

Rows = list[dict[str, Any]]
CUSTOMER_TYPES = ("new", "renewal", "alumni", "unknown")
COMPARISONS = ("last_period", "last_year", "best_year")
_MONTHS_WITH_DATA = (
    "SELECT DISTINCT month_key FROM marts.mart_revenue WHERE entity_code = ? ORDER BY ALL"
)


def assemble(
    warehouse: duckdb.DuckDBPyConnection,
    entity: Entity,
    period: Period,
    *,
    locale: str,
    units: Sequence[str] = (),
    source_date_epoch: int | None = None,
) -> Report:
    """Return the report of an entity and period, for all its units or the given ones.

    `source_date_epoch`, in seconds, replaces the time of the newest load. Raises ReportError when a
    month of the period has not been loaded, naming the months that have.
    """
    known = [unit.code for unit in entity.units]
    scope = [code for code in known if code in (units or known)]
    require_data(warehouse, entity.code, period)
    sections = _Sections(warehouse, entity.code, period, scope)
    return Report(
        schema_version=SCHEMA_VERSION,
        meta=ReportMeta(
            entity=entity.code,
            entity_name=entity.name,
            type=period.type,
            period=str(period),
            period_label=period_label(period, locale),
            fiscal_year_start=period.year_start,
            months=[str(month) for month in period.months],
            scope=scope,
            is_whole=scope == known,
            generated_at=sections.generated_at(source_date_epoch),
            sources=[Source(**row) for row in sections.query("sources")],
        ),
        totals=sections.revenue(None),
        units={unit.code: sections.unit(unit) for unit in entity.units if unit.code in scope},
        data_quality=sections.data_quality(),
    )


def require_data(warehouse: duckdb.DuckDBPyConnection, entity: str, period: Period) -> None:
    """Raise ReportError, with the months that have data, unless every month of the period has."""
    try:
        rows = warehouse.execute(_MONTHS_WITH_DATA, [entity]).fetchall()
    except duckdb.CatalogException:
        rows = []
    known = [Month.of(month) for (month,) in rows]
    missing = [month for month in period.months if month not in known]
    if missing:
        listed = ", ".join(span_text(run) for run in consecutive_runs(known))
        raise ReportError(
            f"{entity} has no data for {', '.join(map(str, missing))}. There are figures of "
            f"{listed or 'no month yet'}. If its workbooks have rows, run `atlas sync --entity {entity} "
            f"--period {period}` first."
        )


class _Sections:
    """The sections of one report, each query run once for all units."""

    def __init__(
        self, warehouse: duckdb.DuckDBPyConnection, entity: str, period: Period, units: list[str]
    ) -> None:
        self.warehouse, self.entity, self.period = warehouse, entity, period
        years = range(2000, period.year + 1)
        spans = {
            "actual": [period],
            "last_period": [period.previous],
            "last_year": [period.in_year(period.year - 1)],
            "best_year": [period.in_year(year) for year in years],
        }
        flat = [(kind, span) for kind, group in spans.items() for span in group]
        self.parameters: dict[str, Any] = {
            "entity": entity,
            "units": units,
            "first": period.first.first_day,
            "last": period.last.first_day,
            "year": period.year,
            "kinds": [kind for kind, _ in flat],
            "periods": [str(span) for _, span in flat],
            "firsts": [span.first.first_day for _, span in flat],
            "lasts": [span.last.first_day for _, span in flat],
        }
        self._rows: dict[str, Rows] = {}

    def query(self, name: str) -> Rows:
        """Run a query of the `queries` folder once and return its rows."""
        if name not in self._rows:
            text = _query_text(name)
            used = {key: self.parameters[key] for key in set(re.findall(r"\$(\w+)", text))}
            result = self.warehouse.execute(text, used)
            columns = [column[0] for column in result.description or []]
            self._rows[name] = [dict(zip(columns, row, strict=True)) for row in result.fetchall()]
        return self._rows[name]

    def of(self, name: str, unit: str | None) -> Rows:
        """Return a query's rows of one unit, or of the entity for None, without the unit's column."""
        return [
            {column: value for column, value in row.items() if column != "unit_code"}
            for row in self.query(name)
            if row["unit_code"] == unit
        ]

    def generated_at(self, source_date_epoch: int | None) -> str:
        """Return the time of the newest load, or of SOURCE_DATE_EPOCH, as ISO 8601 in UTC."""
        if source_date_epoch is not None:
            moment = datetime.fromtimestamp(source_date_epoch, UTC)
        else:
            moment = self.query("generated_at")[0]["loaded_at"].astimezone(UTC)
        return moment.isoformat(timespec="seconds").replace("+00:00", "Z")

    def revenue(self, unit: str | None) -> RevenueSection:
        """Return the revenue section of a unit, or of the entity for None."""
        figure = self._figure(unit, "revenue")
        target = next(iter(self.of("targets", unit)), {})
        return RevenueSection(
            revenue_actuals=figure.value or Decimal(0),
            revenue_target=target.get("revenue_target"),
            gap_to_target=target.get("gap_to_target"),
            gap_pct=target.get("gap_pct"),
            achievement_pct=target.get("achievement_pct"),
            last_period=figure.last_period,
            last_year=figure.last_year,
            best_year=figure.best_year,
            trend=[TrendPoint(**row) for row in self.of("trend", unit)],
        )

    def unit(self, unit: Unit) -> UnitReport:
        """Return everything about one unit."""
        return UnitReport(
            code=unit.code,
            name=unit.name,
            color=unit.color,
            revenue=self.revenue(unit.code),
            key_comparison=self.key_comparison(unit.code),
            programs=[ProgramProgressRow(**row) for row in self.of("programs", unit.code)],
            channels=[ChannelMarketingRow(**row) for row in self.of("channels", unit.code)],
            schools=self.schools(unit.code),
        )

    def key_comparison(self, unit: str) -> KeyComparisonSection:
        """Return orders, students and order value of a unit, also by customer type."""
        return KeyComparisonSection(
            orders=self._figure(unit, "orders"),
            students=self._figure(unit, "students"),
            average_order_value=self._figure(unit, "average_order_value"),
            by_customer_type={
                kind: CustomerTypeFigures(
                    orders=self._figure(unit, f"orders:{kind}"),
                    revenue=self._figure(unit, f"revenue:{kind}"),
                )
                for kind in CUSTOMER_TYPES
            },
        )

    def schools(self, unit: str) -> SchoolProgressSection:
        """Return a unit's students by school and year."""
        rows = self.of("schools", unit)
        years = sorted({*(row["year"] for row in rows), self.period.year}) if rows else []
        matrix: dict[str, dict[int, int]] = {}
        for row in rows:
            counts = matrix.setdefault(row["organization_name"], dict.fromkeys(years, 0))
            counts[row["year"]] = row["student_count"]
        return SchoolProgressSection(
            organizations=list(matrix),
            years=years,
            matrix=matrix,
            levels={row["organization_name"]: row["organization_level"] for row in rows},
            totals=dict.fromkeys(years, 0) | {row["year"]: row["total"] for row in rows},
        )

    def data_quality(self) -> DataQualitySection:
        """Return what became of the period's transaction rows."""
        rows = self.query("data_quality")
        counts = {row["invalid_reason"] or "valid": row["row_count"] for row in rows}
        return DataQualitySection(
            rows=sum(counts.values()),
            valid=counts.get("valid", 0),
            flagged={
                row["invalid_reason"]: row["row_count"]
                for row in rows
                if row["outcome"] == "flagged"
            },
            duplicates=counts.get("duplicate", 0),
            unassigned_revenue=sum((row["unassigned_revenue"] for row in rows), Decimal(0)),
            checks=[
                ReportCheck(**row, passed=row["differing"] == 0) for row in self.query("checks")
            ],
        )

    def _figure(self, unit: str | None, measure: str) -> KeyFigure:
        rows = {
            row["kind"]: row for row in self.of("comparisons", unit) if row["measure"] == measure
        }
        compared = {
            kind: Comparison(
                period=rows[kind]["period"],
                value=rows[kind]["value"],
                delta=rows[kind]["delta"],
                delta_pct=rows[kind]["delta_pct"],
            )
            if kind in rows
            else None
            for kind in COMPARISONS
        }
        return KeyFigure(value=rows["actual"]["value"] if "actual" in rows else None, **compared)


@cache
def _query_text(name: str) -> str:
    return files("atlas_assets.report").joinpath(f"queries/{name}.sql").read_text(encoding="utf-8")
