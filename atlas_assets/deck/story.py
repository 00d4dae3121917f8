"""Which slides a report becomes, and what stands on each. Formats figures; computes none."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from atlas_assets.deck import messages
from atlas_assets.deck.slides import (
    Card,
    Cell,
    Column,
    ColumnChart,
    ColumnPoint,
    Deck,
    Layout,
    Run,
    Slide,
    Table,
    TableRow,
)
from atlas_assets.deck.tables import ROWS_A_PAGE
from atlas_assets.notation.numbers import (
    MINUS,
    NOT_AVAILABLE,
    number,
    percent,
    rupiah,
    signed,
)
from atlas_assets.notation.strings import Strings, month_label, short_month
from atlas_assets.notation.tokens import Role
from atlas_assets.periods import Month
from atlas_assets.report.model import KeyFigure

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from atlas_assets.report.model import Comparison, Report, RevenueSection, UnitReport

# The unit of a chart: from which value on, what it is divided by, its word's key, decimals.
CHART_UNITS = {
    "id": [(1e9, 1e9, "M", 2), (1e8, 1e6, "jt", 0), (1e6, 1e6, "jt", 1), (0, 1e3, "rb", 0)],
    "en": [(1e9, 1e9, "bn", 2), (1e8, 1e6, "m", 0), (1e6, 1e6, "m", 1), (0, 1e3, "k", 0)],
}


def tell(report: Report, strings: Strings, full_name: str) -> Deck:
    """Return the deck of a report. `full_name` is the entity's legal name."""
    story = _Story(report, strings)
    unit_slides = {unit.code: story.unit_slides(unit) for unit in report.units.values()}
    closing = [*story.data_quality(), *story.sources()]
    opening = [story.cover(full_name), story.contents(unit_slides, closing), story.summary()]
    return Deck(
        title=strings("cover_title", entity=report.meta.entity_name),
        entity=report.meta.entity_name,
        date=report.meta.generated_at,
        locale=strings.locale,
        slides=[*opening, *(slide for slides in unit_slides.values() for slide in slides), *closing],
    )


