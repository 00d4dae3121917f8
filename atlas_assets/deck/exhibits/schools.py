"""Students by school and year."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atlas_assets.deck import messages
from atlas_assets.deck.boxes import TABLE
from atlas_assets.deck.slides import Bars, BarSeries, Cell, Column, Slide, TableRow
from atlas_assets.deck.table_exhibit import Span, TableExhibit
from atlas_assets.notation.strings import short_month
from atlas_assets.notation.tokens import Role
from atlas_assets.report.model import NO_SCHOOL

if TYPE_CHECKING:
    from atlas_assets.deck.commentary import Remark
    from atlas_assets.deck.slide_writer import SlideWriter
    from atlas_assets.notation.strings import Strings
    from atlas_assets.report.model import SchoolProgressSection, UnitReport


def school_slides(writer: SlideWriter, unit: UnitReport, own: list[Remark]) -> list[Slide]:
    """Return the table of schools, with bars for the period's year."""
    strings, schools = writer.strings, unit.schools
    years = [writer.year(year) for year in schools.years]
    counts = [writer.count(schools.totals[year]) for year in schools.years]
    exhibit = TableExhibit(
        message=messages.school_message(unit, writer.report.meta.covered, strings),
        measure=strings("school_title"),
        scenarios=_scenarios(writer, years),
        marts=["mart_school_progress"],
        definition=strings("school_definition"),
        paths=["schools"],
        columns=_columns(strings, years),
        rows=[_row(writer, schools, name) for name in schools.organizations],
        total=TableRow([Cell(strings("total")), Cell(""), *counts, Cell("")], is_total=True),
        bars=[_bars(unit, years[-1])] if schools.years else [],
        remarks=own,
    )
    return writer.table_slides(unit, exhibit)


def _scenarios(writer: SlideWriter, years: list[str]) -> str:
    if not years:
        return writer.period
    period, until = writer.report.meta.covered, years[-1]
    if not period.is_end_of_year:
        month = short_month(period.last, writer.locale)
        until = writer.strings("until_month", year=until, month=month)
    key = "school_scenarios" if len(years) > 1 else "school_scenarios_of_one_year"
    return writer.strings(key, earlier=_years(years[:-1]), last=years[-1], until=until)


def _columns(strings: Strings, years: list[str]) -> list[Column]:
    return [
        Column(strings("school"), 3.4, "left"),
        Column(strings("level"), 1, "left"),
        *(Column(year, 0.75, emphasized=year == years[-1]) for year in years),
        Column("", max(1.5, TABLE.width - 4.4 - 0.75 * len(years))),
    ]


def _row(writer: SlideWriter, schools: SchoolProgressSection, name: str) -> TableRow:
    return TableRow(
        [
            Cell(writer.strings("unknown_school") if name == NO_SCHOOL else name),
            Cell(schools.levels[name] or ""),
            *(writer.count(schools.matrix[name][year]) for year in schools.years),
            Cell(""),
        ]
    )


def _bars(unit: UnitReport, name: str) -> Bars:
    schools, year = unit.schools, unit.schools.years[-1]
    counts: list[float | None] = [
        float(schools.matrix[name][year]) for name in schools.organizations
    ]
    span = Span.of(counts)
    series = [BarSeries(f"AC {name}", Role.ACTUAL, counts)]
    column = 2 + len(schools.years)
    return Bars(column, f"{unit.name}: {name}", series, span.low, span.high, Role.INK)


def _years(years: list[str]) -> str:
    return "..".join(dict.fromkeys((*years[:1], *years[-1:])))
