"""The marketing funnel by channel, compared with last year."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atlas_assets.deck.sentences import details as told
from atlas_assets.deck.slides import Bars, BarSeries, Cell, Column, Slide, TableRow
from atlas_assets.deck.table_exhibit import Span, TableExhibit, scenarios_shown
from atlas_assets.notation.tokens import Role

if TYPE_CHECKING:
    from atlas_assets.deck.commentary import Remark
    from atlas_assets.deck.slide_writer import SlideWriter
    from atlas_assets.notation.strings import Strings
    from atlas_assets.report.model import ChannelMarketingRow, KeyFigure, SubjectReport, UnitReport


def channel_slides(writer: SlideWriter, unit: UnitReport, own: list[Remark]) -> list[Slide]:
    """Return the slides of a unit's channels."""
    message = told.channel_message(unit, writer.period, writer.strings)
    return writer.table_slides(unit, channel_exhibit(writer, unit.name, unit, message, own))


def channel_exhibit(
    writer: SlideWriter, name: str, subject: SubjectReport, message: str, own: list[Remark]
) -> TableExhibit:
    """Return the table of channels, most closings first, with bars next to last year's."""
    strings, orders = writer.strings, subject.key_comparison.orders
    channels = [row for row in subject.channels if row.customer_type == "all"]
    return TableExhibit(
        message=message,
        measure=strings("channel_title"),
        scenarios=strings(
            "channel_scenarios",
            period=writer.period,
            scenarios=scenarios_shown(target=False, last_year=orders.last_year is not None),
        ),
        marts=["mart_channel_marketing", "mart_students"],
        definition=strings("channel_definition"),
        paths=["channels", "key_comparison.orders"],
        columns=_columns(strings),
        rows=[_row(writer, row) for row in channels],
        total=_total(writer, orders),
        bars=[_bars(f"{name}: {strings('closings')}", channels)],
        remarks=own,
    )


def _columns(strings: Strings) -> list[Column]:
    return [
        Column(strings("channel"), 1.8, "left"),
        Column(strings("category"), 1.1, "left"),
        Column(strings("leads"), 0.75),
        Column(strings("follow_ups"), 0.85),
        Column(strings("conversion"), 0.85),
        Column("PY", 0.6),
        Column("AC", 0.6, emphasized=True),
        Column("", 1.9),
        Column("ΔPY", 0.6),
        Column(strings("contribution"), 0.9),
        Column(strings("students"), 0.7),
        Column(strings("status"), 0.95, "left"),
        Column(strings("strategy"), 1.05, "left"),
    ]


def _bars(name: str, channels: list[ChannelMarketingRow]) -> Bars:
    """Return the closings of this year before those of last year, over the empty column."""
    actuals: list[float | None] = [float(row.closings) for row in channels]
    previous = [
        None if row.closings_last_year is None else float(row.closings_last_year)
        for row in channels
    ]
    span = Span.of(actuals, previous)
    series = [
        BarSeries("AC", Role.ACTUAL, actuals),
        BarSeries("PY", Role.PREVIOUS, previous),
    ]
    rows = [row.channel_name for row in channels]
    return Bars(7, name, rows, series, span.low, span.high, Role.INK)


def _total(writer: SlideWriter, orders: KeyFigure) -> TableRow:
    return TableRow(
        [
            Cell(writer.strings("total")),
            *[Cell("")] * 4,
            writer.count(orders.last_year and orders.last_year.value),
            writer.count(orders.value),
            Cell(""),
            writer.difference(orders.last_year and orders.last_year.delta),
            *[Cell("")] * 4,
        ],
        is_total=True,
    )


def _row(writer: SlideWriter, row: ChannelMarketingRow) -> TableRow:
    strings = writer.strings
    return TableRow(
        [
            Cell(row.channel_name),
            Cell(strings(row.category)),
            writer.count(row.leads),
            writer.count(row.follow_ups),
            writer.share(row.conversion_pct),
            writer.count(row.closings_last_year),
            writer.count(row.closings),
            Cell(""),
            writer.difference(row.delta_last_year),
            writer.share(row.contribution_pct),
            writer.count(row.students),
            Cell(strings(f"status_{row.status}") if row.status else ""),
            Cell(strings(f"strategy_{row.strategy}") if row.strategy else ""),
        ]
    )
