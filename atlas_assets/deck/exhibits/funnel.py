"""The marketing funnel of all units: from leads to closings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atlas_assets.deck.sentences import customers as told
from atlas_assets.deck.slides import Bars, BarSeries, Cell, Column, Slide, TableRow
from atlas_assets.deck.table_exhibit import Span, TableExhibit, scenarios_shown
from atlas_assets.notation.tokens import Role

if TYPE_CHECKING:
    from atlas_assets.deck.slide_writer import SlideWriter
    from atlas_assets.report.model import FunnelSection, YearFigure

BAR_COLUMN = 3


def funnel_slides(writer: SlideWriter) -> list[Slide]:
    """Return the slides of the funnel; none where no leads are recorded."""
    if writer.report.totals.funnel.leads.value is None:
        return []
    return writer.table_slides(None, funnel_exhibit(writer))


def funnel_exhibit(writer: SlideWriter) -> TableExhibit:
    """Return the table of units with the steps of their funnels."""
    strings, totals = writer.strings, writer.report.totals.funnel
    leads = {unit.code: unit.funnel.leads.value for unit in writer.by_size}
    units = [unit for unit in writer.by_size if leads[unit.code] is not None]
    units.sort(key=lambda unit: -(leads[unit.code] or 0))
    return TableExhibit(
        message=told.funnel_message(writer, strings),
        measure=strings("funnel_title"),
        scenarios=strings(
            "funnel_scenarios",
            period=writer.period,
            scenarios=scenarios_shown(
                target=totals.target_leads.value is not None,
                last_year=totals.leads.last_year is not None,
            ),
        ),
        marts=["mart_funnel"],
        definition=strings("funnel_definition"),
        paths=["units.*.funnel", "totals.funnel"],
        columns=_columns(writer),
        rows=[_row(writer, unit.name, unit.funnel) for unit in units],
        total=_row(writer, strings("total"), totals, is_total=True),
        bars=[_bars(writer, [(unit.name, unit.funnel) for unit in units])],
    )


def _columns(writer: SlideWriter) -> list[Column]:
    strings = writer.strings
    return [
        Column(strings("unit"), 1.9, "left"),
        Column(strings("target_leads"), 0.9),
        Column(strings("leads"), 0.85, emphasized=True),
        Column("", 2.1),
        Column(strings("achievement"), 0.85),
        Column("ΔPY", 0.6),
        Column(strings("follow_ups"), 0.9, emphasized=True),
        Column("ΔPY", 0.6),
        Column(strings("closings"), 0.85, emphasized=True),
        Column("ΔPY", 0.6),
        Column(strings("conversion"), 0.95, emphasized=True),
        Column("PY", 0.8),
    ]


def _bars(writer: SlideWriter, units: list[tuple[str, FunnelSection]]) -> Bars:
    leads = [_float(funnel.leads) for _, funnel in units]
    targets = [_float(funnel.target_leads) for _, funnel in units]
    span = Span.of(leads, targets)
    series = [
        BarSeries("AC", Role.ACTUAL, leads),
        BarSeries("PL", Role.ACTUAL, targets, "outlined"),
    ]
    name = f"{writer.subject}: {writer.strings('leads')}"
    rows = [name for name, _ in units]
    return Bars(BAR_COLUMN, name, rows, series, span.low, span.high, Role.INK)


def _float(figure: YearFigure) -> float | None:
    return None if figure.value is None else float(figure.value)


def _row(
    writer: SlideWriter, name: str, funnel: FunnelSection, *, is_total: bool = False
) -> TableRow:
    before = funnel.conversion_pct.last_year

    def delta(figure: YearFigure) -> Cell:
        return writer.difference(figure.last_year and figure.last_year.delta)

    return TableRow(
        [
            Cell(name),
            writer.count(funnel.target_leads.value),
            writer.count(funnel.leads.value),
            Cell(""),
            writer.achievement(funnel.leads_achievement_pct),
            delta(funnel.leads),
            writer.count(funnel.follow_ups.value),
            delta(funnel.follow_ups),
            writer.count(funnel.closings.value),
            delta(funnel.closings),
            writer.share(funnel.conversion_pct.value),
            writer.share(before and before.value),
        ],
        is_total=is_total,
    )
