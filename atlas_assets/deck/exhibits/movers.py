"""The programs and schools that changed most since last year."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from atlas_assets.deck.sentences import customers as told
from atlas_assets.deck.slides import Cell, Column, Slide, TableRow
from atlas_assets.deck.table_exhibit import Span, TableExhibit, variance_bars
from atlas_assets.notation.numbers import AmountUnit
from atlas_assets.report.figures import place_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from atlas_assets.deck.slide_writer import SlideWriter
    from atlas_assets.report.model import Mover

BAR_COLUMN = 5


def mover_slides(writer: SlideWriter) -> list[Slide]:
    """Return the programs and the schools that moved, each on a slide; none where none did."""
    return [slide for it in mover_exhibits(writer) for slide in writer.table_slides(None, it)]


def mover_exhibits(writer: SlideWriter) -> list[TableExhibit]:
    """Return the tables of the programs and of the schools that moved, as far as any did."""
    exhibits = (program_mover_exhibit(writer), school_mover_exhibit(writer))
    return [exhibit for exhibit in exhibits if exhibit]


def program_mover_exhibit(writer: SlideWriter) -> TableExhibit | None:
    """Return the table of the programs that moved, or None if none did."""
    movers = writer.report.movers.programs
    if not movers:
        return None
    scale = writer.money.unit([v for m in movers for v in (m.value, m.last_year, m.delta)])
    return _exhibit(writer, "programs", movers, scale, scale.text, writer.in_unit(scale))


def school_mover_exhibit(writer: SlideWriter) -> TableExhibit | None:
    """Return the table of the schools that moved, or None if none did."""
    movers = writer.report.movers.schools
    if not movers or not writer.has_schools:
        return None
    count = AmountUnit(Decimal(1), "", 0, writer.locale)
    unit = writer.strings("in_students")
    return _exhibit(writer, "schools", movers, count, writer.count_text, unit)


def _exhibit(
    writer: SlideWriter,
    kind: str,
    movers: list[Mover],
    scale: AmountUnit,
    text_of: Callable[[Decimal], str],
    unit: str,
) -> TableExhibit:
    strings = writer.strings
    deltas = [scale.scaled(mover.delta) for mover in movers]
    measure = strings(f"movers_{kind}_title")
    rows = [mover.name for mover in movers]
    return TableExhibit(
        message=told.movers_message(writer, kind, movers, text_of, strings),
        measure=measure,
        scenarios=strings("movers_scenarios", period=writer.period),
        marts=["mart_movers"],
        definition=strings(f"movers_{kind}_definition"),
        paths=[f"movers.{kind}"],
        columns=[
            Column(strings("program" if kind == "programs" else "school"), 3.4, "left"),
            Column(strings("unit"), 2.2, "left"),
            Column("PY", 0.85),
            Column("AC", 0.85, emphasized=True),
            Column("ΔPY", 0.85),
            Column("", 3.2),
            Column("ΔPY%", 0.85),
        ],
        rows=[_row(writer, mover, scale, text_of) for mover in movers],
        bars=[variance_bars(BAR_COLUMN, measure, rows, list(deltas), "PY", Span.of(list(deltas)))],
        unit=unit,
    )


def _row(
    writer: SlideWriter, mover: Mover, scale: AmountUnit, text_of: Callable[[Decimal], str]
) -> TableRow:
    return TableRow(
        [
            Cell(mover.name),
            Cell(writer.report.units[mover.unit].name),
            Cell(text_of(mover.last_year), figure=place_of(mover.last_year)),
            Cell(text_of(mover.value), figure=place_of(mover.value)),
            writer.gap(mover.delta, scale),
            Cell(""),
            writer.change(mover.delta_pct),
        ]
    )
