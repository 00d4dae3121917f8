"""Revenue by month, compared with target and last year, with remarks."""

from __future__ import annotations

from itertools import dropwhile
from math import inf
from typing import TYPE_CHECKING

from atlas_assets.deck import messages
from atlas_assets.deck.outliers import limit, ordinary
from atlas_assets.deck.slide_writer import CHART_DIGITS
from atlas_assets.deck.slides import ColumnChart, ColumnPoint, CutLabels, Layout, Slide
from atlas_assets.deck.table_exhibit import scenarios_shown
from atlas_assets.notation.numbers import signed
from atlas_assets.notation.strings import short_month
from atlas_assets.periods.calendar import Month

if TYPE_CHECKING:
    from decimal import Decimal

    from atlas_assets.deck.commentary import Remark
    from atlas_assets.deck.slide_writer import SlideWriter
    from atlas_assets.deck.slides import Comment
    from atlas_assets.notation.numbers import AmountUnit
    from atlas_assets.report.model import TrendPoint, UnitReport


def revenue_slide(writer: SlideWriter, unit: UnitReport, own: list[Remark]) -> Slide:
    """Return the chart of up to thirteen months, with cards and remarks."""
    strings, trend = writer.strings, _known(unit.revenue.trend)
    scale = writer.money.unit(ordinary(_levels(trend)), digits=CHART_DIGITS)
    rules = messages.revenue_remarks(unit, writer.report.meta, strings)
    comments = writer.rail_comments(own, rules)
    chart = _chart(writer, unit, scale, comments)
    first, last = (Month.parse(trend[index].month) for index in (0, -1))
    scenarios = strings(
        "scenarios",
        scenarios=scenarios_shown(
            target=chart.target_name is not None, last_year=chart.previous_name is not None
        ),
        first=f"{short_month(first, writer.locale)} {first.year}",
        last=f"{short_month(last, writer.locale)} {last.year}",
    )
    return Slide(
        layout=Layout.CHART,
        message=messages.revenue_message(unit.revenue, unit.name, writer.period, strings),
        title=writer.title(unit.name, strings("revenue"), scenarios, writer.in_unit(scale)),
        source=writer.source(["mart_revenue", "mart_targets"], strings("revenue_definition")),
        notes=writer.notes(
            f"units.{unit.code}.revenue",
            f"units.{unit.code}.key_comparison.by_customer_type",
            subject=unit.name,
        ),
        color=unit.color,
        chart=chart,
        cards=writer.cards(unit.revenue),
        comments=comments,
    )


def _chart(
    writer: SlideWriter, unit: UnitReport, scale: AmountUnit, comments: list[Comment]
) -> ColumnChart:
    strings, trend = writer.strings, _known(unit.revenue.trend)
    has_target = any(point.target is not None for point in trend)
    has_previous = any(point.last_year is not None for point in trend)
    variance_name = "variance_to_target" if has_target else "variance_to_previous"
    variances = [p.gap_to_target if has_target else p.delta_last_year for p in trend]
    most = limit(scale.scaled(amount) for amount in (*_levels(trend), *variances))
    points: list[ColumnPoint] = []
    for point, variance in zip(trend, variances, strict=True):
        label = "" if variance is None else signed(scale.text(variance), variance)
        points.append(
            ColumnPoint(
                category=_category(
                    Month.parse(point.month), is_first=not points, locale=writer.locale
                ),
                actual=scale.scaled(point.actuals),
                target=scale.scaled(point.target),
                previous=scale.scaled(point.last_year),
                variance=scale.scaled(variance),
                actual_label="" if point.actuals is None else scale.text(point.actuals),
                variance_label=label,
                variance_is_good=variance is not None and variance >= 0,
                marks=[c.number for c in comments if c.number and c.month == point.month],
                is_reported=point.month in writer.report.meta.months,
                in_full=_cut_labels(writer, point, variance, scale, most),
            )
        )
    return ColumnChart(
        name=f"{unit.name}: {strings('revenue')}",
        description="; ".join(f"{p.category} {p.actual_label}" for p in points if p.actual_label),
        points=points,
        actual_name=strings("actual_name"),
        target_name=strings("target_name") if has_target else None,
        previous_name=strings("previous_name") if has_previous else None,
        variance_name=strings(variance_name) if has_target or has_previous else None,
        limit=most,
        cut_name=strings("cut_off") if most < inf else "",
    )


def _cut_labels(
    writer: SlideWriter,
    point: TrendPoint,
    variance: Decimal | None,
    scale: AmountUnit,
    most: float,
) -> CutLabels:
    """Return the amounts of a month that are beyond the chart's limit, each after its scenario."""

    def text(amount: Decimal | None) -> str:
        is_cut = amount is not None and abs(scale.scaled(amount)) > most
        return writer.money.text(amount) if is_cut else ""

    levels = (("", point.actuals), ("□ ", point.target), ("▲ ", point.last_year))
    gap = text(variance)
    return CutLabels(
        level=", ".join(sign + text(amount) for sign, amount in levels if text(amount)),
        variance=signed(gap, variance) if gap and variance else "",
    )


def _levels(trend: list[TrendPoint]) -> list[Decimal | None]:
    return [amount for p in trend for amount in (p.actuals, p.target, p.last_year)]


def _known(trend: list[TrendPoint]) -> list[TrendPoint]:
    """Drop the leading months without actuals and target, unless all are without."""
    known = list(dropwhile(lambda p: p.actuals is None and p.target is None, trend))
    return known or trend


def _category(month: Month, *, is_first: bool, locale: str) -> str:
    """Return a month's name, with the year for the first month shown and every January."""
    name = short_month(month, locale)
    return f"{name} {month.year % 100:02d}" if is_first or month.number == 1 else name
