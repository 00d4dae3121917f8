"""Orders, students and what became of them, for all units at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atlas_assets.deck.sentences import customers as told
from atlas_assets.deck.slides import Cell, Column, Slide, TableRow
from atlas_assets.deck.table_exhibit import TableExhibit

if TYPE_CHECKING:
    from atlas_assets.deck.slide_writer import SlideWriter
    from atlas_assets.notation.numbers import AmountUnit
    from atlas_assets.report.model import SubjectReport, YearFigure


def key_figure_slides(writer: SlideWriter) -> list[Slide]:
    """Return the slides of the key figures."""
    return writer.table_slides(None, key_figure_exhibit(writer))


def key_figure_exhibit(writer: SlideWriter) -> TableExhibit:
    """Return the table of units with their key figures and retention, and the entity as its total."""
    strings, report = writer.strings, writer.report
    subjects = [*report.units.values(), report.totals]
    scale = writer.money.unit(
        [
            amount
            for subject in subjects
            for amount in (
                subject.key_comparison.revenue_per_paying_student.value,
                subject.open_orders.paid_so_far,
            )
        ]
    )
    return TableExhibit(
        message=told.customers_message(writer, strings),
        measure=strings("key_figures_title"),
        scenarios=strings("key_figures_scenarios", period=writer.period),
        marts=["mart_unit_months", "mart_retention", "mart_open_orders"],
        definition=strings("key_figures_definition"),
        paths=["units.*.key_comparison", "totals.key_comparison"]
        + [f"{of}.{part}" for of in ("units.*", "totals") for part in ("retention", "open_orders")],
        columns=_columns(writer),
        rows=[_row(writer, unit.name, unit, scale) for unit in writer.by_size],
        total=_row(writer, strings("total"), report.totals, scale, is_total=True),
        unit=strings("and_counts", unit=writer.in_unit(scale)),
        footnotes=[
            strings("students_once_footnote"),
            writer.coverage(report.totals.revenue.coverage.last_year, "last_year"),
        ],
    )


def _columns(writer: SlideWriter) -> list[Column]:
    strings = writer.strings
    return [
        Column(strings("unit"), 1.7, "left"),
        Column(strings("orders"), 0.8, emphasized=True),
        Column("ΔPY", 0.6),
        Column(strings("paying_students"), 1.25, emphasized=True),
        Column("ΔPY", 0.6),
        Column(strings("revenue_per_student"), 1.25, emphasized=True),
        Column("ΔPY%", 0.75),
        Column(strings("returning_share"), 1.25, emphasized=True),
        Column("ΔPY", 0.85),
        Column(strings("retention"), 1.2, emphasized=True),
        Column("PY", 0.7),
        Column(strings("open_orders"), 1.25, emphasized=True),
        Column(strings("paid_so_far"), 1.1),
    ]


def _row(
    writer: SlideWriter,
    name: str,
    subject: SubjectReport,
    scale: AmountUnit,
    *,
    is_total: bool = False,
) -> TableRow:
    figures, retention, orders = subject.key_comparison, subject.retention, subject.open_orders
    each = figures.revenue_per_paying_student
    return TableRow(
        [
            Cell(name),
            *_counted(writer, figures.orders),
            *_counted(writer, figures.students),
            writer.amount(each.value, scale),
            writer.change(each.last_year and each.last_year.delta_pct),
            writer.share(figures.returning_share_pct.value),
            writer.points(
                figures.returning_share_pct.last_year
                and figures.returning_share_pct.last_year.delta
            ),
            writer.share(retention and retention.rate_pct),
            writer.share(retention and retention.last_year_rate_pct),
            writer.count(orders.count),
            writer.amount(orders.paid_so_far, scale),
        ],
        is_total=is_total,
    )


def _counted(writer: SlideWriter, figure: YearFigure) -> list[Cell]:
    delta = figure.last_year and figure.last_year.delta
    return [writer.count(figure.value), writer.difference(delta)]
