"""From target, or from last year where there is none, to actual: unit by unit, with the year to date beside it."""

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
    from atlas_assets.report.model import BridgeStep

WATERFALL, YEAR_BARS = 3, 9  # columns with bars


def bridge_slides(writer: SlideWriter) -> list[Slide]:
    """Return the slides of the waterfall."""
    return writer.table_slides(None, bridge_exhibit(writer))


def bridge_exhibit(writer: SlideWriter) -> TableExhibit:
    """Return the waterfall to the actual revenue."""
    strings, report = writer.strings, writer.report
    bridge, scale = report.bridge.period, _unit_of(writer)
    reference = "PL" if bridge.reference == "target" else "PY"
    waterfall = _Waterfall(writer, scale, reference)
    return TableExhibit(
        message=told.breadth_message(report, writer.subject, strings),
        measure=strings(f"bridge_from_{bridge.reference}"),
        scenarios=strings(
            "bridge_scenarios" if waterfall.has_year else "bridge_scenarios_alone",
            period=writer.period,
            ytd=writer.year_to_date,
            reference=reference,
        ),
        marts=["mart_unit_months"],
        definition=strings("share_definition"),
        paths=["bridge", "totals.revenue", "totals.ytd"],
        columns=_columns(writer, reference),
        rows=waterfall.rows,
        bars=waterfall.bars,
        unit=writer.in_unit(scale),
        footnotes=[
            writer.coverage(report.totals.revenue.coverage.target, "target"),
            _rounding(writer, scale),
        ],
    )


def _unit_of(writer: SlideWriter) -> AmountUnit:
    section, bridge = writer.report.totals.revenue, writer.report.bridge
    steps = [*bridge.period.steps, *bridge.ytd.steps]
    amounts = [v for s in steps for v in (s.value, s.actuals, s.actuals_not_compared, s.delta)]
    return writer.money.unit([section.revenue_target, section.revenue_actuals, *amounts])


def _rounding(writer: SlideWriter, scale: AmountUnit) -> str:
    steps = [step for step in writer.report.bridge.period.steps if step.delta is not None]
    return writer.rounding(scale, *(([s.value, s.delta], s.actuals) for s in steps))


