"""One row of a sheet, cell by cell, as it was written."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from atlas_assets.configuration.tables import TABLES
from atlas_assets.dashboard.parts.blocks import Cell, Column, Page, Row, Table, Text
from atlas_assets.dashboard.parts.cells import PERSONAL
from atlas_assets.dashboard.parts.records import NoRecordError
from atlas_assets.documents.sql_text import sql_text

if TYPE_CHECKING:
    from atlas_assets.dashboard.context import Context

LONGEST = 8  # digits of a row's number
_ROW = """
select * from raw.{table}
where entity_code = $entity and month_key = $month
    and source_file = $file and source_sheet = $sheet and source_row = $row
"""


def row(context: Context, table: str, month: str, number: str) -> Page:
    """Return a row with all of its cells. Raises NoRecordError if there is none."""
    strings, filters = context.strings, context.view.filters
    if table not in TABLES:
        raise NoRecordError
    try:
        place = {
            "entity": context.view.entity,
            "month": date.fromisoformat(month),
            "file": filters.get("file", ""),
            "sheet": filters.get("sheet", ""),
        }
        numbered = place | {"row": int(number) if len(number) <= LONGEST else 0}
    except ValueError:
        raise NoRecordError from None
    sheets = context.build.query(sql_text("dashboard", "sheet"), place | {"table": table})
    rows = context.build.query(_ROW.format(table=table), numbered)
    if not sheets or not rows:
        raise NoRecordError
    meant = filters.get("column", "")
    cells = [
        _cell(context, column, rows[0].get(column["name"]), number, meant)
        for column in sheets[0]["columns"]
    ]
    title = f"{place['file']}, {place['sheet']}, {strings('web_row')} {number}"
    listed = Table(
        name="cells",
        title=[Text(strings("web_cells_as_written"), bold=True)],
        columns=[
            Column(strings("web_cell"), "left"),
            Column(strings("web_header"), "left"),
            Column(strings("web_content"), "left"),
            Column(strings("web_field"), "left"),
        ],
        rows=cells,
    )
    return Page(title, strings("web_row_message"), [listed])


def _cell(
    context: Context, column: dict[str, str], content: object, number: str, meant: str
) -> Row:
    text = "" if content is None else str(content)
    if column["name"] in PERSONAL:
        text = context.personal(text)
    style = "meant" if column["name"] == meant else ""
    return Row(
        [
            Cell(f"{column['letter']}{number}", style),
            Cell(column["header"], style),
            Cell(text, style),
            Cell(column["name"], style),
        ]
    )
