"""Students by school and year."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atlas_assets.deck import messages
from atlas_assets.deck.slides import Bars, BarSeries, Cell, Column, Slide, TableRow
from atlas_assets.deck.table_exhibit import Span, TableExhibit
from atlas_assets.deck.template import TABLE
from atlas_assets.notation.strings import short_month
from atlas_assets.notation.tokens import Role
from atlas_assets.periods.calendar import MONTHS_A_YEAR, Month

if TYPE_CHECKING:
    from atlas_assets.deck.commentary import Remark
    from atlas_assets.deck.slide_writer import SlideWriter
    from atlas_assets.report.model import UnitReport


def school_slides(writer: SlideWriter, unit: UnitReport, own: list[Remark]) -> list[Slide]:
    """Return the table of schools, with bars of the period's year."""
    strings, schools = writer.strings, unit.schools
    years = schools.years
    this_year = [float(schools.matrix[name][years[-1]]) for name in schools.organizations]
    span = Span.of([*this_year])
    bar_room = max(1.5, TABLE.width - 4.4 - 0.75 * len(years))
    columns = [
        Column(strings("school"), 3.4, "left"),
        Column(strings("level"), 1, "left"),
        *(Column(str(year), 0.75, emphasized=year == years[-1]) for year in years),
        Column("", bar_room),
    ]
    rows = [
        TableRow(
            [
                Cell(strings("unknown_school") if name == "Unknown" else name),
                Cell(schools.levels[name] or ""),
                *(writer.count(schools.matrix[name][year]) for year in years),
                Cell(""),
            ]
        )
        for name in schools.organizations
    ]
    counts = [writer.count(schools.totals[year]) for year in years]
    total = TableRow([Cell(strings("total")), Cell(""), *counts, Cell("")], is_total=True)
    last = Month.parse(writer.report.meta.months[-1])
    is_whole = last.number == MONTHS_A_YEAR
    until = (
        str(last.year)
        if is_whole
        else strings("until_month", year=last.year, month=short_month(last, writer.locale))
    )
    key = "school_scenarios" if len(years) > 1 else "school_scenarios_of_one_year"
    exhibit = TableExhibit(
        message=messages.school_message(unit, strings, is_whole_year=is_whole),
        measure=strings("school_title"),
        scenarios=strings(key, earlier=_years(years[:-1]), last=years[-1], until=until)
        if years
        else writer.period,
        marts=["mart_school_progress"],
        definition=strings("school_definition"),
        paths=["schools"],
        columns=columns,
        rows=rows,
        total=total,
        bars=[
            Bars(
                2 + len(years),
                f"{unit.name}: {years[-1]}",
                [BarSeries(f"AC {years[-1]}", Role.ACTUAL, [*this_year])],
                span.low,
                span.high,
                Role.INK,
            )
        ]
        if years
        else [],
        remarks=own,
    )
    return writer.table_slides(unit, exhibit)


def _years(years: list[int]) -> str:
    return "..".join(dict.fromkeys(str(year) for year in (*years[:1], *years[-1:])))