class _Waterfall:
    """The rows of the bridge and their bars: where it starts, its steps, where it ends."""

    def __init__(self, writer: SlideWriter, scale: AmountUnit, reference: str) -> None:
        self.writer, self.scale, self.reference = writer, scale, reference
        report = writer.report
        self.steps = report.bridge.period.steps
        self.year = {step.unit: step for step in report.bridge.ytd.steps}
        self.has_year = report.totals.ytd.first != report.meta.months[0]
        section, last_year = report.totals.revenue, report.totals.revenue.last_year
        if reference == "PL":
            self.start, self.end = section.revenue_target, section.actuals_matched_target
            self.delta, self.delta_pct = section.gap_to_target, section.gap_pct
        else:
            self.start, self.end = last_year and last_year.value, section.actuals_matched_last_year
            self.delta = last_year and last_year.delta
            self.delta_pct = last_year and last_year.delta_pct

    @property
    def rows(self) -> list[TableRow]:
        rows = [self._row(step) for step in self.steps]
        if self.start is None:
            return [*rows, self._end()]
        start = [Cell(self.writer.strings("bridge_start", reference=self.reference))]
        start += [self.writer.amount(self.start, self.scale), *[Cell("")] * 9]
        return [TableRow(start, is_total=True), *rows, self._end()]

    def _row(self, step: BridgeStep) -> TableRow:
        writer, scale, year = self.writer, self.scale, self.year[step.unit]
        return TableRow(
            [
                Cell(writer.report.units[step.unit].name),
                writer.amount(step.value, scale),
                writer.amount(step.actuals, scale),
                Cell(""),
                writer.gap(step.delta, scale),
                writer.change(step.delta_pct),
                writer.share(step.share_pct),
                writer.amount(step.actuals_not_compared or None, scale),
                writer.gap(year.delta if self.has_year else None, scale),
                Cell(""),
                writer.change(year.delta_pct if self.has_year else None),
            ]
        )

    def _end(self) -> TableRow:
        writer, scale, totals = self.writer, self.scale, self.writer.report.totals
        ytd, is_plan = totals.ytd, self.reference == "PL"
        rest = totals.revenue.actuals_without_target if is_plan else None
        of_year = (
            (ytd.gap, ytd.gap_pct) if is_plan else (ytd.delta_last_year, ytd.delta_last_year_pct)
        )
        gap, pct = of_year if self.has_year else (None, None)
        return TableRow(
            [
                Cell(writer.strings("bridge_end")),
                writer.amount(self.start, scale),
                writer.amount(self.end, scale),
                Cell(""),
                writer.gap(self.delta, scale),
                writer.change(self.delta_pct),
                Cell(""),
                writer.amount(rest or None, scale),
                writer.gap(gap, scale),
                Cell(""),
                writer.change(pct),
            ],
            is_total=True,
        )

    @property
    def bars(self) -> list[Bars]:
        """The waterfall, and the gaps of the year to date at a scale of their own beside it."""
        if self.start is None or self.end is None:
            return []
        units = [self.writer.report.units[step.unit].name for step in self.steps]
        rows = [self.reference, *units, "AC"]
        subject = self.writer.subject
        bars = [self._waterfall(f"{subject}: {self.reference} → AC", rows)]
        if self.has_year:
            gaps = [self.scale.scaled(self.year[step.unit].delta) for step in self.steps]
            name = f"{subject}: Δ{self.reference} {self.writer.year_to_date}"
            shown = [None, *gaps, None]
            kind = "PL" if self.reference == "PL" else "PY"
            bars.append(variance_bars(YEAR_BARS, name, rows, shown, kind, Span.of(gaps)))
        return bars

    def _waterfall(self, name: str, rows: list[str]) -> Bars:
        scaled, steps = self.scale.scaled, self.steps
        start, end = scaled(self.start), scaled(self.end)
        none: list[float | None] = [None] * len(steps)
        good = [scaled(s.delta) if s.delta and s.delta > 0 else None for s in steps]
        bad = [scaled(-s.delta) if s.delta and s.delta < 0 else None for s in steps]
        grounds = [scaled(_ground(step)) for step in steps]
        is_plan = self.reference == "PL"
        delta = f"Δ{self.reference}"
        series = [
            BarSeries("·", Role.WHITE, [None, *grounds, None], "hidden"),
            BarSeries(
                self.reference,
                Role.ACTUAL if is_plan else Role.PREVIOUS,
                [start, *none, None],
                "outlined" if is_plan else "filled",
            ),
            BarSeries(f"{delta} (+)", Role.GOOD, [None, *good, None]),
            BarSeries(f"{delta} (-)", Role.BAD, [None, *bad, None]),
            BarSeries("AC", Role.ACTUAL, [None, *none, end]),
        ]
        levels = [scaled(level) for step in steps for level in (step.before, step.after)]
        span = Span.of([start, end, *levels])
        is_stacked = span.low == 0
        if not is_stacked:  # levels below zero cannot be stacked: each gap then starts at the axis
            series = [item for item in series if item.kind != "hidden"]
        return Bars(
            WATERFALL, name, rows, series, span.low, span.high, Role.INK, is_stacked=is_stacked
        )


def _ground(step: BridgeStep) -> Decimal | None:
    """Return the level that a step's bar stands on."""
    if step.before is None or step.after is None:
        return None
    return min(step.before, step.after)


def _columns(writer: SlideWriter, reference: str) -> list[Column]:
    strings = writer.strings
    return [
        Column(strings("unit"), 1.9, "left"),
        Column(reference, 0.75),
        Column("AC", 0.75, emphasized=True),
        Column("", 3.0),
        Column(f"Δ{reference}", 0.75),
        Column(f"Δ{reference}%", 0.75),
        Column(strings("share_of_gap"), 0.95),
        Column(strings("without_target_head"), 1.15),
        Column(f"Δ{reference} {strings('year_to_date_short')}", 1.2),
        Column("", 1.1),
        Column(f"Δ{reference}%", 0.75),
    ]
