"""The five exhibits of a unit: revenue, key figures, programs, schools, channels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atlas_assets.deck import messages
from atlas_assets.deck.slide_writer import SlideWriter
from atlas_assets.deck.slides import (
    Cell,
    Column,
    ColumnChart,
    ColumnPoint,
    Layout,
    Run,
    Slide,
    TableRow,
)
from atlas_assets.notation.numbers import MINUS, NOT_AVAILABLE, number, percent, rupiah, signed
from atlas_assets.notation.strings import short_month
from atlas_assets.periods import Month
from atlas_assets.report.model import KeyFigure

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from atlas_assets.report.model import UnitReport

# The unit of a chart: from which value on, what it is divided by, its word, decimals.
CHART_UNITS = {
    "id": [(1e9, 1e9, "M", 2), (1e8, 1e6, "jt", 0), (1e6, 1e6, "jt", 1), (0, 1e3, "rb", 0)],
    "en": [(1e9, 1e9, "bn", 2), (1e8, 1e6, "m", 0), (1e6, 1e6, "m", 1), (0, 1e3, "k", 0)],
}


class UnitSlides(SlideWriter):
    """Writes the slides of units."""

    def write(self, unit: UnitReport) -> list[Slide]:
        """Return the five exhibits of a unit, tables over as many slides as they need."""
        return [
            self._revenue(unit),
            *self._key_comparison(unit),
            *self._programs(unit),
            *self._schools(unit),
            *self._channels(unit),
        ]

    def _revenue(self, unit: UnitReport) -> Slide:
        strings, trend = self.strings, unit.revenue.trend
        chart, word = self._chart(unit)
        first, last = (Month.parse(trend[index].month) for index in (0, -1))
        scenarios = strings(
            "scenarios_with_target" if chart.target_name else "scenarios",
            first=f"{short_month(first, self.locale)} {first.year}",
            last=f"{short_month(last, self.locale)} {last.year}",
        )
        comments = messages.revenue_comments(unit, strings)
        heading = [[Run(strings("explanation"), bold=True)]] if comments else []
        return Slide(
            layout=Layout.CHART,
            message=messages.revenue_message(unit.revenue, unit.name, self.period, strings),
            title=self.title(unit.name, strings("revenue"), scenarios, word),
            source=self.source(["mart_revenue", "mart_targets"], strings("revenue_definition")),
            notes=self.notes(
                f"units.{unit.code}.revenue", f"units.{unit.code}.key_comparison.by_customer_type"
            ),
            color=unit.color,
            chart=chart,
            cards=self.cards(unit.revenue),
            comments=[*heading, *([Run(text)] for text in comments)],
        )

    def _chart(self, unit: UnitReport) -> tuple[ColumnChart, str]:
        trend = unit.revenue.trend
        levels = [v for p in trend for v in (p.actuals, p.target, p.last_year) if v is not None]
        highest = float(max([*levels, 0]))
        _, divisor, word, decimals = next(
            item for item in CHART_UNITS[self.locale] if highest >= item[0]
        )
        has_target = any(point.target is not None for point in trend)

        def scaled(value: Decimal | None) -> float | None:
            return None if value is None else round(float(value) / divisor, 6)

        def label(value: float) -> str:
            return number(value, self.locale, decimals=decimals)

        points: list[ColumnPoint] = []
        for point in trend:
            variance = scaled(point.gap_to_target if has_target else point.delta_last_year)
            month = Month.parse(point.month)
            actual = scaled(point.actuals)
            points.append(
                ColumnPoint(
                    category=short_month(month, self.locale),
                    actual=actual,
                    target=scaled(point.target),
                    previous=scaled(point.last_year),
                    variance=variance,
                    actual_label="" if actual is None else label(actual),
                    variance_label="" if variance is None else _signed_label(label(variance)),
                    variance_is_good=variance is not None and variance >= 0,
                )
            )
        strings = self.strings
        chart = ColumnChart(
            name=f"{unit.name}: {strings('revenue')}",
            description="; ".join(
                f"{p.category} {p.actual_label}" for p in points if p.actual_label
            ),
            points=points,
            actual_name=strings("actual_name"),
            target_name=strings("target_name") if has_target else None,
            previous_name=strings("previous_name"),
            variance_name=strings("variance_to_target" if has_target else "variance_to_previous"),
        )
        return chart, strings("in_unit", unit=word)

    def _key_comparison(self, unit: UnitReport) -> list[Slide]:
        strings, section = self.strings, unit.key_comparison
        before = [Column(self.last_period, 1.1), Column("Δ%", 0.9)] if self.has_before else []
        columns = [
            Column("", 2.6, "left"),
            Column("AC", 1.1, emphasized=True),
            *before,
            Column("PY", 1.1),
            Column("ΔPY%", 0.9),
            Column(strings("best_year"), 1.4),
            Column("Δ%", 0.9),
        ]
        rows = [
            self._key_row(strings("revenue"), _revenue_figure(unit), rupiah),
            self._key_row(strings("orders"), section.orders, number),
            *(
                self._key_row(strings.customer_type(kind), figures.orders, number, is_detail=True)
                for kind, figures in section.by_customer_type.items()
                if figures.orders.value
            ),
            self._key_row(strings("paying_students"), section.students, number),
            self._key_row(strings("average_order_value"), section.average_order_value, rupiah),
            *(
                self._key_row(
                    f"{strings('revenue')}, {strings.customer_type(kind).lower()}",
                    figures.revenue,
                    rupiah,
                    is_detail=True,
                )
                for kind, figures in section.by_customer_type.items()
                if figures.revenue.value
            ),
        ]
        return self.paged(
            unit,
            messages.key_message(unit, self.period, self.before, strings),
            strings("key_title"),
            strings("key_scenarios", period=self.period, before=self.before)
            if self.has_before
            else strings("key_scenarios_yearly", period=self.period),
            ["mart_revenue", "mart_program_progress"],
            strings("order_definition"),
            ["revenue", "key_comparison"],
            columns,
            rows,
        )

    def _key_row(
        self,
        name: str,
        figure: KeyFigure,
        form: Callable[..., str],
        *,
        is_detail: bool = False,
    ) -> TableRow:
        value = NOT_AVAILABLE if figure.value is None else form(figure.value, self.locale)
        best = self.value(figure.best_year, form)
        year = f" ({self.best_year(figure.best_year)})" if figure.best_year else ""
        before = [
            Cell(self.value(figure.last_period, form)),
            self.variance(figure.last_period and figure.last_period.delta_pct, percent),
        ]
        return TableRow(
            [
                Cell(name),
                Cell(value),
                *(before if self.has_before else []),
                Cell(self.value(figure.last_year, form)),
                self.variance(figure.last_year and figure.last_year.delta_pct, percent),
                Cell(best + year),
                self.variance(figure.best_year and figure.best_year.delta_pct, percent),
            ],
            is_detail=is_detail,
        )

    def _programs(self, unit: UnitReport) -> list[Slide]:
        strings = self.strings
        columns = [
            Column(strings("program"), 3, "left"),
            Column(strings("orders"), 0.9),
            Column(strings("students"), 0.9),
            Column(strings("target_students"), 1.1),
            Column(strings("target_revenue"), 1.3),
            Column(f"AC {strings('revenue').lower()}", 1.3, emphasized=True),
            Column(strings("achievement"), 1),
        ]
        rows = [
            TableRow(
                [
                    Cell(
                        row.product_name
                        if row.customer_type == "all"
                        else strings.customer_type(row.customer_type)
                    ),
                    Cell(number(row.order_count, self.locale)),
                    Cell(
                        "" if row.student_count is None else number(row.student_count, self.locale)
                    ),
                    Cell(
                        ""
                        if row.target_students is None
                        else number(row.target_students, self.locale)
                    ),
                    Cell(
                        ""
                        if row.target_revenue is None
                        else rupiah(row.target_revenue, self.locale)
                    ),
                    Cell(rupiah(row.revenue, self.locale)),
                    self.achievement(row.achievement_pct),
                ],
                is_detail=row.customer_type != "all",
            )
            for row in unit.programs
        ]
        return self.paged(
            unit,
            messages.program_message(unit, self.period, strings),
            strings("program_title"),
            strings("program_scenarios", period=self.period),
            ["mart_program_progress", "mart_targets"],
            strings("order_definition"),
            ["programs"],
            columns,
            rows,
        )

    def _schools(self, unit: UnitReport) -> list[Slide]:
        strings, schools = self.strings, unit.schools
        years = schools.years
        columns = [
            Column(strings("school"), 4, "left"),
            Column(strings("level"), 1, "left"),
            *(Column(str(year), 1, emphasized=year == years[-1]) for year in years),
        ]
        rows = [
            TableRow(
                [
                    Cell(name),
                    Cell(schools.levels[name] or ""),
                    *(Cell(number(schools.matrix[name][year], self.locale)) for year in years),
                ]
            )
            for name in schools.organizations
        ]
        key = "school_scenarios" if len(years) > 1 else "school_scenarios_of_one_year"
        scenarios = (
            strings(key, first=years[0], last=years[-1], period=self.period)
            if years
            else self.period
        )
        return self.paged(
            unit,
            messages.school_message(unit, strings),
            strings("school_title"),
            scenarios,
            ["mart_school_progress"],
            strings("school_definition"),
            ["schools"],
            columns,
            rows,
        )

    def _channels(self, unit: UnitReport) -> list[Slide]:
        strings, locale = self.strings, self.locale
        columns = [
            Column(strings("channel"), 2, "left"),
            Column(strings("category"), 1.2, "left"),
            Column(strings("leads"), 0.8),
            Column(strings("follow_ups"), 0.9),
            Column(strings("closings"), 0.9, emphasized=True),
            Column(strings("conversion"), 1),
            Column(strings("contribution"), 1),
            Column(strings("students"), 0.8),
            Column(strings("status"), 1.1, "left"),
            Column(strings("strategy"), 1.2, "left"),
        ]
        rows = [
            TableRow(
                [
                    Cell(row.channel_name),
                    Cell(strings(row.category)),
                    Cell("" if row.leads is None else number(row.leads, locale)),
                    Cell("" if row.follow_ups is None else number(row.follow_ups, locale)),
                    Cell(number(row.closings, locale)),
                    Cell("" if row.conversion_pct is None else percent(row.conversion_pct, locale)),
                    Cell(percent(row.contribution_pct, locale)),
                    Cell(number(row.students, locale)),
                    Cell(strings(f"status_{row.status}") if row.status else ""),
                    Cell(strings(f"strategy_{row.strategy}") if row.strategy else ""),
                ]
            )
            for row in unit.channels
            if row.customer_type == "all"
        ]
        return self.paged(
            unit,
            messages.channel_message(unit, self.period, strings),
            strings("channel_title"),
            strings("channel_scenarios", period=self.period),
            ["mart_channel_marketing"],
            strings("channel_definition"),
            ["channels"],
            columns,
            rows,
        )


def _signed_label(text: str) -> str:
    """Give a rounded variance its sign; what rounds to zero has none."""
    is_zero = not any(digit in "123456789" for digit in text)
    return (
        text.removeprefix(MINUS) if is_zero else signed(text, -1 if text.startswith(MINUS) else 1)
    )


def _revenue_figure(unit: UnitReport) -> KeyFigure:
    section = unit.revenue
    return KeyFigure(
        value=section.revenue_actuals,
        last_period=section.last_period,
        last_year=section.last_year,
        best_year=section.best_year,
    )
