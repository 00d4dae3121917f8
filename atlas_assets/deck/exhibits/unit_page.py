"""A unit on one page: its months with their variances, its year, its programs and channels in brief."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atlas_assets.deck.exhibits.months import known_months, month_chart, unit_of
from atlas_assets.deck.sentences import revenue as told
from atlas_assets.deck.slides import Layout, Slide
from atlas_assets.deck.table_exhibit import scenarios_shown
from atlas_assets.notation.strings import short_month
from atlas_assets.periods.calendar import Month

if TYPE_CHECKING:
    from atlas_assets.deck.commentary import Remark
    from atlas_assets.deck.slide_writer import SlideWriter
    from atlas_assets.report.model import UnitReport


def unit_page(writer: SlideWriter, unit: UnitReport, own: list[Remark]) -> Slide:
    """Return the page of a unit, with people's remarks (`own`) first."""
    strings, trend = writer.strings, known_months(unit.revenue.trend)
    scale = unit_of(writer, trend)
    comments = writer.rail_comments(own, told.unit_remarks(unit, writer.report.meta, strings))
    chart = month_chart(writer, f"{unit.name}: {strings('revenue')}", trend, scale, comments)
    first, last = (Month.parse(trend[at].month) for at in (0, -1))
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
        message=told.revenue_message(unit, unit.name, writer, strings),
        title=writer.title(unit.name, strings("revenue"), scenarios, writer.in_unit(scale)),
        source=writer.source(["mart_unit_months"], strings("revenue_definition")),
        notes=writer.notes(
            *(
                f"units.{unit.code}.{part}"
                for part in ("revenue", "ytd", "outlook", "programs", "channels", "key_comparison")
            ),
            subject=unit.name,
        ),
        color=unit.color,
        chart=chart,
        cards=writer.cards(unit),
        comments=comments,
    )
