"""From target to actual, unit by unit, with the year to date beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atlas_assets.deck.sentences import revenue as told
from atlas_assets.deck.slides import Bars, BarSeries, Cell, Column, Slide, TableRow
from atlas_assets.deck.table_exhibit import Span, TableExhibit, variance_bars
from atlas_assets.notation.tokens import Role

if TYPE_CHECKING:
    from decimal import Decimal

    from atlas_assets.deck.slide_writer import SlideWriter
    from atlas_assets.notation.numbers import AmountUnit
    from atlas_assets.report.model import BridgeStep, Report

WATERFALL, YEAR_BARS = 3, 8  # columns with bars


def bridge_slides(writer: SlideWriter) -> list[Slide]:
    """Return the waterfall from target to actual; without any target, what the units took in."""
    strings, report = writer.strings, writer.report
    steps = report.bridge.period.steps
    ytd = {step.unit: step for step in report.bridge.ytd.steps}
    scale = _unit_of(writer)
    lines = _Lines(report, scale)
    exhibit = TableExhibit(
        message=told.breadth_message(report, writer.subject, strings),
        measure=strings("bridge_title"),
        scenarios=strings("bridge_scenarios", period=writer.period, ytd=writer.year_to_date),
        marts=["mart_unit_months", "mart_year_to_date"],
        definition=strings("share_definition"),
        paths=["bridge", "totals.revenue", "totals.ytd"],
        columns=_columns(writer),
        rows=[
            *([_target_row(writer, scale)] if lines.has_target else []),
            *(_row(writer, step, ytd[step.unit], scale) for step in steps),
            *([_without_target_row(writer, scale)] if lines.has_rest else []),
            _actual_row(writer, scale),
        ],
        bars=lines.bars(
            writer.subject,
            [report.units[step.unit].name for step in steps],
            [scale.scaled(ytd[step.unit].delta) for step in steps],
            strings("target"),
            strings("without_target_row"),
        ),
        unit=writer.in_unit(scale),
        footnotes=[_rounding(writer, scale)],
    )
    return writer.table_slides(None, exhibit)


def _unit_of(writer: SlideWriter) -> AmountUnit:
    section, bridge = writer.report.totals.revenue, writer.report.bridge
    steps = [*bridge.period.steps, *bridge.ytd.steps]
    amounts = [amount for s in steps for amount in (s.target, s.actuals, s.delta)]
    return writer.money.unit([section.revenue_target, section.revenue_actuals, *amounts])


def _rounding(writer: SlideWriter, scale: AmountUnit) -> str:
    section, steps = writer.report.totals.revenue, writer.report.bridge.period.steps
    gaps = [step.delta for step in steps]
    parts = [section.revenue_target, *gaps, section.actuals_without_target]
    return writer.rounding(scale, (parts, section.revenue_actuals))


class _Lines:
    """The rows of the waterfall: the target, its steps, what has no target, and the actual."""

    def __init__(self, report: Report, scale: AmountUnit) -> None:
        section = report.totals.revenue
        self.steps, self.scale = report.bridge.period.steps, scale
        self.target, self.actual = section.revenue_target, section.revenue_actuals
        self.matched, self.rest = section.actuals_matched_target, section.actuals_without_target
        self.has_target = self.target is not None
        self.has_rest = self.has_target and self.rest != 0

    def bars(
        self,
        subject: str,
        units: list[str],
        gaps_of_year: list[float | None],
        target: str,
        without_target: str,
    ) -> list[Bars]:
        """Return the waterfall, and the gaps of the year to date beside it."""
        rest = [without_target] if self.has_rest else []
        rows = [*([target] if self.has_target else []), *units, *rest, "AC"]
        waterfall = self._waterfall(f"{subject}: PL → AC", rows)
        padded = [
            *([None] if self.has_target else []),
            *gaps_of_year,
            *([None] if self.has_rest else []),
            None,
        ]
        year = variance_bars(
            YEAR_BARS, f"{subject}: ΔPL", rows, padded, "PL", Span.of(gaps_of_year)
        )
        return [waterfall, year] if self.has_target else [waterfall]

    def _waterfall(self, name: str, rows: list[str]) -> Bars:
        if not self.has_target:
            values = [*(self.scale.scaled(step.actuals) for step in self.steps), None]
            span = Span.of(values)
            series = [BarSeries("AC", Role.ACTUAL, values)]
            return Bars(WATERFALL, name, rows, series, span.low, span.high, Role.INK)
        scaled, steps = self.scale.scaled, self.steps
        none: list[float | None] = [None] * len(steps)
        rest = [self.rest] if self.has_rest else []
        levels = [value for step in steps for value in (step.before, step.after)]
        grounds = [_ground(step) for step in steps]
        good = [scaled(s.delta) if s.delta and s.delta > 0 else None for s in steps]
        bad = [scaled(-s.delta) if s.delta and s.delta < 0 else None for s in steps]
        after = [*(None for _ in rest), None]
        series = [
            BarSeries(
                "·",
                Role.WHITE,
                [None, *map(scaled, grounds), *(scaled(self.matched) for _ in rest), None],
                "hidden",
            ),
            BarSeries("PL", Role.ACTUAL, [scaled(self.target), *none, *after], "outlined"),
            BarSeries("ΔPL (+)", Role.GOOD, [None, *good, *after]),
            BarSeries("ΔPL (-)", Role.BAD, [None, *bad, *after]),
            BarSeries("AC", Role.ACTUAL, [None, *none, *map(scaled, rest), scaled(self.actual)]),
        ]
        span = Span.of([scaled(level) for level in (*levels, self.target, self.actual)])
        return Bars(
            WATERFALL, name, rows, series, span.low, span.high, Role.INK, is_stacked=span.low == 0
        )


def _ground(step: BridgeStep) -> Decimal | None:
    """Return the level that a step's bar stands on."""
    if step.before is None or step.after is None:
        return None
    return min(step.before, step.after)


