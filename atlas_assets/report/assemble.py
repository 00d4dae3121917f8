"""Assembles a report from the marts: puts the rows of the queries in their places.

Figures are computed, compared and judged in SQL; only those of data quality are added up here.
"""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any, get_args

import duckdb

from atlas_assets.errors import ReportError
from atlas_assets.notation.strings import period_label
from atlas_assets.periods.calendar import Month, consecutive_runs, month_range, span_text
from atlas_assets.report.identifiers import channel_id, program_id, school_id, unit_id
from atlas_assets.report.model import (
    SCHEMA_VERSION,
    Bridge,
    BridgeSection,
    BridgeStep,
    ChannelMarketingRow,
    Comparison,
    Coverage,
    Coverages,
    CurrencySection,
    CustomerType,
    CustomerTypeFigures,
    DataQualitySection,
    FunnelSection,
    KeyComparisonSection,
    KeyFigure,
    Mover,
    MoversSection,
    OpenOrderAge,
    OpenOrdersSection,
    OutlookMonth,
    OutlookSection,
    ProgramProgressRow,
    Report,
    ReportCheck,
    ReportMeta,
    RetentionSection,
    RevenueSection,
    SchoolProgressRow,
    SchoolProgressSection,
    SubjectReport,
    TrendPoint,
    UnitReport,
    YearFigure,
    YtdSection,
)
from atlas_assets.report.rows import ReportRows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from atlas_assets.configuration.currency import Language
    from atlas_assets.configuration.registry import Entity, Registry, Unit
    from atlas_assets.periods.calendar import Period

COMPARISONS = ("last_period", "last_year", "best_year")
EDITION_LENGTH = 16  # hexadecimal digits
_COVERAGE = ("target_have", "last_year_have", "whole")
_BREADTH = (
    *("reference", "above_count", "below_count", "compared_count"),
    *("above_sum", "below_sum"),
)
_OF_MONTH = {
    "month": "month",
    "forecast": "forecast",
    "target": "target",
    "last_year": "last_year",
    "month_gap": "gap_to_target",
    "month_delta": "delta_last_year",
}
_FUNNEL = {
    "target_leads": "target_leads",
    "leads": "leads",
    "follow_ups": "follow_ups",
    "closings": "closings",
    "conversion": "conversion_pct",
}
_MONTHS_WITH_DATA = (
    "SELECT DISTINCT month_key FROM marts.mart_revenue WHERE entity_code = ? ORDER BY ALL"
)


def assemble(
    warehouse: duckdb.DuckDBPyConnection,
    registry: Registry,
    entity: str,
    period: Period,
    *,
    locale: Language,
    units: Sequence[str] = (),
    source_date_epoch: int | None = None,
) -> Report:
    """Return the report of an entity and period, for all its units or the given ones.

    `source_date_epoch`, in seconds, replaces the time of the newest load. Raises ReportError when a
    month of the period has not been loaded, naming the months that have.
    """
    registered = registry.entity(entity)
    known = [unit.code for unit in registered.units]
    scope = [code for code in known if code in (units or known)]
    if not scope:
        raise ReportError(f"{entity} has no unit {', '.join(units)}. Known: {', '.join(known)}.")
    require_data(warehouse, entity, period)
    rows = ReportRows(warehouse, registry, entity, period, scope)
    sections = _Sections(rows, registered, period)
    report = Report(
        schema_version=SCHEMA_VERSION,
        meta=_meta(rows, registry, registered, period, scope, locale, source_date_epoch),
        totals=SubjectReport(**sections.subject(None)),
        units={unit.code: sections.unit(unit) for unit in registered.units if unit.code in scope},
        bridge=sections.bridge(),
        movers=sections.movers(),
        data_quality=sections.data_quality(),
    )
    meta = report.meta.model_copy(update={"edition": edition(report)})
    return report.model_copy(update={"meta": meta})


def edition(report: Report) -> str:
    """Return a digest of everything in a report that comes from the data."""
    content = json.dumps(report.figures(), sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:EDITION_LENGTH]


