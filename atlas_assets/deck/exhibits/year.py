"""The fiscal year by month: what was, what was planned, and what would be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atlas_assets.deck.exhibits.months import known_months, month_chart, unit_of
from atlas_assets.deck.sentences import revenue as told
from atlas_assets.deck.slides import Card, Layout, Run, Slide
from atlas_assets.deck.table_exhibit import scenarios_shown
from atlas_assets.periods.calendar import MONTHS_A_YEAR, Month, month_range

if TYPE_CHECKING:
    from atlas_assets.deck.slide_writer import SlideWriter


def year_slide(writer: SlideWriter) -> Slide:
    """Return the chart of the fiscal year so far, and of its other months as they are extrapolated."""
    strings, totals = writer.strings, writer.report.totals
    months = [point for point in totals.revenue.trend if point.month >= totals.ytd.first]
    trend, outlook = known_months(months), totals.outlook
    rest = outlook.months if outlook else []
    scale = unit_of(writer, trend, rest)
    comments = writer.rail_comments([], told.year_remarks(writer.report, strings))
    name = f"{writer.subject}: {strings('revenue')}"
    empty = [] if outlook else _later_months(writer)
    chart = month_chart(writer, name, trend, scale, comments, rest, empty)
    scenarios = scenarios_shown(
        target=chart.target_name is not None,
        last_year=chart.previous_name is not None,
        forecast=bool(rest),
    )
    return Slide(
        layout=Layout.CHART,
        message=told.year_message(writer, strings),
        title=writer.title(
            writer.subject,
            strings("revenue"),
            strings("year_scenarios", year=writer.fiscal_year, scenarios=scenarios),
            writer.in_unit(scale),
        ),
        source=writer.source(
            ["mart_unit_months", "mart_outlook"],
            strings("outlook_method") if outlook else strings("revenue_definition"),
        ),
        notes=writer.notes(
            "totals.revenue", "totals.ytd", "totals.outlook", subject=writer.subject
        ),
        chart=chart,
        cards=_cards(writer),
        comments=comments,
    )


def _later_months(writer: SlideWriter) -> list[str]:
    """Return the months of the year after the period, so that a year always has twelve."""
    ytd = writer.report.totals.ytd
    first, last = Month.parse(ytd.first), Month.parse(ytd.last)
    return [str(month) for month in month_range(last.plus(1), first.plus(MONTHS_A_YEAR - 1))]


def _cards(writer: SlideWriter) -> list[Card]:
    ytd, outlook, money = writer.report.totals.ytd, writer.report.totals.outlook, writer.money
    cards = [
        writer.variance_card(
            writer.year_to_date,
            ytd.actuals,
            ytd.gap_pct,
            ytd.delta_last_year_pct,
            ytd.coverage,
        )
    ]
    if ytd.target is not None:
        covered = writer.coverage(ytd.coverage.target, "target", is_month=False)
        lines = [[Run(covered)]] if covered else []
        cards.append(Card(writer.strings("target"), money.text(ytd.target), lines))
    if outlook:
        rest = Card(writer.strings("forecast_rest"), money.text(outlook.forecast_rest), [])
        cards += [writer.outlook_card(outlook), rest]
    return cards
