"""What differs from the edition of the report before this one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from atlas_assets.deck.slides import Cell, Column, Slide, TableRow
from atlas_assets.deck.table_exhibit import TableExhibit
from atlas_assets.notation.numbers import number, percent

if TYPE_CHECKING:
    from decimal import Decimal

    from atlas_assets.deck.slide_writer import SlideWriter
    from atlas_assets.report.model import ChangedFigure, ChangedSheet

MOST = 30  # figures on slides; `atlas diff` lists all
_UNIT = re.compile(r"^units\.([A-Z0-9_]+)\.")


def change_slides(writer: SlideWriter) -> list[Slide]:
    """Return the slides of what changed; none for a first edition."""
    exhibit = change_exhibit(writer)
    return writer.table_slides(None, exhibit) if exhibit else []


def change_exhibit(writer: SlideWriter) -> TableExhibit | None:
    """Return the figures and sheets that changed; None for a first edition."""
    changes, strings = writer.report.changes, writer.strings
    if changes is None or not (changes.figures or changes.sheets):
        return None
    figures = changes.figures[:MOST]
    is_cut = len(changes.figures) > MOST
    return TableExhibit(
        message=strings.counted(
            "changes_message", len(changes.figures), number(len(changes.figures), writer.locale)
        ),
        measure=strings("changes_title"),
        scenarios=writer.period,
        marts=["report.json"],
        definition=strings("changes_cut" if is_cut else "changes_definition"),
        paths=["changes"],
        columns=[
            Column(strings("changes_figure"), 6.4, "left"),
            Column(strings("changes_before"), 1.8),
            Column(strings("changes_after"), 1.8, emphasized=True),
            Column("Δ", 1.8),
        ],
        rows=[
            *(_sheet_row(writer, sheet) for sheet in changes.sheets),
            *(_row(writer, figure) for figure in figures),
        ],
    )


def _row(writer: SlideWriter, figure: ChangedFigure) -> TableRow:
    def text(value: Decimal | None) -> str:
        if value is None:
            return ""
        is_share = "_pct" in figure.path
        return percent(value, writer.locale) if is_share else number(value, writer.locale)

    return TableRow(
        [
            Cell(_name(writer, figure.path)),
            Cell(text(figure.before)),
            Cell(text(figure.after)),
            Cell(text(figure.delta)),
        ]
    )


def _name(writer: SlideWriter, path: str) -> str:
    """Return a figure's path, with the name of its unit instead of the code."""
    found = _UNIT.match(path)
    if found is None or found[1] not in writer.report.units:
        return path
    return f"{writer.report.units[found[1]].name}: {path[found.end() :]}"


def _sheet_row(writer: SlideWriter, sheet: ChangedSheet) -> TableRow:
    rows = writer.strings(
        "changed_rows",
        sheet=sheet.sheet.strip(),
        file=sheet.file,
        rows=", ".join(map(str, sheet.new or sheet.gone)),
    )
    return TableRow([Cell(rows), *[Cell("")] * 3])
