"""Programs by customer type against their targets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atlas_assets.deck import messages
from atlas_assets.deck.slide_writer import TABLE_DIGITS
from atlas_assets.deck.slides import Bars, BarSeries, Cell, Column, Slide, TableRow
from atlas_assets.deck.table_exhibit import Span, TableExhibit, scenarios_shown, variance_bars
from atlas_assets.notation.numbers import AmountUnit, amount_unit
from atlas_assets.notation.tokens import Role

if TYPE_CHECKING:
    from atlas_assets.deck.commentary import Remark
    from atlas_assets.deck.slide_writer import SlideWriter
    from atlas_assets.report.model import ProgramProgressRow, UnitReport


def program_slides(writer: SlideWriter, unit: UnitReport, own: list[Remark]) -> list[Slide]:
    """Show levels and variances as bars at one scale; without targets there are levels only."""
    strings, programs, revenue = writer.strings, unit.programs, unit.revenue
    scale = amount_unit(
        [v for row in programs for v in (row.revenue, row.target_revenue)]
        + [revenue.revenue_actuals, revenue.revenue_target],
        writer.locale,
        digits=TABLE_DIGITS,
    )
    is_whole = [row.customer_type == "all" for row in programs]  # details have no bars of their own
    actuals = [
        scale.scaled(row.revenue) if whole else None
        for row, whole in zip(programs, is_whole, strict=True)
    ]
    targets = [scale.scaled(row.target_revenue) for row in programs]
    gaps = [scale.scaled(row.gap_to_target) for row in programs]
    has_target = revenue.revenue_target is not None
    room, name = 4.2, f"{unit.name}: {strings('revenue')}"
    levels = Span.of(actuals, targets).beside(Span.of(gaps), room)
    variances = Span.of(gaps).beside(levels, room) if has_target else None
    variance_width = room * variances.share(levels) if variances else 0.0
    bars = [
        Bars(
            6,
            name,
            [
                BarSeries("AC", Role.ACTUAL, actuals),
                *([BarSeries("PL", Role.ACTUAL, targets, is_outline=True)] if variances else []),
            ],
            levels.low,
            levels.high,
            Role.INK,
        )
    ]
    columns = [
        Column(strings("program"), 2.65, "left"),
        Column(strings("orders"), 0.75),
        Column(strings("target_students"), 0.9),
        Column(strings("students"), 0.75),
        Column("PL", 0.75),
        Column("AC", 0.75, emphasized=True),
        Column("", room - variance_width),
        Column("ΔPL", 0.75),
        Column("", variance_width),
        Column(strings("achievement"), 0.85),
    ]
    if variances:
        bars.append(variance_bars(8, f"{name}, ΔPL", gaps, "PL", variances))
    rows = [_row(writer, row, scale) for row in programs]
    total = TableRow(
        [
            Cell(strings("total")),
            writer.count(unit.key_comparison.orders.value),
            Cell(""),
            Cell(""),
            Cell(scale.text(revenue.revenue_target)),
            Cell(scale.text(revenue.revenue_actuals)),
            Cell(""),
            writer.gap(revenue.gap_to_target, scale),
            Cell(""),
            writer.achievement(revenue.achievement_pct),
        ],
        is_total=True,
    )
    exhibit = TableExhibit(
        message=messages.program_message(unit, writer.period, strings),
        measure=strings("program_title"),
        scenarios=strings(
            "program_scenarios",
            period=writer.period,
            scenarios=scenarios_shown(target=has_target, last_year=False),
        ),
        marts=["mart_program_progress", "mart_targets"],
        definition=strings("order_definition"),
        paths=["programs", "revenue", "key_comparison.orders"],
        columns=columns,
        rows=rows,
        total=total,
        bars=bars,
        unit=writer.in_unit(scale),
        remarks=own,
    )
    return writer.table_slides(unit, exhibit)


def _row(writer: SlideWriter, row: ProgramProgressRow, scale: AmountUnit) -> TableRow:
    is_program = row.customer_type == "all"
    name = row.product_name if is_program else writer.strings.customer_type(row.customer_type)
    gap, target = row.gap_to_target, row.target_revenue
    return TableRow(
        [
            Cell(name),
            writer.count(row.order_count),
            writer.count(row.target_students),
            writer.count(row.student_count),
            Cell("" if target is None else scale.text(target)),
            Cell(scale.text(row.revenue)),
            Cell(""),
            Cell("") if gap is None else writer.gap(gap, scale),
            Cell(""),
            writer.achievement(row.achievement_pct),
        ],
        is_detail=not is_program,
    )
