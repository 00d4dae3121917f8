"""Every unit at a glance: revenue with target, last year and trend, and what moved most."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atlas_assets.dashboard.charts.multiples import drawn_multiple
from atlas_assets.dashboard.parts import exhibits
from atlas_assets.dashboard.parts.blocks import Multiples, Page, Statements, Text
from atlas_assets.dashboard.parts.month_chart import month_chart
from atlas_assets.deck.exhibits.bridge import bridge_exhibit
from atlas_assets.deck.exhibits.movers import mover_exhibits
from atlas_assets.deck.exhibits.multiples import multiples_slides
from atlas_assets.deck.exhibits.summary import summary_exhibit
from atlas_assets.deck.sentences import customers, revenue

if TYPE_CHECKING:
    from atlas_assets.dashboard.context import Context
    from atlas_assets.dashboard.parts.blocks import Block
    from atlas_assets.report.model import UnitReport


def overview(context: Context) -> Page:
    """Return the overview of the entity, or of a unit."""
    if context.unit:
        return _of_unit(context, context.unit)
    writer, strings = context.writer, context.strings
    bridge, movers = bridge_exhibit(writer), mover_exhibits(writer)
    message = revenue.summary_message(context.report, writer.subject, strings)
    told = [
        (strings("bridge_title"), bridge.message, "/revenue"),
        (strings("year_title"), revenue.year_message(writer, strings), "/revenue"),
        (strings("key_figures_title"), customers.customers_message(writer, strings), "/orders"),
        *((exhibit.measure, exhibit.message, "/programs") for exhibit in movers),
    ]
    statements = [
        [Text(f"{name}: ", bold=True, href=context.view.at(path)), Text(sentence)]
        for name, sentence, path in told
    ]
    blocks: list[Block] = [
        exhibits.cards(context, writer.cards(context.report.totals)),
        *_multiples(context),
        Statements(strings("web_in_short"), statements),
        exhibits.table(context, "summary", summary_exhibit(writer)),
        exhibits.table(context, "bridge", bridge),
    ]
    return Page(strings("web_overview"), message, blocks)


def _of_unit(context: Context, unit: UnitReport) -> Page:
    writer, strings = context.writer, context.strings
    remarks = revenue.unit_remarks(unit, context.report.meta, strings)
    return Page(
        strings("web_overview"),
        revenue.revenue_message(unit, unit.name, writer, strings),
        [
            exhibits.cards(context, writer.cards(unit)),
            month_chart(context),
            exhibits.statements(strings("web_in_short"), remarks),
        ],
    )


def _multiples(context: Context) -> list[Block]:
    """Return the small drawings of all units, each of which leads to its unit."""
    slides = multiples_slides(context.writer)
    if not slides:
        return []
    drawings = [
        (
            [
                Text(
                    chart.heading[0].text,
                    href=context.view.with_(unit=chart.unit),
                    bold=True,
                ),
                *(exhibits.text(run) for run in chart.heading[1:]),
            ],
            [exhibits.text(run, context) for run in chart.facts],
            drawn_multiple(chart, context.view.trace),
        )
        for slide in slides
        for chart in slide.multiples
    ]
    title = [exhibits.text(run) for run in slides[0].title]
    return [Multiples(title, drawings, slides[0].message)]
