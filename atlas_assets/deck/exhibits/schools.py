"""Students by school: the largest, in the same months of both years, beside the years as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atlas_assets.deck.sentences import details as told
from atlas_assets.deck.slides import Bars, BarSeries, Cell, Column, Slide, TableRow
from atlas_assets.deck.table_exhibit import Span, TableExhibit
from atlas_assets.notation.tokens import Role

if TYPE_CHECKING:
    from atlas_assets.deck.commentary import Remark
    from atlas_assets.deck.slide_writer import SlideWriter
    from atlas_assets.notation.strings import Strings
    from atlas_assets.report.model import SchoolProgressRow, SchoolProgressSection, UnitReport

YEARS = 3  # whole years beside the comparison
BARS = 5.2  # of the table's width


def school_slides(writer: SlideWriter, unit: UnitReport, own: list[Remark]) -> list[Slide]:
    """Return the slides of a unit's schools."""
    return writer.table_slides(unit, school_exhibit(writer, unit, own))


def school_exhibit(writer: SlideWriter, unit: UnitReport, own: list[Remark]) -> TableExhibit:
    """Return the ten largest schools and the others, compared with the same months of last year."""
    strings, schools = writer.strings, unit.schools
    rows = [row for row in schools.progress if row.kind != "total"]
    earlier = schools.years[:-1][-YEARS:]
    names = [_name(writer, row) for row in rows]
    return TableExhibit(
        message=told.school_message(unit, writer.report.meta.covered, strings),
        measure=strings("school_title"),
        scenarios=strings(
            "school_scenarios" if earlier else "school_scenarios_of_one_year",
            span=writer.year_to_date,
            earlier=_span([writer.year(year) for year in earlier]),
        ),
        marts=["mart_school_progress"],
        definition=strings("school_definition"),
        paths=["schools"],
        columns=_columns(strings, [writer.year(year) for year in earlier]),
        rows=[
            _row(writer, name, row, schools, earlier) for name, row in zip(names, rows, strict=True)
        ],
        total=_total(writer, schools, earlier),
        bars=[_bars(unit, names, rows, 4 + len(earlier))] if rows else [],
        remarks=own,
    )


def _name(writer: SlideWriter, row: SchoolProgressRow) -> str:
    if row.kind == "others":
        return writer.strings.counted(
            "other_schools", row.school_count, writer.count_text(row.school_count)
        )
    return row.name or writer.strings("unknown_school")


def _columns(strings: Strings, earlier: list[str]) -> list[Column]:
    return [
        Column(strings("school"), 3.2, "left"),
        Column(strings("level"), 0.9, "left"),
        *(Column(year, 0.75) for year in earlier),
        Column("PY", 0.75),
        Column("AC", 0.75, emphasized=True),
        Column("", BARS - 0.75 * len(earlier)),
        Column("ΔPY", 0.75),
    ]


def _row(
    writer: SlideWriter,
    name: str,
    row: SchoolProgressRow,
    schools: SchoolProgressSection,
    earlier: list[int],
) -> TableRow:
    counts = schools.matrix.get(row.name or "", {})
    return TableRow(
        [
            Cell(name),
            Cell(row.level or ""),
            *(writer.count(counts[year]) if counts else Cell("") for year in earlier),
            writer.count(row.last_year),
            writer.count(row.students),
            Cell(""),
            writer.difference(row.delta),
        ]
    )


def _total(writer: SlideWriter, schools: SchoolProgressSection, earlier: list[int]) -> TableRow:
    total = next((row for row in schools.progress if row.kind == "total"), None)
    return TableRow(
        [
            Cell(writer.strings("total")),
            Cell(""),
            *(writer.count(schools.totals[year]) for year in earlier),
            writer.count(total and total.last_year),
            writer.count(total and total.students),
            Cell(""),
            writer.difference(total and total.delta),
        ],
        is_total=True,
    )


def _bars(unit: UnitReport, names: list[str], rows: list[SchoolProgressRow], column: int) -> Bars:
    now: list[float | None] = [float(row.students) for row in rows]
    before = [None if row.last_year is None else float(row.last_year) for row in rows]
    span = Span.of(now, before)
    series = [BarSeries("AC", Role.ACTUAL, now), BarSeries("PY", Role.PREVIOUS, before)]
    return Bars(column, unit.name, names, series, span.low, span.high, Role.INK)


def _span(years: list[str]) -> str:
    return "..".join(dict.fromkeys((*years[:1], *years[-1:])))
