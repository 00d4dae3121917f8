"""Data quality: rows counted and flagged, figures reconciled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atlas_assets.deck.sentences import details as told
from atlas_assets.deck.slides import Cell, Column, Slide, TableRow
from atlas_assets.deck.table_exhibit import TableExhibit
from atlas_assets.notation.numbers import number
from atlas_assets.notation.tokens import Role
from atlas_assets.report.figures import place_of

if TYPE_CHECKING:
    from decimal import Decimal

    from atlas_assets.deck.slide_writer import SlideWriter
    from atlas_assets.report.model import ReportCheck


def quality_slides(writer: SlideWriter) -> list[Slide]:
    """Return the slides of the data's quality."""
    return writer.table_slides(None, quality_exhibit(writer))


def quality_exhibit(writer: SlideWriter) -> TableExhibit:
    """Return the table of row counts, flags and reconciliations."""
    strings, quality, locale = writer.strings, writer.report.data_quality, writer.locale
    columns = [
        Column(strings("quality_item"), 5.4, "left"),
        Column(strings("quality_of"), 1.6, "left"),
        Column(strings("quality_expected"), 1.5),
        Column(strings("quality_actual"), 1.5),
        Column(strings("quality_verdict"), 2.2, "left"),
    ]
    counted = [
        ("rows_valid", quality.valid),
        *((f"flagged_{reason}", count) for reason, count in quality.flagged.items()),
        ("rows_duplicate", quality.duplicates),
    ]
    rows = [
        _count_row(strings(name), strings("measure_rows"), count, number(count, locale))
        for name, count in counted
    ]
    amount = quality.unassigned_revenue
    told_amount = writer.money.in_full(amount)
    rows.append(_count_row(strings("unassigned_revenue"), writer.money.name, amount, told_amount))
    failed_first = sorted(quality.checks, key=lambda check: check.passed)
    rows += [_check_row(writer, check) for check in failed_first]
    return TableExhibit(
        message=told.quality_message(quality, strings),
        measure=strings("quality_title"),
        scenarios=writer.period,
        marts=["int_orders", "reconciliation"],
        definition=strings("quality_definition"),
        paths=["data_quality"],
        columns=columns,
        rows=rows,
    )


def _count_row(name: str, unit: str, value: Decimal | int, text: str) -> TableRow:
    return TableRow([*map(Cell, (name, unit, "")), Cell(text, figure=place_of(value)), Cell("")])


def _check_row(writer: SlideWriter, check: ReportCheck) -> TableRow:
    strings, locale = writer.strings, writer.locale
    is_money = check.unit == writer.money.name
    if check.passed:
        verdict = Cell(strings("passed", figures=check.figures), Role.GOOD_TEXT, bold=True)
    else:
        failure = strings("failed", differing=check.differing, figures=check.figures)
        verdict = Cell(failure, Role.BAD, bold=True)
    return TableRow(
        [
            Cell(strings(f"check_{check.name}")),
            Cell(writer.money.name if is_money else strings(f"measure_{check.unit}")),
            *(
                Cell(
                    writer.money.in_full(value) if is_money else number(value, locale),
                    figure=place_of(value),
                )
                for value in (check.expected, check.actual)
            ),
            verdict,
        ]
    )
