"""Programs by customer type, compared with their targets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from atlas_assets.deck.outliers import limit, ordinary
from atlas_assets.deck.sentences import details as told
from atlas_assets.deck.slides import Bars, BarSeries, Cell, Column, Slide, TableRow
from atlas_assets.deck.table_exhibit import Span, TableExhibit, scenarios_shown, variance_bars
from atlas_assets.notation.tokens import Role

if TYPE_CHECKING:
    from atlas_assets.deck.commentary import Remark
    from atlas_assets.deck.slide_writer import SlideWriter
    from atlas_assets.notation.numbers import AmountUnit
    from atlas_assets.notation.strings import Strings
    from atlas_assets.report.model import ProgramProgressRow, UnitReport


BAR_ROOM = 3.3  # of the table's width, for levels and variances together
LEVELS, VARIANCES = 7, 9  # columns with bars


def program_slides(writer: SlideWriter, unit: UnitReport, own: list[Remark]) -> list[Slide]:
    """Return the slides of a unit's programs."""
    return writer.table_slides(unit, program_exhibit(writer, unit, own))


def program_exhibit(writer: SlideWriter, unit: UnitReport, own: list[Remark]) -> TableExhibit:
    """Return the table of programs, with levels and variances as bars at one scale.

    Without targets there are only levels.
    """
    strings, programs, revenue = writer.strings, unit.programs, unit.revenue
    amounts = [
        v
        for row in programs
        for v in (row.revenue, row.target_revenue, row.last_year, row.gap_to_target)
    ]
    scale = writer.money.unit(ordinary([*amounts, revenue.revenue_actuals, revenue.revenue_target]))
    has_target = revenue.revenue_target is not None
    bars = _ProgramBars.of(programs, scale, has_target=has_target)
    return TableExhibit(
        message=told.program_message(unit, writer.period, strings),
        measure=strings("program_title"),
        scenarios=strings(
            "program_scenarios",
            period=writer.period,
            scenarios=scenarios_shown(target=has_target, last_year=revenue.last_year is not None),
        ),
        marts=["mart_program_progress", "mart_targets", "mart_movers"],
        definition=strings("order_definition"),
        paths=["programs", "revenue", "key_comparison.orders"],
        columns=_columns(strings, bars.variance_width),
        rows=[_row(writer, row, scale) for row in programs],
        total=_total(writer, unit, scale),
        bars=bars.drawn(f"{unit.name}: {strings('revenue')}"),
        unit=writer.in_unit(scale),
        footnotes=[_rounding(writer, unit, scale)],
        remarks=own,
    )


def _rounding(writer: SlideWriter, unit: UnitReport, scale: AmountUnit) -> str:
    rows = [row for row in unit.programs if row.customer_type == "all"]
    revenue = unit.revenue
    return writer.rounding(
        scale,
        ([row.revenue for row in rows], revenue.revenue_actuals),
        ([row.target_revenue for row in rows], revenue.revenue_target),
        *(
            ([row.target_revenue, row.gap_to_target], row.revenue)
            for row in rows
            if row.target_revenue is not None
        ),
    )


@dataclass(frozen=True)
class _ProgramBars:
    """The bars of the programs, in the table's unit; `variances` is None without a target."""

    rows: list[str]
    actuals: list[float | None]
    targets: list[float | None]
    gaps: list[float | None]
    levels: Span
    variances: Span | None

    @classmethod
    def of(
        cls, programs: list[ProgramProgressRow], scale: AmountUnit, *, has_target: bool
    ) -> _ProgramBars:
        actuals = [  # details have no bars
            scale.scaled(row.revenue) if row.customer_type == "all" else None for row in programs
        ]
        targets = [scale.scaled(row.target_revenue) for row in programs]
        gaps = [scale.scaled(row.gap_to_target) for row in programs]
        most = limit([*actuals, *targets, *gaps])
        differences = Span.of(gaps, most=most)
        levels = Span.of(actuals, targets, most=most).beside(differences, BAR_ROOM)
        variances = differences.beside(levels, BAR_ROOM) if has_target else None
        rows = [
            row.product_name
            if row.customer_type == "all"
            else f"{row.product_name}, {row.customer_type}"
            for row in programs
        ]
        return cls(rows, actuals, targets, gaps, levels, variances)

    @property
    def variance_width(self) -> float:
        """The part of the room that the variances take."""
        return BAR_ROOM * self.variances.share(self.levels) if self.variances else 0.0

    def drawn(self, name: str) -> list[Bars]:
        """Return the levels and, where there are targets, the variances beside them."""
        rows = self.rows
        series = [BarSeries("AC", Role.ACTUAL, self.actuals)]
        if self.variances is None:
            return [Bars(LEVELS, name, rows, series, self.levels.low, self.levels.high, Role.INK)]
        series.append(BarSeries("PL", Role.ACTUAL, self.targets, "outlined"))
        return [
            Bars(LEVELS, name, rows, series, self.levels.low, self.levels.high, Role.INK),
            variance_bars(VARIANCES, f"{name}, ΔPL", rows, self.gaps, "PL", self.variances),
        ]


def _columns(strings: Strings, variance_width: float) -> list[Column]:
    return [
        Column(strings("program"), 2.65, "left"),
        Column(strings("orders"), 0.75),
        Column(strings("target_students"), 0.85),
        Column(strings("students"), 0.75),
        Column("PY", 0.75),
        Column("PL", 0.75),
        Column("AC", 0.75, emphasized=True),
        Column("", BAR_ROOM - variance_width),
        Column("ΔPL", 0.75),
        Column("", variance_width),
        Column(strings("achievement"), 0.85),
        Column("ΔPY", 0.75),
        Column("ΔPY%", 0.75),
    ]


def _total(writer: SlideWriter, unit: UnitReport, scale: AmountUnit) -> TableRow:
    revenue, last_year = unit.revenue, unit.revenue.last_year
    return TableRow(
        [
            Cell(writer.strings("total")),
            writer.count(unit.key_comparison.orders.value),
            Cell(""),
            Cell(""),
            writer.amount(last_year and last_year.value, scale),
            writer.amount(revenue.revenue_target, scale),
            writer.amount(revenue.revenue_actuals, scale),
            Cell(""),
            writer.gap(revenue.gap_to_target, scale),
            Cell(""),
            writer.achievement(revenue.achievement_pct),
            writer.gap(last_year and last_year.delta, scale),
            writer.change(last_year and last_year.delta_pct),
        ],
        is_total=True,
    )


def _row(writer: SlideWriter, row: ProgramProgressRow, scale: AmountUnit) -> TableRow:
    is_program = row.customer_type == "all"
    name = row.product_name if is_program else writer.strings.customer_type(row.customer_type)
    return TableRow(
        [
            Cell(name),
            writer.count(row.order_count),
            writer.count(row.target_students),
            writer.count(row.student_count),
            writer.amount(row.last_year, scale),
            writer.amount(row.target_revenue, scale),
            writer.amount(row.revenue, scale),
            Cell(""),
            writer.gap(row.gap_to_target, scale),
            Cell(""),
            writer.achievement(row.achievement_pct),
            writer.gap(row.delta_last_year, scale),
            writer.change(row.delta_last_year_pct),
        ],
        is_detail=not is_program,
    )
