"""Students by school and year."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atlas_assets.deck import messages
from atlas_assets.deck.boxes import TABLE
from atlas_assets.deck.slides import Bars, BarSeries, Cell, Column, Slide, TableRow
from atlas_assets.deck.table_exhibit import Span, TableExhibit
from atlas_assets.notation.strings import short_month
from atlas_assets.notation.tokens import Role
from atlas_assets.periods.calendar import MONTHS_A_YEAR, Month

if TYPE_CHECKING:
    from atlas_assets.deck.commentary import Remark
    from atlas_assets.deck.slide_writer import SlideWriter
    from atlas_assets.notation.strings import Strings
    from atlas_assets.report.model import SchoolProgressSection, UnitReport


def school_slides(writer: SlideWriter, unit: UnitReport, own: list[Remark]) -> list[Slide]:
    """Return the table of schools, with bars for the period's year."""
    strings, schools = writer.strings, unit.schools
    last = Month.parse(writer.report.meta.months[-1])
    is_whole_year = last.number == MONTHS_A_YEAR
    counts = [writer.count(schools.totals[year]) for year in schools.years]
    exhibit = TableExhibit(
        message=messages.school_message(unit, strings, is_whole_year=is_whole_year),
        measure=strings("school_title"),
        scenarios=_scenarios(writer, schools.years, last, is_whole_year=is_whole_year),
        marts=["mart_school_progress"],
        definition=strings("school_definition"),
        paths=["schools"],
        columns=_columns(strings, schools.years),
        rows=[_row(writer, schools, name) for name in schools.organizations],
        total=TableRow([Cell(strings("total")), Cell(""), *counts, Cell("")], is_total=True),
        bars=[_bars(unit)] if schools.years else [],
        remarks=own,
    )
    return writer.table_slides(unit, exhibit)


def _scenarios(writer: SlideWriter, years: list[int], last: Month, *, is_whole_year: bool) -> str:
    if not years:
        return writer.period
    month = short_month(last, writer.locale)
    until = (
        str(last.year)
        if is_whole_year
        else writer.strings("until_month", year=last.year, month=month)
    )
    key = "school_scenarios" if len(years) > 1 else "school_scenarios_of_one_year"
    return writer.strings(key, earlier=_years(years[:-1]), last=years[-1], until=until)


def _columns(strings: Strings, years: list[int]) -> list[Column]:
    return [
        Column(strings("school"), 3.4, "left"),
        Column(strings("level"), 1, "left"),
        *(Column(str(year), 0.75, emphasized=year == years[-1]) for year in years),
        Column("", max(1.5, TABLE.width - 4.4 - 0.75 * len(years))),
    ]


def _row(writer: SlideWriter, schools: SchoolProgressSection, name: str) -> TableRow:
    return TableRow(
        [
            Cell(writer.strings("unknown_school") if name == "Unknown" else name),
            Cell(schools.levels[name] or ""),
            *(writer.count(schools.matrix[name][year]) for year in schools.years),
            Cell(""),
        ]
    )


def _bars(unit: UnitReport) -> Bars:
    schools, year = unit.schools, unit.schools.years[-1]
    counts: list[float | None] = [
        float(schools.matrix[name][year]) for name in schools.organizations
    ]
    span = Span.of(counts)
    series = [BarSeries(f"AC {year}", Role.ACTUAL, counts)]
    column = 2 + len(schools.years)
    return Bars(column, f"{unit.name}: {year}", series, span.low, span.high, Role.INK)


def _years(years: list[int]) -> str:
    return "..".join(dict.fromkeys(str(year) for year in (*years[:1], *years[-1:])))