def _meta(
    rows: ReportRows,
    registry: Registry,
    entity: Entity,
    period: Period,
    scope: list[str],
    locale: Language,
    source_date_epoch: int | None,
) -> ReportMeta:
    currency = registry.currency
    return ReportMeta(
        entity=entity.code,
        entity_name=entity.name,
        type=period.type,
        period=str(period),
        period_label=period_label(period, locale),
        fiscal_year_start=period.year_start,
        months=[str(month) for month in period.months],
        scope=scope,
        is_whole=len(scope) == len(entity.units),
        locale=locale,
        currency=CurrencySection(
            code=currency.code, symbol=currency.symbol, decimals=currency.decimals
        ),
        generated_at=rows.generated_at(source_date_epoch),
        edition="0" * EDITION_LENGTH,
        sources=rows.sources(),
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
    """The sections of one report."""

    def __init__(self, rows: ReportRows, entity: Entity, period: Period) -> None:
        self.rows, self.entity, self.period = rows, entity, period
        units = rows.parameters["units"]
        self.only_unit: str | None = units[0] if len(units) == 1 else None

    def subject(self, unit: str | None) -> dict[str, Any]:
        """Return the sections that the entity, for None, has as well as its units."""
        whole = self.only_unit if unit is None else unit  # what cannot be added up over units
        return {
            "revenue": self.revenue(unit),
            "ytd": self.ytd(unit),
            "outlook": self.outlook(whole),
            "key_comparison": self.key_comparison(unit),
            "retention": next(
                (RetentionSection(**row) for row in self.rows.of("retention", whole)), None
            ),
            "open_orders": self.open_orders(unit),
            "funnel": self.funnel(unit),
            "channels": [
                ChannelMarketingRow(id=channel_id(row["channel_name"]), **row)
                for row in self.rows.of("channels", unit)
            ],
        }

    def unit(self, unit: Unit) -> UnitReport:
        """Return everything about one unit."""
        return UnitReport(
            id=unit_id(self.entity.code, unit.code),
            code=unit.code,
            name=unit.name,
            color=unit.color,
            programs=[
                ProgramProgressRow(
                    id=program_id(self.entity.code, unit.code, row["product_name"]), **row
                )
                for row in self.rows.of("programs", unit.code)
            ],
            schools=self.schools(unit.code),
            **self.subject(unit.code),
        )

    def revenue(self, unit: str | None) -> RevenueSection:
        """Return the revenue of a unit, or of the entity for None, with its comparisons."""
        figure = self._figure(unit, "revenue")
        sums = self._sums(unit, "period")
        return RevenueSection(
            revenue_actuals=sums["actuals"],
            revenue_target=sums["target"],
            actuals_matched_target=sums["actuals_matched_target"],
            actuals_without_target=sums["actuals_without_target"],
            gap_to_target=sums["gap"],
            gap_pct=sums["gap_pct"],
            achievement_pct=sums["achievement_pct"],
            last_period=figure.last_period,
            last_year=figure.last_year,
            actuals_matched_last_year=sums["actuals_matched_last_year"],
            best_year=figure.best_year,
            coverage=_coverages(sums),
            trend=[_trend_point(row) for row in self.rows.of("trend", unit)],
        )

    def ytd(self, unit: str | None) -> YtdSection:
        """Return revenue since the fiscal year began."""
        sums = self._sums(unit, "ytd")
        return YtdSection(
            first=str(self.period.year_first),
            last=str(self.period.last),
            of_months=len(month_range(self.period.year_first, self.period.last)),
            coverage=_coverages(sums),
            **_without(sums, *_COVERAGE),
        )

    def outlook(self, unit: str | None) -> OutlookSection | None:
        """Return the rest of the fiscal year as it would be, if there is a basis for that."""
        rows = self.rows.of("outlook", unit)
        if not rows:
            return None
        return OutlookSection(
            method="last_year_times_growth_to_date",
            months=[
                OutlookMonth(**{key: row[name] for name, key in _OF_MONTH.items()}) for row in rows
            ],
            **_without(rows[0], *_OF_MONTH),
        )

    def key_comparison(self, unit: str | None) -> KeyComparisonSection:
        """Return orders, students and what they are worth, also by customer type."""
        return KeyComparisonSection(
            orders=self._figure(unit, "orders"),
            students=self._figure(unit, "students"),
            order_value=self._figure(unit, "order_value"),
            revenue_per_paying_student=self._figure(unit, "revenue_per_paying_student"),
            returning_share_pct=self._figure(unit, "returning_share"),
            by_customer_type={
                kind: CustomerTypeFigures(
                    orders=self._figure(unit, f"orders:{kind}"),
                    revenue=self._figure(unit, f"revenue:{kind}"),
                )
                for kind in get_args(CustomerType)
            },
        )

    def open_orders(self, unit: str | None) -> OpenOrdersSection:
        """Return the orders that are partly paid at the period's end."""
        rows = self.rows.of("open_orders", unit)
        return OpenOrdersSection(
            count=rows[0]["all_orders"] if rows else 0,
            paid_so_far=rows[0]["paid_so_far"] if rows else Decimal(0),
            by_age=[OpenOrderAge(months=row["months"], count=row["order_count"]) for row in rows],
            oldest=rows[0]["oldest"] if rows else None,
        )

    def funnel(self, unit: str | None) -> FunnelSection:
        """Return leads, follow-ups and closings over all channels."""
        rows = {row["step"]: row for row in self.rows.of("funnel", unit)}
        leads = rows.get("leads", {})
        return FunnelSection(
            **{
                _FUNNEL[step]: YearFigure(
                    value=rows[step]["value"] if step in rows else None,
                    last_year=self._last_year(rows.get(step)),
                )
                for step in _FUNNEL
            },
            leads_gap=leads.get("gap_to_target"),
            leads_achievement_pct=leads.get("achievement_pct"),
        )

    def schools(self, unit: str) -> SchoolProgressSection:
        """Return a unit's students by school and year."""
        rows = self.rows.of("schools", unit)
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
            progress=[
                SchoolProgressRow(
                    id=school_id(self.entity.code, row["name"]) if row["name"] else None, **row
                )
                for row in self.rows.of("school_progress", unit)
            ],
        )

    def bridge(self) -> BridgeSection:
        """Return the units by their gap to target."""
        return BridgeSection(period=self._bridge("period"), ytd=self._bridge("ytd"))

    def _bridge(self, span: str) -> Bridge:
        rows = [row for row in self.rows.all("bridge") if row["span"] == span]
        steps = [BridgeStep(**_without(row, "span", *_BREADTH)) for row in rows]
        return Bridge(steps=steps, **{key: rows[0][key] for key in _BREADTH})

    def movers(self) -> MoversSection:
        """Return the programs and schools that changed most since last year."""
        code, rows = self.entity.code, self.rows.all("movers")
        return MoversSection(
            programs=[
                Mover(id=program_id(code, row["unit"], row["name"]), **_without(row, "kind"))
                for row in rows
                if row["kind"] == "program"
            ],
            schools=[
                Mover(id=school_id(code, row["name"]), **_without(row, "kind"))
                for row in rows
                if row["kind"] == "school"
            ],
        )

    def data_quality(self) -> DataQualitySection:
        """Return what became of the period's transaction rows."""
        rows = self.rows.all("data_quality")
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
                ReportCheck(**row, passed=row["differing"] == 0) for row in self.rows.all("checks")
            ],
        )

    def _sums(self, unit: str | None, span: str) -> dict[str, Any]:
        """Return revenue of the period or the year to date with target and last year."""
        for row in self.rows.of("targets", unit):
            if row["span"] == span:
                return _without(row, "span")
        raise ReportError(
            f"The warehouse does not know the unit {unit} of {self.entity.code}: the registry has changed "
            f"since it was built. Run `atlas build --entity {self.entity.code}` first."
        )

    def _figure(self, unit: str | None, measure: str) -> KeyFigure:
        rows = {
            row["kind"]: row
            for row in self.rows.of("comparisons", unit)
            if row["measure"] == measure
        }
        return KeyFigure(
            value=rows["actual"]["value"] if "actual" in rows else None,
            **{kind: _comparison(rows.get(kind)) for kind in COMPARISONS},
        )

    def _last_year(self, row: dict[str, Any] | None) -> Comparison | None:
        if row is None or row["last_year"] is None:
            return None
        period = str(self.period.in_year(self.period.year - 1))
        return _comparison({**row, "period": period, "value": row["last_year"]})


def _comparison(row: dict[str, Any] | None) -> Comparison | None:
    if row is None:
        return None
    return Comparison(
        **{key: row[key] for key in ("period", "value", "actuals", "delta", "delta_pct")},
        coverage=Coverage(have=row["have"], of=row["whole"]),
    )


def _coverages(row: dict[str, Any]) -> Coverages:
    return Coverages(
        target=Coverage(have=row["target_have"], of=row["whole"]),
        last_year=Coverage(have=row["last_year_have"], of=row["whole"]),
    )


def _trend_point(row: dict[str, Any]) -> TrendPoint:
    return TrendPoint(coverage=_coverages(row), **_without(row, *_COVERAGE))


def _without(row: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key not in keys}
