"""Where a figure comes from: the figures that it is made of, or its records with their cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from atlas_assets.dashboard.parts.blocks import Cell, Column, Page, Row, Table, Text
from atlas_assets.dashboard.parts.cells import row_address
from atlas_assets.dashboard.parts.exhibits import downloads
from atlas_assets.dashboard.parts.listing import ListColumn, Listing
from atlas_assets.dashboard.parts.records import NoRecordError
from atlas_assets.errors import UsageError
from atlas_assets.notation.numbers import number
from atlas_assets.operational.records import order_id
from atlas_assets.tracing.formulas import Formula, Known, Records
from atlas_assets.tracing.tracer import ALL, Trace, Tracer
from atlas_assets.tracing.words import described

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from atlas_assets.dashboard.context import Context
    from atlas_assets.dashboard.parts.blocks import Block
    from atlas_assets.tracing.tracer import Record

MOST = 5_000  # records that are listed
TOLERANCE = 0.0001  # shares are rounded to four decimals


def trace(context: Context) -> Page:
    """Return what a figure is made of, or a part of it. Raises NoRecordError for what is no figure."""
    strings, filters = context.strings, context.view.filters
    path = filters.get("figure", "")
    value = context.figures.get(path)
    with context.build.warehouse() as connection:
        tracer = Tracer(connection, context.report)
        try:
            whole = tracer.trace(path)
        except UsageError as error:
            raise NoRecordError from error
        part = _part(whole, filters.get("part", ""))
        blocks = [_made_of(context, tracer, part)]
    shown = part.rounded if filters.get("part") else value
    name = described(part.expression, strings, context.view.language)
    message = strings(
        "web_trace_told", value=_told(context, shown), what=name, count=_told(context, part.count)
    )
    if part is whole and value is not None and part.rounded is not None:
        agrees = abs(part.rounded - value) <= TOLERANCE
        message += " " + strings("web_adds_up" if agrees else "web_does_not_add_up")
    return Page(strings("web_trace"), message, blocks)


def _part(of: Trace, position: str) -> Trace:
    """Return a part of a trace, by its positions in the parts of parts: `0.1`."""
    for index in filter(None, position.split(".")):
        if not index.isdecimal() or int(index) >= len(of.parts):
            raise NoRecordError
        of = of.parts[int(index)]
    return of


def _made_of(context: Context, tracer: Tracer, part: Trace) -> Block:
    match part.expression:
        case Records() as expression:
            limit = ALL if context.is_download else MOST
            records = tracer.records(expression, limit=limit)
            return _listed(context, records, part, is_sum=not expression.is_largest)
        case Formula() | Known():
            return _parts(context, part)


def _parts(context: Context, whole: Trace) -> Table:
    """Return the figures that a figure is made of; each leads on to what it is made of."""
    strings, filters = context.strings, context.view.filters
    before = f"{filters['part']}." if filters.get("part") else ""
    rows = [
        Row(
            [
                Cell(
                    described(part.expression, strings, context.view.language),
                    href=context.view.with_(part=f"{before}{position}"),
                ),
                Cell(
                    _told(context, part.rounded),
                    href=context.view.with_(part=f"{before}{position}"),
                    value=part.rounded,
                ),
                Cell(_told(context, part.count) if part.count else "", value=part.count or None),
            ]
        )
        for position, part in enumerate(whole.parts)
    ]
    name = described(whole.expression, strings, context.view.language)
    total = Row(
        [Cell(name), Cell(_told(context, whole.rounded), value=whole.rounded), Cell()],
        is_total=True,
    )
    return Table(
        name="parts",
        title=[Text(strings("web_made_of"), bold=True)],
        columns=[
            Column(strings("web_figure"), "left"),
            Column(strings("web_value"), emphasized=True),
            Column(strings("web_records")),
        ],
        rows=rows,
        total=total,
        downloads=downloads(context, "parts"),
    )


def _listed(context: Context, records: list[Record], whole: Trace, *, is_sum: bool) -> Table:
    """Return the records, with their sum if that is the figure and all of them are listed."""
    strings = context.strings
    rows = [_row(context, record) for record in records]
    columns = [
        ListColumn("unit", strings("unit"), facet=True),
        ListColumn("month", strings("web_month"), facet=True),
        ListColumn("name", strings("web_name"), href=lambda row: row["order"]),
        ListColumn("detail", strings("web_detail"), facet=True),
        ListColumn("label", strings("web_receipt"), href=lambda row: row["order"]),
        ListColumn(
            "value",
            strings("web_value"),
            number=lambda value: _told(context, value),
            href=lambda row: row["source"],
        ),
        ListColumn("place", strings("sheet"), facet=True),
        ListColumn("cell", strings("web_cell"), href=lambda row: row["source"]),
        ListColumn("content", strings("web_content")),
    ]
    message = ""
    if whole.count > len(records):
        message = strings(
            "web_first_records",
            shown=context.count(len(records)),
            of=context.count(whole.count),
        )
    listing = Listing(context, "records", strings("web_records"), columns)
    added = "value" if is_sum and not message else None
    return listing.table(rows, message=message, added=added)


def _row(context: Context, record: Record) -> dict[str, Any]:
    source = None
    if (
        not context.is_download
        and record.table
        and record.file
        and record.sheet
        and record.row is not None
    ):
        place = (record.file, record.sheet, record.row)
        column = record.column or ""
        source = row_address(context, record.table, str(record.month), place, column)
    return {
        "unit": record.unit,
        "month": f"{record.month:%Y-%m}",
        "name": record.name,
        "detail": record.detail,
        "label": record.label,
        "value": record.value,
        "place": f"{record.file}, {record.sheet}" if record.file else None,
        "cell": record.cell or None,
        "content": record.content,
        "order": _order_address(context, record.key, record.intake),
        "source": source,
    }


def _order_address(context: Context, key: str | None, intake: date | None) -> str | None:
    if context.is_download or key is None or intake is None:
        return None
    return context.view.at(f"/orders/{order_id(context.view.entity, key, intake)}")


def _told(context: Context, value: Decimal | int | None) -> str:
    """Return a number in full, with as many decimals as it has."""
    if value is None:
        return ""
    digits = f"{value:.4f}".rstrip("0").rstrip(".")
    return number(value, context.view.language, decimals=len(digits.partition(".")[2]))
