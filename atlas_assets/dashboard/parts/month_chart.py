"""The chart of thirteen months and the outlook, with the table of its data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atlas_assets.dashboard.charts.months import MonthBar, MonthsDrawing
from atlas_assets.dashboard.parts import exhibits
from atlas_assets.dashboard.parts.blocks import Cell, Chart, Column, Row, Table, Text
from atlas_assets.deck.exhibits.months import known_months, unit_of
from atlas_assets.deck.outliers import limit
from atlas_assets.deck.table_exhibit import scenarios_shown
from atlas_assets.notation.strings import short_month
from atlas_assets.periods.calendar import Month
from atlas_assets.report.figures import place_of

if TYPE_CHECKING:
    from decimal import Decimal

    from atlas_assets.dashboard.context import Context
    from atlas_assets.notation.numbers import AmountUnit
    from atlas_assets.report.model import OutlookMonth, TrendPoint


def month_chart(context: Context) -> Chart:
    """Return thirteen months of the subject with the outlook on the rest of the year, and their data."""
    writer, strings, subject = context.writer, context.strings, context.subject
    trend = known_months(subject.revenue.trend)
    outlook = subject.outlook.months if subject.outlook else []
    unit = unit_of(writer, trend, outlook)
    values = [
        unit.scaled(value)
        for month in trend
        for value in (month.actuals, month.target, month.last_year, month.gap_to_target)
    ]
    bars = [_bar(context, point) for point in trend]
    bars += [_bar(context, month) for month in outlook]
    has_target = any(bar.target is not None for bar in bars)
    has_year = any(bar.last_year is not None for bar in bars)
    scenarios = scenarios_shown(target=has_target, last_year=has_year, forecast=bool(outlook))
    title = writer.title(context.subject_name, strings("revenue"), scenarios, writer.in_unit(unit))
    name = f"{context.subject_name}: {strings('revenue')}"
    legend = [("actual", strings("actual_name"))]
    legend += [("plan", strings("target_name"))] if has_target else []
    legend += [("previous", strings("previous_name"))] if has_year else []
    legend += [("forecast", strings("forecast_name"))] if outlook else []
    return Chart(
        title=[exhibits.text(run) for run in title],
        drawing=MonthsDrawing(bars, unit, limit(values)).drawn(name),
        legend=legend,
        data=_data(context, bars, unit),
    )


def _bar(context: Context, month: TrendPoint | OutlookMonth) -> MonthBar:
    """Return a month of the past or of the outlook."""
    name = Month.parse(month.month)
    short = short_month(name, context.view.language)
    forecast = getattr(month, "forecast", None)
    figures: dict[str, Decimal | None] = {
        "actuals": getattr(month, "actuals", None),
        "target": month.target,
        "last_year": month.last_year,
        "gap_to_target": month.gap_to_target,
        "delta_last_year": month.delta_last_year,
        "forecast": forecast,
    }
    places = {key: place_of(value) for key, value in figures.items()}
    return MonthBar(
        name=f"{short} {name.year % 100:02d}",
        actual=figures["actuals"],
        target=month.target,
        last_year=month.last_year,
        gap=month.gap_to_target,
        delta=month.delta_last_year,
        forecast=forecast,
        hrefs={key: context.view.trace(place) for key, place in places.items() if place},
        is_reported=month.month in context.report.meta.months,
    )


def _data(context: Context, bars: list[MonthBar], unit: AmountUnit) -> Table:
    """Return the table of a chart's data."""
    writer, strings = context.writer, context.strings

    def cell(bar: MonthBar, key: str, value: Decimal | None, *, is_variance: bool = False) -> Cell:
        shown = writer.gap(value, unit) if is_variance else writer.amount(value, unit)
        return Cell(shown.text, shown.role or "", bar.hrefs.get(key), value)

    rows = [
        Row(
            [
                Cell(bar.name),
                cell(bar, "actuals", bar.actual),
                cell(bar, "forecast", bar.forecast),
                cell(bar, "target", bar.target),
                cell(bar, "gap_to_target", bar.gap, is_variance=True),
                cell(bar, "last_year", bar.last_year),
                cell(bar, "delta_last_year", bar.delta, is_variance=True),
            ]
        )
        for bar in bars
    ]
    headers = ("AC", "FC", "PL", "ΔPL", "PY", "ΔPY")
    return Table(
        name="months",
        title=[Text(strings("web_data"))],
        columns=[Column(strings("web_month"), "left"), *(Column(text) for text in headers)],
        rows=rows,
        downloads=exhibits.downloads(context, "months"),
        is_folded=True,
    )
