"""The period beside the year to date and its outlook, and in sentences what the next slides show."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from atlas_assets.deck.boxes import STATEMENTS
from atlas_assets.deck.remarks import Statement, arranged
from atlas_assets.deck.sentences import revenue as told
from atlas_assets.deck.slides import Cell, Column, Layout, Slide, TableRow
from atlas_assets.deck.table_exhibit import TableExhibit
from atlas_assets.notation.strings import short_period
from atlas_assets.notation.tokens import Size

if TYPE_CHECKING:
    from decimal import Decimal

    from atlas_assets.deck.slide_writer import SlideWriter
    from atlas_assets.notation.numbers import AmountUnit


def summary_slide(writer: SlideWriter, statements: list[tuple[str, str]]) -> Slide:
    """Return the slide that says it all; `statements` are the messages of those behind it, by name."""
    slide = writer.table_on_one_slide(summary_exhibit(writer), Layout.SUMMARY)
    by_rule = [
        *told.unassigned(writer.report, writer.strings),
        *(Statement(text=text, about=name) for name, text in statements),
    ]
    comments = arranged(writer.commentary.summary, by_rule, STATEMENTS, size=Size.STATEMENT)
    return replace(slide, comments=comments)


def summary_exhibit(writer: SlideWriter) -> TableExhibit:
    """Return the period beside the year to date and the year as it would end."""
    strings, totals = writer.strings, writer.report.totals
    ytd, outlook = totals.ytd, totals.outlook
    rows = [_period(writer)]
    if ytd.first != writer.report.meta.months[0]:
        rows.append(_year_to_date(writer))
    if outlook:
        rows.append(_full_year(writer))
    scale = writer.money.unit([amount for _, amounts, _ in rows for amount in amounts])
    return TableExhibit(
        message=told.summary_message(writer.report, writer.subject, strings),
        measure=strings("revenue"),
        scenarios=f"{writer.period}, {writer.year_to_date}",
        marts=["mart_unit_months", "mart_year_to_date", "mart_outlook"],
        definition=strings("revenue_definition"),
        paths=[
            *("totals", "bridge", "movers", "units.*.revenue"),
            "data_quality.unassigned_revenue",
        ],
        columns=_columns(writer),
        rows=[_row(writer, name, amounts, shares, scale) for name, amounts, shares in rows],
        unit=writer.in_unit(scale),
        footnotes=[strings("outlook_method") if outlook else "", _rounding(writer, scale)],
    )


def _rounding(writer: SlideWriter, scale: AmountUnit) -> str:
    section = writer.report.totals.revenue
    last_year = section.last_year
    return writer.rounding(
        scale,
        ([section.revenue_target, section.gap_to_target], section.actuals_matched_target),
        (
            [last_year and last_year.value, last_year and last_year.delta],
            section.actuals_matched_last_year,
        ),
    )


Amounts = tuple["Decimal | None", ...]
Line = tuple[str, Amounts, tuple["Decimal | None", "Decimal | None", str]]


def _period(writer: SlideWriter) -> Line:
    section = writer.report.totals.revenue
    last = section.last_year
    covered = [
        writer.coverage(section.coverage.target, "target"),
        writer.coverage(section.coverage.last_year, "last_year"),
    ]
    return (
        short_period(writer.report.meta.covered, writer.locale),
        (
            section.revenue_actuals,
            section.revenue_target,
            section.gap_to_target,
            last and last.value,
            last and last.delta,
        ),
        (section.gap_pct, last and last.delta_pct, "; ".join(filter(None, covered))),
    )


def _year_to_date(writer: SlideWriter) -> Line:
    ytd = writer.report.totals.ytd
    covered = [
        writer.coverage(ytd.coverage.target, "target", is_month=False),
        writer.coverage(ytd.coverage.last_year, "last_year", is_month=False),
    ]
    if ytd.loaded_months < ytd.of_months:
        months = {"loaded": str(ytd.loaded_months), "of": str(ytd.of_months)}
        covered.insert(0, writer.strings("months_missing", **months))
    return (
        writer.year_to_date,
        (ytd.actuals, ytd.target, ytd.gap, ytd.last_year, ytd.delta_last_year),
        (ytd.gap_pct, ytd.delta_last_year_pct, "; ".join(filter(None, covered))),
    )


def _full_year(writer: SlideWriter) -> Line:
    outlook = writer.report.totals.outlook
    if outlook is None:
        raise LookupError("the report has no outlook")
    return (
        writer.strings("outlook_row", year=writer.fiscal_year),
        (
            outlook.full_year,
            outlook.target_full_year,
            outlook.gap_to_target,
            outlook.last_year_full,
            outlook.delta_last_year,
        ),
        (outlook.gap_pct, outlook.delta_last_year_pct, writer.strings("extrapolated")),
    )


def _columns(writer: SlideWriter) -> list[Column]:
    return [
        Column("", 2.1, "left"),
        Column("PL", 1),
        Column("AC", 1, emphasized=True),
        Column("ΔPL", 1),
        Column("ΔPL%", 0.9),
        Column("PY", 1),
        Column("ΔPY", 1),
        Column("ΔPY%", 0.9),
        Column(writer.strings("coverage"), 3.4, "left"),
    ]


def _row(
    writer: SlideWriter,
    name: str,
    amounts: Amounts,
    shares: tuple[Decimal | None, Decimal | None, str],
    scale: AmountUnit,
) -> TableRow:
    actual, target, gap, last_year, delta = amounts
    gap_pct, delta_pct, covered = shares
    return TableRow(
        [
            Cell(name),
            writer.amount(target, scale),
            writer.amount(actual, scale),
            writer.gap(gap, scale),
            writer.change(gap_pct),
            writer.amount(last_year, scale),
            writer.gap(delta, scale),
            writer.change(delta_pct),
            Cell(covered),
        ]
    )