class _Story:
    def __init__(self, report: Report, strings: Strings) -> None:
        self.report, self.strings, self.locale = report, strings, strings.locale
        self.month = report.meta.period_label
        self.date = report.meta.generated_at[:10]

    # ---------- opening

    def cover(self, full_name: str) -> Slide:
        meta = self.report.meta
        return Slide(
            layout=Layout.COVER,
            message=self.strings("cover_title", entity=meta.entity_name),
            title=[Run(self.strings("cover_subtitle", full_name=full_name, period=self.month))],
            source=self.strings("cover_source", date=self.date),
            notes=self._notes("meta"),
        )

    def contents(self, unit_slides: dict[str, list[Slide]], closing: list[Slide]) -> Slide:
        first = 3
        summary = self.summary()
        rows = [_row([self.strings("summary_title"), summary.message, str(first)])]
        position = first + 1
        for code, slides in unit_slides.items():
            rows.append(_row([self.report.units[code].name, slides[0].message, str(position)]))
            position += len(slides)
        rows.append(_row([self.strings("quality_title"), closing[0].message, str(position)]))
        columns = [
            Column(self.strings("contents_section"), 2, "left"),
            Column(self.strings("contents_message_column"), 7, "left"),
            Column(self.strings("contents_slide"), 0.8),
        ]
        return Slide(
            layout=Layout.TABLE,
            message=self.strings("contents_message", count=len(unit_slides)),
            title=self._title(self.report.meta.entity_name, self.strings("contents_title"), self.month),
            source=self._source(["marts"], ""),
            notes=self._notes("meta.scope"),
            table=Table(self.strings("contents_title"), self.strings("contents_title"), columns, rows),
        )

    def summary(self) -> Slide:
        strings, totals = self.strings, self.report.totals
        units = sorted(
            self.report.units.values(), key=lambda unit: unit.revenue.revenue_actuals, reverse=True
        )
        columns = [
            Column(strings("unit"), 2.6, "left"),
            Column("PY", 1),
            Column("PL", 1),
            Column("AC", 1, emphasized=True),
            Column("ΔPL", 1.05),
            Column("ΔPL%", 0.9),
            Column("ΔPY", 1.05),
            Column("ΔPY%", 0.9),
        ]
        rows = [self._summary_row(unit.name, unit.revenue) for unit in units]
        rows.append(self._summary_row(strings("entity_total"), totals, is_total=True))
        subject = self.report.meta.entity_name
        return Slide(
            layout=Layout.SUMMARY,
            message=messages.revenue_message(totals, subject, self.month, strings),
            title=self._title(
                subject, strings("revenue"), strings("summary_scenarios", month=self.month), "Rp"
            ),
            source=self._source(["mart_revenue", "mart_targets"], strings("revenue_definition")),
            notes=self._notes("totals", "units.*.revenue"),
            table=Table(strings("summary_title"), strings("summary_title"), columns, rows),
            cards=self._cards(totals),
            comments=[
                [Run(strings("explanation"), bold=True)],
                *([Run(text)] for text in self._movers(units)),
            ],
        )

    def _movers(self, units: list[UnitReport]) -> list[str]:
        """Name the two units farthest from their targets, or from last year."""

        def distance(unit: UnitReport) -> float:
            gap = unit.revenue.gap_to_target
            if gap is None:
                gap = unit.revenue.last_year.delta if unit.revenue.last_year else 0
            return abs(float(gap))

        farthest = sorted(units, key=distance, reverse=True)[:2]
        return [
            messages.revenue_message(unit.revenue, unit.name, self.month, self.strings)
            for unit in farthest
        ]

    def _summary_row(self, name: str, section: RevenueSection, *, is_total: bool = False) -> TableRow:
        achievement = section.achievement_pct
        to_target = None if achievement is None else achievement - 100
        return TableRow(
            [
                Cell(name),
                Cell(self._value(section.last_year, rupiah)),
                Cell(rupiah(section.revenue_target, self.locale)),
                Cell(rupiah(section.revenue_actuals, self.locale)),
                self._variance(section.gap_to_target, rupiah),
                self._variance(to_target, percent),
                self._variance(section.last_year and section.last_year.delta, rupiah),
                self._variance(section.last_year and section.last_year.delta_pct, percent),
            ],
            is_total=is_total,
        )

    # ---------- units

    def unit_slides(self, unit: UnitReport) -> list[Slide]:
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
            message=messages.revenue_message(unit.revenue, unit.name, self.month, strings),
            title=self._title(unit.name, strings("revenue"), scenarios, word),
            source=self._source(["mart_revenue", "mart_targets"], strings("revenue_definition")),
            notes=self._notes(f"units.{unit.code}.revenue"),
            color=unit.color,
            chart=chart,
            cards=self._cards(unit.revenue),
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
            reference = point.target if has_target else point.last_year
            both = point.actuals is not None and reference is not None
            variance = scaled(point.actuals - reference) if both else None
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
            description="; ".join(f"{p.category} {p.actual_label}" for p in points if p.actual_label),
            points=points,
            actual_name=strings("actual_name"),
            target_name=strings("target_name") if has_target else None,
            previous_name=strings("previous_name"),
            variance_name=strings("variance_to_target" if has_target else "variance_to_previous"),
        )
        return chart, strings("in_unit", unit=word)

    def _cards(self, section: RevenueSection) -> list[Card]:
        strings = self.strings
        achievement = section.achievement_pct
        cards = [
            Card(
                self.month,
                rupiah(section.revenue_actuals, self.locale),
                [
                    self._delta_line("ΔPL", None if achievement is None else achievement - 100),
                    self._delta_line("ΔPY", section.last_year and section.last_year.delta_pct),
                ],
            ),
            Card(
                strings("target"),
                rupiah(section.revenue_target, self.locale),
                [[Run(f"{percent(achievement, self.locale)} {strings('achieved')}")]]
                if achievement is not None
                else [],
            ),
        ]
        for name in ("last_period", "best_year"):
            comparison: Comparison | None = getattr(section, name)
            when = comparison and (comparison.period if name == "last_period" else comparison.period[:4])
            label = f"{strings(name)} ({when})" if comparison else strings(name)
            lines = [self._delta_line(strings("versus"), comparison.delta_pct)] if comparison else []
            cards.append(Card(label, self._value(comparison, rupiah), lines))
        return cards

    def _key_comparison(self, unit: UnitReport) -> list[Slide]:
        strings, section = self.strings, unit.key_comparison
        columns = [
            Column("", 2.6, "left"),
            Column("AC", 1.1, emphasized=True),
            Column(strings("last_period"), 1.1),
            Column("Δ%", 0.9),
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
        return self._paged(
            unit,
            messages.key_message(unit, self.month, strings),
            strings("key_title"),
            strings("key_scenarios", month=self.month),
            ["mart_revenue", "mart_program_progress"],
            strings("order_definition"),
            "key_comparison",
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
        best = self._value(figure.best_year, form)
        year = f" ({figure.best_year.period[:4]})" if figure.best_year else ""
        return TableRow(
            [
                Cell(name),
                Cell(value),
                Cell(self._value(figure.last_period, form)),
                self._variance(figure.last_period and figure.last_period.delta_pct, percent),
                Cell(self._value(figure.last_year, form)),
                self._variance(figure.last_year and figure.last_year.delta_pct, percent),
                Cell(best + year),
                self._variance(figure.best_year and figure.best_year.delta_pct, percent),
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
                    Cell(row.product_name if row.customer_type == "all" else strings.customer_type(row.customer_type)),
                    Cell(number(row.order_count, self.locale)),
                    Cell("" if row.student_count is None else number(row.student_count, self.locale)),
                    Cell("" if row.target_students is None else number(row.target_students, self.locale)),
                    Cell("" if row.target_revenue is None else rupiah(row.target_revenue, self.locale)),
                    Cell(rupiah(row.revenue, self.locale)),
                    self._achievement(row.achievement_pct),
                ],
                is_detail=row.customer_type != "all",
            )
            for row in unit.programs
        ]
        return self._paged(
            unit,
            messages.program_message(unit, self.month, strings),
            strings("program_title"),
            strings("program_scenarios", month=self.month),
            ["mart_program_progress", "mart_targets"],
            strings("order_definition"),
            "programs",
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
        scenarios = (
            strings("school_scenarios", first=years[0], last=years[-1], month=self.month)
            if years
            else self.month
        )
        return self._paged(
            unit,
            messages.school_message(unit, strings),
            strings("school_title"),
            scenarios,
            ["mart_school_progress"],
            strings("school_definition"),
            "schools",
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
                    Cell(strings(f"status_{row.status}")),
                    Cell(strings(f"strategy_{row.strategy}")),
                ]
            )
            for row in unit.channels
            if row.customer_type == "all"
        ]
        return self._paged(
            unit,
            messages.channel_message(unit, self.month, strings),
            strings("channel_title"),
            strings("channel_scenarios", month=self.month),
            ["mart_channel_marketing"],
            strings("channel_definition"),
            "channels",
            columns,
            rows,
        )

    # ---------- closing

    def data_quality(self) -> list[Slide]:
        strings, quality, locale = self.strings, self.report.data_quality, self.locale
        columns = [
            Column(strings("quality_item"), 5, "left"),
            Column(strings("quality_expected"), 1.5),
            Column(strings("quality_actual"), 1.5),
            Column(strings("quality_verdict"), 1, "left"),
        ]
        rows = [
            _row([strings("rows_valid"), "", number(quality.valid, locale), ""]),
            *(
                _row([strings(f"flagged_{reason}"), "", number(count, locale), ""])
                for reason, count in quality.flagged.items()
            ),
            _row([strings("rows_duplicate"), "", number(quality.duplicates, locale), ""]),
            _row([strings("unassigned_revenue"), "", rupiah(quality.unassigned_revenue, locale), ""]),
            *(
                TableRow(
                    [
                        Cell(strings(f"check_{check.name}")),
                        Cell(number(check.expected, locale)),
                        Cell(number(check.actual, locale)),
                        Cell(
                            strings("passed" if check.passed else "failed"),
                            Role.GOOD_TEXT if check.passed else Role.BAD,
                            bold=True,
                        ),
                    ]
                )
                for check in quality.checks
            ),
        ]
        failed = sum(not check.passed for check in quality.checks)
        message = (
            strings("quality_message_failed", failed=failed)
            if failed
            else strings(
                "quality_message", valid=number(quality.valid, locale), rows=number(quality.rows, locale)
            )
        )
        return self._paged(
            None,
            message,
            strings("quality_title"),
            self.month,
            ["int_orders", "sheet_manifest"],
            strings("quality_definition"),
            "data_quality",
            columns,
            rows,
        )

    def sources(self) -> list[Slide]:
        strings, sources = self.strings, self.report.meta.sources
        columns = [
            Column(strings("workbook"), 3.2, "left"),
            Column(strings("sheet"), 2, "left"),
            Column(strings("rows"), 0.7),
            Column(strings("fingerprint"), 2, "left"),
        ]
        rows = [
            _row([s.file, s.sheet.strip(), number(s.rows, self.locale), s.hash[:16]]) for s in sources
        ]
        return self._paged(
            None,
            strings("sources_message", count=len(sources)),
            strings("sources_title"),
            self.month,
            ["sheet_manifest"],
            "",
            "meta.sources",
            columns,
            rows,
        )

    # ---------- shared by the slides

    def _paged(
        self,
        unit: UnitReport | None,
        message: str,
        exhibit: str,
        scenarios: str,
        marts: list[str],
        definition: str,
        path: str,
        columns: list[Column],
        rows: list[TableRow],
    ) -> list[Slide]:
        """Return a table on as many slides as it needs, the pages as even as can be."""
        count = max(1, ceil(len(rows) / ROWS_A_PAGE))
        size = ceil(len(rows) / count) or 1
        subject = unit.name if unit else self.report.meta.entity_name
        return [
            Slide(
                layout=Layout.TABLE,
                message=message + (f" ({page + 1}/{count})" if count > 1 else ""),
                title=self._title(subject, exhibit, scenarios),
                source=self._source(marts, definition),
                notes=self._notes(f"units.{unit.code}.{path}" if unit else path),
                color=unit.color if unit else None,
                table=Table(
                    f"{subject}: {exhibit}",
                    message,
                    columns,
                    rows[page * size : (page + 1) * size]
                    or [_row([self.strings("no_data"), *[""] * (len(columns) - 1)])],
                ),
            )
            for page in range(count)
        ]

    def _title(self, who: str, measure: str, when: str, unit: str = "") -> list[Run]:
        """Return the descriptive title: who | measure in unit | when and scenarios."""
        return [
            Run(f"{who} | "),
            Run(measure, bold=True),
            Run(f" {unit} | {when}" if unit else f" | {when}"),
        ]

    def _source(self, tables: list[str], definition: str) -> str:
        return self.strings(
            "source_line", marts=", ".join(tables), date=self.date, definition=definition
        ).strip()

    def _notes(self, *paths: str) -> str:
        sources = [f"- {s.file}, {s.sheet!r}, {s.hash[:16]}" for s in self.report.meta.sources]
        return "\n".join(["report.json:", *(f"- {path}" for path in paths), "source:", *sources])

    def _value(self, comparison: Comparison | None, form: Callable[..., str]) -> str:
        return NOT_AVAILABLE if comparison is None else form(comparison.value, self.locale)

    def _variance(self, value: Decimal | None, form: Callable[..., str]) -> Cell:
        """Return a signed variance, coloured by rating; more is better for all of these."""
        if value is None:
            return Cell(NOT_AVAILABLE)
        role = None if value == 0 else (Role.GOOD_TEXT if value > 0 else Role.BAD)
        return Cell(signed(form(value, self.locale), value), role)

    def _achievement(self, value: Decimal | None) -> Cell:
        if value is None:
            return Cell("")
        return Cell(percent(value, self.locale), Role.GOOD_TEXT if value >= 100 else Role.BAD)

    def _delta_line(self, name: str, value: Decimal | None) -> list[Run]:
        if value is None:
            return [Run(f"{name} {NOT_AVAILABLE}")]
        if value == 0:
            return [Run(f"{name} ±{percent(value, self.locale)}")]
        sign, role = ("▲", Role.GOOD_TEXT) if value > 0 else ("▼", Role.BAD)
        text = signed(percent(value, self.locale), value)
        return [Run(f"{name} "), Run(f"{sign} {text}", bold=True, role=role)]


def _signed_label(text: str) -> str:
    """Give a rounded variance its sign; what rounds to zero has none."""
    is_zero = not any(digit in "123456789" for digit in text)
    return text.removeprefix(MINUS) if is_zero else signed(text, -1 if text.startswith(MINUS) else 1)


def _row(texts: list[str]) -> TableRow:
    return TableRow([Cell(text) for text in texts])


def _revenue_figure(unit: UnitReport) -> KeyFigure:
    section = unit.revenue
    return KeyFigure(
        value=section.revenue_actuals,
        last_period=section.last_period,
        last_year=section.last_year,
        best_year=section.best_year,
    )
