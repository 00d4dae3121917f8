"""All units as small charts of months, at one scale as far as they can be seen at it."""

from __future__ import annotations

from math import floor, log10
from typing import TYPE_CHECKING

from atlas_assets.deck.exhibits.months import known_months, month_place
from atlas_assets.deck.outliers import clipped, limit, ordinary
from atlas_assets.deck.sentences import revenue as told
from atlas_assets.deck.slides import GRID_MOST, Layout, Multiple, Run, Slide
from atlas_assets.deck.table_exhibit import scenarios_shown
from atlas_assets.notation.strings import short_month
from atlas_assets.notation.tokens import Role
from atlas_assets.periods.calendar import Month

if TYPE_CHECKING:
    from atlas_assets.deck.slide_writer import SlideWriter
    from atlas_assets.notation.numbers import AmountUnit
    from atlas_assets.report.model import UnitReport

ROOM = 1.05  # how much higher than the highest column a chart is


def multiples_slides(writer: SlideWriter) -> list[Slide]:
    """Return a small chart for each unit, the largest unit first; none for a single unit."""
    units = writer.by_size
    if len(units) == 1:
        return []
    scale = writer.money.unit(
        ordinary([v for u in units for p in u.revenue.trend for v in (p.actuals, p.target)])
    )
    charts = _Multiples(writer, units, scale).drawn()
    count = -(-len(charts) // GRID_MOST)
    has_target = any(value is not None for chart in charts for value in chart.targets)
    first, last = (Month.parse(units[0].revenue.trend[at].month) for at in (0, -1))
    strings = writer.strings
    scenarios = strings(
        "scenarios",
        scenarios=scenarios_shown(target=has_target, last_year=False),
        first=f"{short_month(first, writer.locale)} {first.year}",
        last=f"{short_month(last, writer.locale)} {last.year}",
    )
    return [
        Slide(
            layout=Layout.CHARTS,
            message=told.units_message(writer, strings),
            title=writer.title(
                writer.subject, strings("revenue_by_unit"), scenarios, writer.in_unit(scale)
            ),
            source=writer.source(["mart_unit_months"], strings("scaling_definition")),
            notes=writer.notes(
                "units.*.revenue", "units.*.ytd", "totals.ytd", "bridge.ytd", subject=writer.subject
            ),
            page=f"{page}/{count}" if count > 1 else "",
            multiples=charts[(page - 1) * GRID_MOST : page * GRID_MOST],
        )
        for page in range(1, count + 1)
    ]


class _Multiples:
    def __init__(self, writer: SlideWriter, units: list[UnitReport], scale: AmountUnit) -> None:
        self.writer, self.units, self.scale = writer, units, scale
        values = [value for unit in units for value in self._values(unit)]
        self.limit = limit(values)
        shown = [clipped(value, self.limit) for value in values if value is not None]
        self.high, self.low = max([*shown, 0.0]) or 1.0, min([*shown, 0.0])

    def drawn(self) -> list[Multiple]:
        return [self._multiple(unit) for unit in self.units]

    def _values(self, unit: UnitReport) -> list[float | None]:
        trend = unit.revenue.trend
        return [self.scale.scaled(v) for point in trend for v in (point.actuals, point.target)]

    def _multiple(self, unit: UnitReport) -> Multiple:
        writer, section, trend = self.writer, unit.revenue, known_months(unit.revenue.trend)
        factor = self._factor(unit)
        scaling = writer.strings("scaling", factor=str(factor)) if factor > 1 else ""
        actuals = [self.scale.scaled(point.actuals) for point in trend]
        months = [short_month(Month.parse(point.month), writer.locale) for point in trend]
        amount = self.scale.text(section.revenue_actuals)
        return Multiple(
            name=f"{unit.name}: {writer.strings('revenue')}",
            description=writer.strings(
                "chart_described",
                name=unit.name,
                values="; ".join(
                    f"{month} {self.scale.text(point.actuals)}"
                    for month, point in zip(months, trend, strict=True)
                ),
            ),
            heading=[
                Run(unit.name, bold=True),
                Run(f"  {amount}", bold=True, role=Role.NAVY),
                *([Run(f"  {scaling}", role=Role.NEUTRAL)] if scaling else []),
            ],
            facts=self._facts(unit),
            categories=months,
            actuals=actuals,
            targets=[self.scale.scaled(point.target) for point in trend],
            low=self.low / factor * ROOM,
            high=self.high / factor * ROOM,
            unit=unit.code,
            places=[month_place(point.actuals, point.target) for point in trend],
            scaling=scaling,
        )

    def _facts(self, unit: UnitReport) -> list[Run]:
        """Return the relative variances that there are, of the period and of a longer year to date."""
        writer, section, ytd = self.writer, unit.revenue, unit.ytd
        year = writer.year_to_date if ytd.first != writer.report.meta.months[0] else ""
        told = [
            ("ΔPL", section.gap_pct),
            ("ΔPY", section.last_year and section.last_year.delta_pct),
            (f"ΔPL {year}", ytd.gap_pct if year else None),
            (f"ΔPY {year}", ytd.delta_last_year_pct if year and ytd.gap_pct is None else None),
        ]
        lines = [writer.delta_line(name, pct) for name, pct in told if pct is not None]
        return [run for line in lines for run in (*line, Run("   "))] or [Run(" ")]

    def _factor(self, unit: UnitReport) -> int:
        """Return 10, 100 … for a unit whose columns would be a tenth as high as the highest, or less."""
        own = max((clipped(abs(v), self.limit) for v in self._values(unit) if v), default=0.0)
        highest = max(self.high, -self.low)
        return 10 ** floor(log10(highest / own)) if 0 < own < highest else 1
