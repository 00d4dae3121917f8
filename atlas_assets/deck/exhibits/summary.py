"""Revenue of the entity and its units, compared with target and last year."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from atlas_assets.deck import messages
from atlas_assets.deck.commentary import Remark
from atlas_assets.deck.outliers import ordinary
from atlas_assets.deck.slide_writer import TABLE_DIGITS
from atlas_assets.deck.slides import Cell, Column, Slide, TableRow
from atlas_assets.deck.table_exhibit import Span, TableExhibit, scenarios_shown, variance_bars

if TYPE_CHECKING:
    from atlas_assets.deck.slide_writer import SlideWriter
    from atlas_assets.notation.numbers import AmountUnit
    from atlas_assets.notation.strings import Strings
    from atlas_assets.report.model import RevenueSection, UnitReport


def summary_slides(writer: SlideWriter) -> list[Slide]:
    """Return the table of units, compared with target and last year, with cards and remarks."""
    strings, totals = writer.strings, writer.report.totals
    units = sorted(
        writer.report.units.values(), key=lambda unit: unit.revenue.revenue_actuals, reverse=True
    )
    scale = _unit_of(writer, [*(unit.revenue for unit in units), totals])
    gaps = [scale.scaled(unit.revenue.gap_to_target) for unit in units]
    exhibit = TableExhibit(
        message=messages.summary_message(writer.report, writer.subject, strings),
        measure=strings("revenue"),
        scenarios=strings(
            "summary_scenarios",
            period=writer.period,
            scenarios=scenarios_shown(
                target=totals.revenue_target is not None, last_year=totals.last_year is not None
            ),
        ),
        marts=["mart_revenue", "mart_targets"],
        definition=strings("revenue_definition"),
        paths=["totals", "units.*.revenue", "data_quality.unassigned_revenue"],
        columns=_columns(strings),
        rows=[_row(writer, unit.name, unit.revenue, scale) for unit in units],
        total=replace(_row(writer, strings("total"), totals, scale), is_total=True),
        bars=[variance_bars(5, f"{writer.subject}: ΔPL", gaps, "PL", Span.of(gaps))],
        unit=writer.in_unit(scale),
        remarks=writer.commentary.summary,
    )
    rules = [*messages.unassigned_remark(writer.report, strings), *_movers(writer, units)]
    return writer.table_with_rail(None, exhibit, rules, writer.cards(totals), [])


def _unit_of(writer: SlideWriter, sections: list[RevenueSection]) -> AmountUnit:
    amounts = [
        amount
        for section in sections
        for amount in (
            section.revenue_actuals,
            section.revenue_target,
            section.last_year and section.last_year.value,
        )
    ]
    return writer.money.unit(ordinary(amounts), digits=TABLE_DIGITS)


def _columns(strings: Strings) -> list[Column]:
    return [
        Column(strings("unit"), 2.2, "left"),
        Column("PY", 0.7),
        Column("PL", 0.75),
        Column("AC", 0.7, emphasized=True),
        Column("ΔPL", 0.75),
        Column("", 1.25),
        Column("ΔPL%", 0.75),
        Column("ΔPY", 0.75),
        Column("ΔPY%", 0.75),
    ]


def _movers(writer: SlideWriter, units: list[UnitReport]) -> list[Remark]:
    """Return remarks on the units furthest below, furthest above and next furthest below target.

    A unit without a target is ranked by its change since last year.
    """

    def distance(unit: UnitReport) -> Decimal:
        gap = unit.revenue.gap_to_target
        if gap is None:
            gap = unit.revenue.last_year.delta if unit.revenue.last_year else Decimal(0)
        return gap

    ordered = sorted(units, key=distance)
    named = {unit.code: unit for unit in (*ordered[:1], *ordered[-1:], *ordered[1:2])}
    return [
        Remark(
            text=messages.revenue_message(unit.revenue, unit.name, writer.period, writer.strings)
        )
        for unit in named.values()
    ]


def _row(writer: SlideWriter, name: str, section: RevenueSection, scale: AmountUnit) -> TableRow:
    last_year = section.last_year
    return TableRow(
        [
            Cell(name),
            Cell(scale.text(last_year and last_year.value)),
            Cell(scale.text(section.revenue_target)),
            Cell(scale.text(section.revenue_actuals)),
            writer.gap(section.gap_to_target, scale),
            Cell(""),
            writer.change(section.gap_pct),
            writer.gap(last_year and last_year.delta, scale),
            writer.change(last_year and last_year.delta_pct),
        ]
    )
