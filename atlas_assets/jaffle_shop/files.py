"""The files of the Jaffle Shop, checked cell by cell before anything is loaded.

dlt would take a missing column for nulls, an empty file for an empty table and a doubled key for two rows,
and names neither file nor line.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from atlas_assets.errors import SourceError
from atlas_assets.sources.delimited.text import delimited_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from atlas_assets.sources.delimited.text import Record

SCHEMA = "jaffle_shop_raw"  # of the loaded tables
LOADED = "loaded_files"  # the table that says which files the others were loaded from
MOST_MISTAKES = 20  # that are told of a file


def _whole_number(text: str) -> int:
    if not text.isascii() or not text.removeprefix("-").isdigit():
        raise ValueError
    return int(text)


def _word(text: str) -> str:
    if not text:
        raise ValueError
    return text


@dataclass(frozen=True)
class Column:
    """A column: how its cells are read, and what that is called; its table's key, or one that it refers to."""

    read: Callable[[str], Any]
    expected: str
    type: type[pl.DataType]
    is_key: bool = False
    refers_to: str | None = None
    values: tuple[str, ...] = ()


def _number(*, is_key: bool = False, refers_to: str | None = None) -> Column:
    return Column(_whole_number, "a whole number", pl.Int64, is_key, refers_to)


_TEXT = Column(_word, "a text", pl.String)
_DAY = Column(date.fromisoformat, "a date like 2018-01-31", pl.Date)


def _one_of(*values: str) -> Column:
    return Column(_word, f"one of {', '.join(values)}", pl.String, values=values)


# The tables in the order in which they refer to each other, by the name of their file.
TABLES: dict[str, dict[str, Column]] = {
    "raw_customers": {"id": _number(is_key=True), "first_name": _TEXT, "last_name": _TEXT},
    "raw_orders": {
        "id": _number(is_key=True),
        "user_id": _number(refers_to="raw_customers"),
        "order_date": _DAY,
        "status": _one_of("placed", "shipped", "completed", "return_pending", "returned"),
    },
    "raw_payments": {
        "id": _number(is_key=True),
        "order_id": _number(refers_to="raw_orders"),
        "payment_method": _one_of("credit_card", "coupon", "bank_transfer", "gift_card"),
        "amount": _number(),
    },
}


@dataclass(frozen=True)
class CheckedFile:
    """The rows of a file, and the hash of its bytes (SHA-256, hex)."""

    rows: pl.DataFrame
    sha256: str


def checked_files(folder: Path) -> dict[str, CheckedFile]:
    """Return the tables of a folder. Raises SourceError with every mistake, by file, line and column."""
    checked: dict[str, CheckedFile] = {}
    keys: dict[str, set[Any]] = {}
    mistakes: list[str] = []
    for name, columns in TABLES.items():
        path = folder / f"{name}.csv"
        try:
            content = path.read_bytes()
            text = delimited_text(content, path.name, separator=",")
            rows = list(_rows(path.name, text.records, columns, keys, name))
        except OSError as error:
            mistakes.append(f"{path} cannot be read: {error.strerror}. Put the file there.")
            continue
        except SourceError as error:
            mistakes.append(str(error))
            continue
        schema = {column: of.type for column, of in columns.items()}
        checked[name] = CheckedFile(
            pl.DataFrame(rows, schema, orient="row"), hashlib.sha256(content).hexdigest()
        )
    if mistakes:
        raise SourceError("\n".join(mistakes) + "\nWhat was loaded before stays as it is.")
    return checked


def _rows(
    file: str,
    records: list[Record],
    columns: dict[str, Column],
    keys: dict[str, set[Any]],
    table: str,
) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a file, and note its keys. Raises SourceError with its mistakes."""
    header = records[0].cells if records else []
    if header != list(columns):
        raise SourceError(
            f"{file}, line 1: expected the header {','.join(columns)}. Found {','.join(header) or 'nothing'}."
        )
    if len(records) == 1:
        raise SourceError(f"{file} has no rows below its header. It would empty the table.")
    own = keys.setdefault(table, set())
    mistakes: list[str] = []
    for record in records[1:]:
        row, found = _row(file, record, columns, own, keys)
        mistakes += found
        if len(mistakes) >= MOST_MISTAKES:
            break
        yield row
    if mistakes:
        raise SourceError("\n".join(mistakes[:MOST_MISTAKES]))


def _row(
    file: str,
    record: Record,
    columns: dict[str, Column],
    own: set[Any],
    keys: dict[str, set[Any]],
) -> tuple[tuple[Any, ...], list[str]]:
    """Return the values of a record, and its mistakes."""
    if len(record.cells) != len(columns):
        count = f"{len(record.cells)} cells, expected {len(columns)}"
        return (), [f"{file}, line {record.line}: the row has {count}."]
    values: list[Any] = []
    mistakes: list[str] = []
    for (name, column), text in zip(columns.items(), record.cells, strict=True):
        where = f"{file}, line {record.line}, column {name}: "
        try:
            value = column.read(text)
        except ValueError:
            mistakes.append(f"{where}expected {column.expected}. Found {text!r}.")
            continue
        if column.values and value not in column.values:
            mistakes.append(f"{where}expected {column.expected}. Found {text!r}.")
        if column.is_key and value in own:
            mistakes.append(f"{where}{value} occurs twice.")
        if column.is_key:
            own.add(value)
        if column.refers_to and value not in keys.get(column.refers_to, {value}):
            mistakes.append(f"{where}{column.refers_to} has no id {value}.")
        values.append(value)
    return tuple(values), mistakes