def _columns(writer: SlideWriter) -> list[Column]:
    ytd = writer.year_to_date
    return [
        Column(writer.strings("unit"), 1.9, "left"),
        Column("PL", 0.75),
        Column("AC", 0.75, emphasized=True),
        Column("", 3.2),
        Column("ΔPL", 0.75),
        Column("ΔPL%", 0.75),
        Column(writer.strings("share_of_gap"), 0.85),
        Column(f"ΔPL {ytd}", 1.6),
        Column("", 1.1),
        Column("ΔPL%", 0.75),
    ]


def _target_row(writer: SlideWriter, scale: AmountUnit) -> TableRow:
    target = writer.report.totals.revenue.revenue_target
    return TableRow(
        [Cell(writer.strings("target")), writer.amount(target, scale), *[Cell("")] * 8],
        is_total=True,
    )


def _row(writer: SlideWriter, step: BridgeStep, of_year: BridgeStep, scale: AmountUnit) -> TableRow:
    return TableRow(
        [
            Cell(writer.report.units[step.unit].name),
            writer.amount(step.target, scale),
            writer.amount(step.actuals, scale),
            Cell(""),
            writer.gap(step.delta, scale),
            writer.change(step.delta_pct),
            writer.share(step.share_pct),
            writer.gap(of_year.delta, scale),
            Cell(""),
            writer.change(of_year.delta_pct),
        ]
    )


def _without_target_row(writer: SlideWriter, scale: AmountUnit) -> TableRow:
    amount = writer.report.totals.revenue.actuals_without_target
    return TableRow(
        [
            Cell(writer.strings("without_target_row")),
            Cell(""),
            writer.amount(amount, scale),
            *[Cell("")] * 7,
        ]
    )


def _actual_row(writer: SlideWriter, scale: AmountUnit) -> TableRow:
    totals = writer.report.totals
    return TableRow(
        [
            Cell(writer.strings("total")),
            writer.amount(totals.revenue.revenue_target, scale),
            writer.amount(totals.revenue.revenue_actuals, scale),
            Cell(""),
            writer.gap(totals.revenue.gap_to_target, scale),
            writer.change(totals.revenue.gap_pct),
            Cell(""),
            writer.gap(totals.ytd.gap, scale),
            Cell(""),
            writer.change(totals.ytd.gap_pct),
        ],
        is_total=True,
    )
