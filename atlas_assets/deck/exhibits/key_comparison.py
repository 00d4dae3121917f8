"""Revenue, orders, students and what they are worth, compared with earlier periods."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from atlas_assets.deck.outliers import limit, ordinary
from atlas_assets.deck.sentences import details as sentences
from atlas_assets.deck.slides import Cell, Column, Slide, SmallChart, TableRow
from atlas_assets.deck.table_exhibit import TableExhibit
from atlas_assets.notation.numbers import AmountUnit, percent
from atlas_assets.report.figures import place_of
from atlas_assets.report.model import KeyFigure

if TYPE_CHECKING:
    from collections.abc import Callable

    from atlas_assets.deck.commentary import Remark
    from atlas_assets.deck.slide_writer import SlideWriter
    from atlas_assets.report.model import KeyComparisonSection, SubjectReport, UnitReport


SMALL_CHART_OTHERS = 2  # values that are no outliers, in a chart of three or four


def key_comparison_slides(writer: SlideWriter, unit: UnitReport, own: list[Remark]) -> list[Slide]:
    """Return the table of key figures, with the four main ones as small charts next to it."""
    exhibit = key_comparison_exhibit(writer, unit.name, unit, own)
    charts = key_comparison_charts(writer, unit)
    if not charts:
        return writer.table_slides(unit, exhibit)
    return writer.table_with_rail(unit, exhibit, [], [], charts)


def key_comparison_charts(writer: SlideWriter, subject: SubjectReport) -> list[SmallChart]:
    """Return revenue, orders, students and what they are worth as small charts."""
    strings, section = writer.strings, subject.key_comparison
    each = section.revenue_per_paying_student
    charts = [
        _small_chart(writer, strings("revenue"), _revenue_figure(subject), amounts=True),
        _small_chart(writer, strings("orders"), section.orders),
        _small_chart(writer, strings("paying_students"), section.students),
        _small_chart(writer, strings("revenue_per_student"), each, amounts=True, is_ratio=True),
    ]
    return [chart for chart in charts if chart]


def key_comparison_exhibit(
    writer: SlideWriter, name: str, subject: SubjectReport, own: list[Remark]
) -> TableExhibit:
    """Return the table of key figures of the entity or a unit, whose name is `name`."""
    strings, section = writer.strings, subject.key_comparison
    revenue, by_type = _revenue_figure(subject), section.by_customer_type
    each = section.revenue_per_paying_student
    money = [revenue, section.order_value, each, *(f.revenue for f in by_type.values())]
    scale = _unit_of(writer, money)
    scenarios = "key_scenarios" if writer.has_before else "key_scenarios_yearly"
    return TableExhibit(
        message=sentences.key_message(name, subject, writer.period, writer.before, strings),
        measure=strings("key_title"),
        scenarios=strings(scenarios, period=writer.period, before=writer.before),
        marts=["mart_unit_months", "mart_students", "mart_order_payments"],
        definition=strings("key_definition"),
        paths=["revenue", "key_comparison"],
        columns=_columns(writer),
        rows=_rows(writer, revenue, section, scale),
        unit=strings("and_counts", unit=writer.in_unit(scale)),
        remarks=own,
    )


def _columns(writer: SlideWriter) -> list[Column]:
    has_before = writer.has_before
    return [
        Column("", 2.45, "left"),
        Column("PY", 0.85),
        *([Column("PP", 0.85)] if has_before else []),
        Column("AC", 0.85, emphasized=True),
        Column("ΔPY%", 0.95),
        *([Column("ΔPP%", 0.95)] if has_before else []),
        Column(writer.strings("best_short"), 1.3),
        Column(writer.strings("change_to_best"), 0.95),
    ]


def _rows(
    writer: SlideWriter, revenue: KeyFigure, section: KeyComparisonSection, scale: AmountUnit
) -> list[TableRow]:
    """Return the four figures; revenue and orders are followed by the customer types that occur."""
    strings, by_type = writer.strings, section.by_customer_type

    def details(
        figures: dict[str, KeyFigure], text_of: Callable[[Decimal | None], str]
    ) -> list[TableRow]:
        return [
            _row(writer, strings.customer_type(kind), figure, text_of, is_detail=True)
            for kind, figure in figures.items()
            if _has_value(figure)
        ]

    return [
        _row(writer, strings("revenue"), revenue, scale.text),
        *details({kind: figures.revenue for kind, figures in by_type.items()}, scale.text),
        _row(writer, strings("orders"), section.orders, writer.count_text),
        *details({kind: figures.orders for kind, figures in by_type.items()}, writer.count_text),
        _row(writer, strings("paying_students"), section.students, writer.count_text),
        _row(
            writer, strings("revenue_per_student"), section.revenue_per_paying_student, scale.text
        ),
        _row(writer, strings("order_value"), section.order_value, scale.text),
        _share_row(writer, strings("returning_share"), section.returning_share_pct),
    ]


def _row(
    writer: SlideWriter,
    name: str,
    figure: KeyFigure,
    text_of: Callable[[Decimal | None], str],
    *,
    is_detail: bool = False,
) -> TableRow:
    last, year, best = figure.last_period, figure.last_year, figure.best_year
    when = f" ({writer.best_year(best)})" if best else ""
    is_best = best is not None and best.period == writer.report.meta.period
    has_before = writer.has_before

    def told(value: Decimal | None, more: str = "") -> Cell:
        return Cell(text_of(value) + more, figure=place_of(value))

    return TableRow(
        [
            Cell(name),
            told(year and year.value),
            *([told(last and last.value)] if has_before else []),
            told(figure.value),
            writer.change(year and year.delta_pct),
            *([writer.change(last and last.delta_pct)] if has_before else []),
            told(best and best.value, when),
            Cell("") if is_best else writer.change(best and best.delta_pct),
        ],
        is_detail=is_detail,
    )


def _share_row(writer: SlideWriter, name: str, figure: KeyFigure) -> TableRow:
    """Return the row of a share, which changes by percentage points."""
    last, year, best = figure.last_period, figure.last_year, figure.best_year
    when = f" ({writer.best_year(best)})" if best else ""
    best_text = f"{percent(best.value, writer.locale)}{when}" if best else ""
    return TableRow(
        [
            Cell(name),
            writer.share(year and year.value),
            *([writer.share(last and last.value)] if writer.has_before else []),
            writer.share(figure.value),
            writer.points(year and year.delta),
            *([writer.points(last and last.delta)] if writer.has_before else []),
            Cell(best_text, figure=place_of(best and best.value)),
            writer.points(best and best.delta),
        ]
    )


def _small_chart(
    writer: SlideWriter,
    name: str,
    figure: KeyFigure,
    *,
    amounts: bool = False,
    is_ratio: bool = False,
) -> SmallChart | None:
    """Return a figure next to its best year, last year and the previous period, where they differ.

    None where there is nothing to compare it with.
    """
    if figure.value is None:
        return None
    shown = _compared(writer, figure)
    if not shown:  # a single column compares nothing
        return None
    shown.append(("AC", figure.value))
    scale = AmountUnit(Decimal(1), "", 0, writer.locale)
    if amounts:
        usual = ordinary([value for _, value in shown], others=SMALL_CHART_OTHERS)
        scale = writer.money.unit(usual)
    values = [scale.scaled(value) for _, value in shown]
    most = limit(values, others=SMALL_CHART_OTHERS)
    return SmallChart(
        name=f"{name} ({scale.word})" if scale.word else name,
        description="; ".join(f"{word} {scale.text(value)}" for word, value in shown),
        categories=[word for word, _ in shown],
        values=values,
        formats=[scale.format(value) for _, value in shown],
        labels=[writer.money.text(value) if amounts else scale.text(value) for _, value in shown],
        is_ratio=is_ratio,
        limit=most,
    )


def _compared(writer: SlideWriter, figure: KeyFigure) -> list[tuple[str, Decimal]]:
    """Return the values that a figure is drawn next to, after their scenarios."""
    best, year, last = figure.best_year, figure.last_year, figure.last_period
    compared = [("PY", year)]
    if writer.has_before:
        compared.append(("PP", last))
    others = {item.period for _, item in compared if item} | {writer.report.meta.period}
    if best and best.period not in others:
        compared.insert(0, (writer.best_year(best), best))
    return [(word, item.value) for word, item in compared if item]


def _has_value(figure: KeyFigure) -> bool:
    """Return whether a figure is other than zero, now or in a period that it is compared with."""
    compared = (figure.last_period, figure.last_year, figure.best_year)
    return bool(figure.value) or any(item is not None and item.value for item in compared)


def _unit_of(writer: SlideWriter, figures: list[KeyFigure]) -> AmountUnit:
    amounts = [
        amount
        for figure in figures
        for amount in (
            figure.value,
            *(c.value for c in (figure.last_period, figure.last_year, figure.best_year) if c),
        )
    ]
    return writer.money.unit(ordinary(amounts))


def _revenue_figure(subject: SubjectReport) -> KeyFigure:
    section = subject.revenue
    return KeyFigure(
        value=section.revenue_actuals,
        last_period=section.last_period,
        last_year=section.last_year,
        best_year=section.best_year,
    )
