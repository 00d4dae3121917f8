"""The parts that slides share: titles, sources, cards, remarks, paginated tables and cells."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal, TypeGuard

from atlas_assets.deck.boxes import (
    COMMENTS,
    EXHIBIT,
    SUMMARY,
    TABLE,
    TABLE_ABOVE_COMMENTS,
    TABLE_COMMENTS,
)
from atlas_assets.deck.drawing_xml import printable
from atlas_assets.deck.percentages import exact_lines
from atlas_assets.deck.remarks import arranged
from atlas_assets.deck.slides import (
    Card,
    Cell,
    Layout,
    Run,
    Slide,
    SmallChart,
    Table,
    TableRow,
)
from atlas_assets.deck.table_exhibit import TableExhibit, sliced, text_row, without_empty_columns
from atlas_assets.deck.table_layout import fitted, pages, with_room_for_figures
from atlas_assets.deck.text_fit import shortened, text_width
from atlas_assets.notation.numbers import (
    MINUS,
    NOT_AVAILABLE,
    AmountUnit,
    number,
    percent,
    points,
    signed,
)
from atlas_assets.notation.strings import short_period, short_span
from atlas_assets.notation.tokens import Role, Size
from atlas_assets.periods.calendar import Month, Period, PeriodType, year_text
from atlas_assets.report.figures import place_of
from atlas_assets.report.model import NO_CHANNEL, NO_SCHOOL

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from atlas_assets.deck.commentary import Commentary, Remark
    from atlas_assets.deck.slides import Comment
    from atlas_assets.notation.strings import Strings
    from atlas_assets.report.model import (
        Comparison,
        Coverage,
        Coverages,
        OutlookSection,
        Report,
        RevenueSection,
        SubjectReport,
        UnitReport,
    )


FINGERPRINT_LENGTH = 16  # characters of a sheet's hash shown on slides and in notes
TITLE_NAME = 4.5  # inches for the subject's name in a title
SOURCE_WIDTH = 8.9  # inches for the footer
CARDS = 4


class SlideWriter:
    """Builds the slides of one report in one language; it formats figures but computes none."""

    def __init__(self, report: Report, strings: Strings, commentary: Commentary) -> None:
        self.report, self.strings, self.commentary = report, strings, commentary
        self._data = report.model_dump(mode="python")
        self.locale, self.money = strings.locale, strings.money
        self.period = report.meta.period_label
        self.type = report.meta.type
        self.before = strings(f"before_{self.type}")
        self.fiscal_year = self.year(report.meta.covered.year)
        self.date = report.meta.generated_at[:10]

    @property
    def subject(self) -> str:
        """The name of what the report covers: the entity, or some of its units."""
        if self.report.meta.is_whole:
            return self.report.meta.entity_name
        return ", ".join(unit.name for unit in self.report.units.values())

    @property
    def year_to_date(self) -> str:
        """The months from the beginning of the fiscal year to the period's end: `Jan–Okt 2026`."""
        ytd = self.report.totals.ytd
        start = self.report.meta.fiscal_year_start
        span = Period(Month.parse(ytd.first), Month.parse(ytd.last), start)
        return short_span(span, self.locale)

    @property
    def by_size(self) -> list[UnitReport]:
        """The units, the one with most revenue first."""
        units = self.report.units.values()
        return sorted(units, key=lambda unit: -unit.revenue.revenue_actuals)

    @property
    def has_schools(self) -> bool:
        """Whether any unit has a student of a school."""
        units = self.report.units.values()
        return any({*unit.schools.organizations} - {NO_SCHOOL} for unit in units)

    @property
    def has_channels(self) -> bool:
        """Whether any unit was found through a channel."""
        rows = [row for unit in self.report.units.values() for row in unit.channels]
        return any(row.channel_name != NO_CHANNEL for row in rows)

    @property
    def has_before(self) -> bool:
        """Whether the previous period differs from the same period last year."""
        return self.type is not PeriodType.YEARLY

    def best_year(self, comparison: Comparison | None) -> str:
        """Return the year that a best period ends in; empty where there is none."""
        return self.year(self.report.meta.parsed(comparison.period).year) if comparison else ""

    def year(self, year: int) -> str:
        """Return a year as people write it: `2026`, or `2025/26`."""
        return year_text(year, self.report.meta.fiscal_year_start)

    def cards(self, subject: SubjectReport) -> list[Card]:
        """Return the period, the year to date, the full year and the period before as cards."""
        section, ytd, outlook = subject.revenue, subject.ytd, subject.outlook
        change = section.last_year and section.last_year.delta_pct
        when = short_period(self.report.meta.covered, self.locale)
        actual = section.revenue_actuals
        cards = [self.variance_card(when, actual, section.gap_pct, change, section.coverage)]
        if ytd.first != self.report.meta.months[0]:
            cards.append(
                self.variance_card(
                    self.year_to_date,
                    ytd.actuals,
                    ytd.gap_pct,
                    ytd.delta_last_year_pct,
                    ytd.coverage,
                )
            )
        if outlook:
            cards.append(self.outlook_card(outlook))
        if self.has_before:
            last = section.last_period
            name = self.strings(f"last_period_{self.type}")
            before = short_period(self.report.meta.parsed(last.period), self.locale) if last else ""
            cards.append(self._compared_card(name, before, last))
        return cards if len(cards) == CARDS else [*cards, self._best_card(section)]

    def outlook_card(self, outlook: OutlookSection) -> Card:
        """Return the full year as it would be."""
        name = self.strings("outlook_card", year=self.fiscal_year)
        return self.variance_card(
            name, outlook.full_year, outlook.gap_pct, outlook.delta_last_year_pct
        )

    @staticmethod
    def _is_partial(coverage: Coverage | None) -> TypeGuard[Coverage]:
        return coverage is not None and bool(coverage.have) and not coverage.is_complete

    def variance_card(
        self,
        name: str,
        amount: Decimal,
        to_target: Decimal | None,
        to_last_year: Decimal | None,
        coverage: Coverages | None = None,
    ) -> Card:
        """Return an amount with its relative variances, and how much of it can be compared if not all can."""
        targets = coverage and coverage.target
        last_years = coverage and coverage.last_year
        plan = f"ΔPL ({targets.have}/{targets.of})" if self._is_partial(targets) else "ΔPL"
        year = "ΔPY"
        if self._is_partial(last_years):
            year = f"ΔPY ({last_years.have}/{last_years.of})"
        lines = [self.delta_line(plan, to_target), self.delta_line(year, to_last_year)]
        return Card(name, self.money.text(amount), lines, place_of(amount))

    def _best_card(self, section: RevenueSection) -> Card:
        strings, best, name = self.strings, section.best_year, self.strings("best_year")
        if best is None or best.period != self.report.meta.period:
            return self._compared_card(name, self.best_year(best), best)
        is_tied = section.last_year is not None and section.last_year.delta == 0
        text = strings("best_tied") if is_tied else strings("best_so_far")
        lines = [[Run(text)]] if section.last_year else []
        return Card(name, self.money.text(best.value), lines, place_of(best.value))

    def _compared_card(self, name: str, when: str, comparison: Comparison | None) -> Card:
        if comparison is None:
            return Card(name, self.money.text(None), [])
        line = self.delta_line(self.strings("against_this"), comparison.delta_pct)
        value = comparison.value
        return Card(name, self.money.text(value), [[Run(when)], line], place_of(value))

    def table_slides(self, unit: UnitReport | None, exhibit: TableExhibit) -> list[Slide]:
        """Return a table on as many slides as it needs, its rows spread evenly.

        Remarks appear under the table on the first page.
        """
        box = TABLE_ABOVE_COMMENTS if exhibit.remarks else TABLE
        comments = arranged(exhibit.remarks, [], TABLE_COMMENTS)
        slides = self._pages(unit, exhibit, Layout.TABLE, box.height, TABLE.width)
        return [replace(slides[0], comments=comments), *slides[1:]]

    def table_on_one_slide(self, exhibit: TableExhibit, layout: Layout) -> Slide:
        """Return a table that is short enough for one slide of a layout."""
        box = SUMMARY if layout is Layout.SUMMARY else TABLE
        (slide,) = self._pages(None, exhibit, layout, box.height, box.width)
        return slide

    def table_with_rail(
        self,
        unit: UnitReport | None,
        exhibit: TableExhibit,
        rules: list[Remark],
        cards: list[Card],
        small_charts: list[SmallChart],
    ) -> list[Slide]:
        """Return a table with cards or charts and remarks next to it, on each of its slides.

        `rules` are remarks generated by rules; those that do not fit are left out.
        """
        slides = self._pages(unit, exhibit, Layout.TABLE_WITH_RAIL, EXHIBIT.height, EXHIBIT.width)
        comments = self.rail_comments(exhibit.remarks, rules)
        return [
            replace(slide, comments=comments, cards=cards, small_charts=small_charts)
            for slide in slides
        ]

    def rail_comments(self, own: list[Remark], rules: list[Remark]) -> list[Comment]:
        """Return people's remarks (`own`) and as many generated ones (`rules`) as fit."""
        return arranged(own, rules, COMMENTS, self.strings("explanation"))

    def _pages(
        self,
        unit: UnitReport | None,
        exhibit: TableExhibit,
        layout: Layout,
        height: float,
        width: float,
    ) -> list[Slide]:
        """Return a table's slides; `height` and `width` in inches are what it may fill on each."""
        exhibit = without_empty_columns(exhibit)
        total = [exhibit.total] if exhibit.total and exhibit.rows else []
        columns = with_room_for_figures(exhibit.columns, [*exhibit.rows, *total], width)
        empty = text_row([self.strings("no_data"), *[""] * (len(columns) - 1)])
        rows, cut = fitted(columns, exhibit.rows or [empty], width)
        divided = pages(_groups(rows, total), height)
        subject, prefix = (unit.name, f"units.{unit.code}.") if unit else (self.subject, "")
        frame = Slide(
            layout=layout,
            message=exhibit.message,
            title=self.title(subject, exhibit.measure, exhibit.scenarios, exhibit.unit),
            source=self.source(exhibit.marts, exhibit.definition, *exhibit.footnotes),
            notes=self.notes(
                *(prefix + path for path in exhibit.paths), subject=subject, names=cut
            ),
            color=unit.color if unit else None,
        )
        slides, start, count = list[Slide](), 0, len(divided.counts)
        for page, row_count in enumerate(divided.counts, start=1):
            stop = min(start + row_count, len(rows))
            table = Table(
                f"{subject}: {exhibit.measure}",
                exhibit.message,
                columns,
                [*rows[start:stop], *(total if page == count else [])],
                divided.row_height,
                [sliced(bars, start, stop) for bars in exhibit.bars if exhibit.rows],
            )
            slides.append(replace(frame, table=table, page=f"{page}/{count}" if count > 1 else ""))
            start = stop
        return slides

    def title(self, who: str, measure: str, when: str, unit: str = "") -> list[Run]:
        """Return the descriptive title: who | measure in unit | when and scenarios."""
        return [
            Run(f"{_title_name(who)} | "),
            Run(measure, bold=True),
            Run(f" {unit} | {when}" if unit else f" | {when}"),
        ]

    def in_unit(self, unit: AmountUnit) -> str:
        """Return the amounts' unit as a title names it: `in m IDR`."""
        return self.strings("in_unit", unit=f"{unit.word} {self.money.currency.code}".strip())

    def source(self, tables: list[str], definition: str, *footnotes: str) -> str:
        """Return the footer: tables, date of the data, definitions, and as many footnotes as fit."""
        line = self.strings(
            "source_line", marts=", ".join(tables), date=self.date, definition=definition
        ).strip()
        for note in footnotes:
            if note and text_width(f"{line} {note}", Size.SOURCE) <= SOURCE_WIDTH:
                line = f"{line} {note}"
        return line

    def rounding(
        self, unit: AmountUnit, *sums: tuple[Sequence[Decimal | None], Decimal | None]
    ) -> str:
        """Return a footnote where parts that are shown rounded do not add up to what is shown as their sum."""
        for parts, whole in sums:
            known = [unit.shown(part) for part in parts if part is not None]
            if whole is not None and known and sum(known) != unit.shown(whole):
                return self.strings("rounding_footnote")
        return ""

    def coverage(
        self,
        coverage: Coverage,
        what: Literal["target", "last_year"],
        *,
        is_month: bool | None = None,
    ) -> str:
        """Return how many unit-months have the other side of a comparison; empty where all or none have.

        Of a month (by default, if the period is one) they are units.
        """
        if coverage.is_complete or not coverage.have:
            return ""
        if is_month is None:
            is_month = len(self.report.meta.months) == 1
        key = f"coverage_{what}" + ("_units" if is_month else "")
        return self.strings(key, have=str(coverage.have), of=str(coverage.of))

    def notes(self, *paths: str, subject: str = "", names: Sequence[str] = ()) -> str:
        """Return the speaker notes: paths in report.json, sheets, and what the slide shortens.

        That is names which were cut, and percentages beyond what is shown in full.
        """
        cut = [*([subject] if _title_name(subject) != subject else []), *names]
        sources = [
            f"- {s.file}, {s.sheet!r}, {s.hash[:FINGERPRINT_LENGTH]}"
            for s in self.report.meta.sources
        ]
        exact = exact_lines(self._data, paths, self.locale)
        in_full = ["in full:", *exact, *(f"- {name}" for name in cut)] if exact or cut else []
        lines = ["report.json:", *(f"- {path}" for path in paths), "source:", *sources, *in_full]
        return "\n".join(printable(line) for line in lines)

    def count_text(self, value: Decimal | int | None) -> str:
        """Return a count; `n.a.` where there is none."""
        return NOT_AVAILABLE if value is None else number(value, self.locale)

    def count(self, value: Decimal | int | None) -> Cell:
        """Return a cell with a count; empty where there is none."""
        return _cell("" if value is None else self.count_text(value), value)

    def difference(self, value: Decimal | int | None) -> Cell:
        """Return a signed difference of counts, coloured by rating."""
        return Cell("") if value is None else self._rated(self.count_text(value), value)

    def share(self, value: Decimal | None) -> Cell:
        """Return a share in percent; empty where there is none."""
        return _cell("" if value is None else percent(value, self.locale), value)

    def amount(self, value: Decimal | None, unit: AmountUnit) -> Cell:
        """Return a cell with an amount; empty where there is none."""
        return _cell("" if value is None else unit.text(value), value)

    def gap(self, value: Decimal | None, unit: AmountUnit) -> Cell:
        """Return a signed variance of amounts, coloured by rating; empty where there is none."""
        return Cell("") if value is None else self._rated(unit.text(value), value)

    def change(self, value: Decimal | None) -> Cell:
        """Return a signed relative variance, coloured by rating; empty where there is none."""
        return Cell("") if value is None else self._rated(percent(value, self.locale), value)

    def points(self, value: Decimal | None) -> Cell:
        """Return a signed difference of shares in percentage points, coloured by rating."""
        return Cell("") if value is None else self._rated(points(value, self.locale), value)

    def achievement(self, value: Decimal | None) -> Cell:
        """Return a share of the target, coloured by whether it was met."""
        if value is None:
            return Cell("")
        return _cell(
            percent(value, self.locale), value, Role.GOOD_TEXT if value >= 100 else Role.BAD
        )

    def delta_line(self, name: str, value: Decimal | None) -> list[Run]:
        """Return a relative change with an arrow, coloured by rating."""
        if value is None:
            return [Run(f"{name} {percent(None, self.locale)}")]
        figure = place_of(value)
        if value == 0:
            return [Run(f"{name} "), Run(percent(value, self.locale), figure=figure)]
        sign, role = ("▲", Role.GOOD_TEXT) if value > 0 else ("▼", Role.BAD)
        text = signed(percent(value, self.locale), value)
        return [Run(f"{name} "), Run(f"{sign} {text}", bold=True, role=role, figure=figure)]

    @staticmethod
    def _rated(text: str, value: Decimal | int) -> Cell:
        """Return a signed cell. More is always better; what rounds to zero is not rated."""
        variance = signed(text, value)
        if not variance.startswith(("+", MINUS, ">", "<")):
            return _cell(variance, value)
        return _cell(variance, value, Role.GOOD_TEXT if value > 0 else Role.BAD)


def _cell(text: str, value: Decimal | int | None, role: Role | None = None) -> Cell:
    """Return a cell that knows where in report.json its figure is."""
    return Cell(text, role, figure=place_of(value))


def _groups(rows: list[TableRow], total: list[TableRow]) -> list[int]:
    """Return how many rows stay together: a row with its details, the total with what is above it."""
    groups: list[int] = []
    for row in rows:
        if row.is_detail and groups:
            groups[-1] += 1
        else:
            groups.append(1)
    if total:
        groups[-1] += 1
    return groups


def _title_name(name: str) -> str:
    return shortened(name, TITLE_NAME, Size.TITLE)
