"""Revenue by month, with what it is compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atlas_assets.dashboard.parts import exhibits
from atlas_assets.dashboard.parts.blocks import Cell, Column, Page, Row, Table
from atlas_assets.dashboard.parts.month_chart import month_chart
from atlas_assets.deck.exhibits.bridge import bridge_exhibit
from atlas_assets.deck.sentences import revenue as told
from atlas_assets.notation.strings import short_period

if TYPE_CHECKING:
    from atlas_assets.dashboard.context import Context
    from atlas_assets.dashboard.parts.blocks import Block
    from atlas_assets.notation.numbers import AmountUnit
    from atlas_assets.report.model import Comparison


def revenue(context: Context) -> Page:
    """Return the page of revenue."""
    writer, strings = context.writer, context.strings
    unit = context.unit
    message = (
        told.revenue_message(unit, unit.name, writer, strings)
        if unit
        else told.year_message(writer, strings)
    )
    blocks: list[Block] = [
        exhibits.cards(context, writer.cards(context.subject)),
        month_chart(context),
        _compared(context),
    ]
    if not unit:
        blocks.append(exhibits.table(context, "bridge", bridge_exhibit(writer)))
    return Page(strings("revenue"), message, blocks)


def _compared(context: Context) -> Table:
    """Return the period beside everything that it is compared with."""
    writer, strings, section = context.writer, context.strings, context.subject.revenue
    compared = [
        ("PP", section.last_period),
        ("PY", section.last_year),
        (strings("best_year"), section.best_year),
    ]
    amounts = [v for _, item in compared if item for v in (item.value, item.actuals, item.delta)]
    unit = writer.money.unit([*amounts, section.revenue_target, section.gap_to_target])
    rows = [_target_row(context, unit)] if section.revenue_target is not None else []
    rows += [_comparison_row(context, name, item, unit) for name, item in compared if item]
    return Table(
        name="compared",
        title=[
            exhibits.text(run)
            for run in writer.title(
                context.subject_name, strings("web_compared"), writer.period, writer.in_unit(unit)
            )
        ],
        columns=[
            Column(strings("web_compared_with"), "left"),
            Column(strings("web_value")),
            Column("AC", emphasized=True),
            Column("Δ"),
            Column("Δ%"),
            Column(strings("coverage"), "left"),
        ],
        rows=rows,
        downloads=exhibits.downloads(context, "compared"),
    )


def _target_row(context: Context, unit: AmountUnit) -> Row:
    writer, section = context.writer, context.subject.revenue
    cells = [
        writer.amount(section.revenue_target, unit),
        writer.amount(section.actuals_matched_target, unit),
        writer.gap(section.gap_to_target, unit),
        writer.change(section.gap_pct),
    ]
    covered = writer.coverage(section.coverage.target, "target")
    return Row([Cell(context.strings("target")), *exhibits.cells(context, cells), Cell(covered)])


def _comparison_row(context: Context, name: str, item: Comparison, unit: AmountUnit) -> Row:
    writer = context.writer
    when = short_period(context.report.meta.parsed(item.period), context.view.language)
    cells = [
        writer.amount(item.value, unit),
        writer.amount(item.actuals, unit),
        writer.gap(item.delta, unit),
        writer.change(item.delta_pct),
    ]
    covered = writer.coverage(item.coverage, "last_year")
    return Row([Cell(f"{name}, {when}"), *exhibits.cells(context, cells), Cell(covered)])
