"""Tables as files: CSV and XLSX for spreadsheet programs, in which no text becomes a formula, and JSON."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from functools import partial
from itertools import islice
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

import xlsxwriter
from starlette.responses import StreamingResponse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from atlas_assets.dashboard.parts.blocks import Table

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
CHUNK, LINES = 65_536, 1_000  # bytes and lines that are sent at once
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def exported(table: Table, kind: str, name: str) -> StreamingResponse | None:
    """Return a table as a file of a kind, or None if there is no such kind."""
    make = _KINDS.get(kind)
    if make is None:
        return None
    response = make(table)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response


def _rows(table: Table) -> Iterator[list[Any]]:
    """Yield the values of each row, without drawings: numbers as they are, all else as it is shown."""
    for row in table.all_rows():
        yield [
            cell.value if isinstance(cell.value, int | float | Decimal) else cell.text
            for column, cell in zip(table.columns, row.cells, strict=True)
            if column.header
        ]


def _headers(table: Table) -> list[str]:
    """Return the columns' headers, each of them once; columns without one are drawings."""
    names: list[str] = []
    for column in filter(lambda column: column.header, table.columns):
        name, count = column.header, 2
        while name in names:
            name, count = f"{column.header} {count}", count + 1
        names.append(name)
    return names


def _safe(value: Any) -> Any:
    """Return a text that a spreadsheet program takes for text."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value


def _csv(table: Table) -> StreamingResponse:
    def lines() -> Iterator[str]:
        yield "\ufeff"  # without it, spreadsheet programs take UTF-8 for another encoding
        yield _line(_headers(table))
        for row in _rows(table):
            yield _line(row)

    return StreamingResponse(_batched(lines()), media_type="text/csv; charset=utf-8")


def _batched(lines: Iterator[str]) -> Iterator[str]:
    """Yield many lines at once: each piece of an answer costs the server a change of threads."""
    while batch := "".join(islice(lines, LINES)):
        yield batch


def _line(values: list[Any]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow([_safe(value) for value in values])
    return buffer.getvalue()


def _json(table: Table) -> StreamingResponse:
    headers = _headers(table)

    def lines() -> Iterator[str]:
        yield "["
        for position, row in enumerate(_rows(table)):
            record = {header: _plain(value) for header, value in zip(headers, row, strict=True)}
            yield ("," if position else "") + "\n" + json.dumps(record, ensure_ascii=False)
        yield "\n]\n"

    return StreamingResponse(_batched(lines()), media_type="application/json")


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return int(value) if isinstance(value, int) else value


def _xlsx(table: Table) -> StreamingResponse:
    file = TemporaryFile()  # noqa: SIM115  it goes with the response
    options = {"constant_memory": True, "strings_to_formulas": False}
    with xlsxwriter.Workbook(file, options) as workbook:
        sheet = workbook.add_worksheet()
        bold = workbook.add_format({"bold": True, "bottom": 1})
        for column, header in enumerate(_headers(table)):
            sheet.write_string(0, column, header, bold)
        for position, row in enumerate(_rows(table), 1):
            for column, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(position, column, value)
                else:
                    sheet.write_number(position, column, float(value))
        sheet.freeze_panes(1, 0)
    file.seek(0)
    return StreamingResponse(iter(partial(file.read, CHUNK), b""), media_type=_XLSX)


_KINDS: dict[str, Callable[[Table], StreamingResponse]] = {
    "csv": _csv,
    "xlsx": _xlsx,
    "json": _json,
}
FORMATS = tuple(_KINDS)
