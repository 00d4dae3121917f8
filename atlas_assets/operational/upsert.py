"""Writes many records with few statements, to a file or a server.

A statement takes thousands of records as one JSON text, which SQLite unpacks itself: the driver
spends more time on a single parameter than SQLite on a whole row, and every statement costs two
requests to a server. Values that all records of a statement share, such as entity and month, are
sent once.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import orjson
import sqlalchemy as sa

from atlas_assets.operational.dbapi import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import DeclarativeBase

RECORDS_PER_STATEMENT = 5000
_LONGEST_TEXT = 4_000_000  # bytes; servers take values of up to 5,000,000
_LARGEST = 2**62  # the largest numerator or denominator; SQLite reads such integers exactly

_KINDS = {str, int, bool, type(None)}

Row = tuple[Any, ...]


def upsert(
    connection: sa.Connection, model: type[DeclarativeBase], records: Sequence[dict[str, Any]]
) -> int:
    """Insert records, or update those whose key exists, and return how many were written.

    Records whose key belongs to another entity are skipped. Raises ValueError unless all records
    have the same columns, and DataError for a value that would not be read back unchanged: text
    with a NUL character, NaN, infinity, floats beyond the range of money, integers beyond 64 bits.
    """
    columns = tuple(records[0]) if records else ()
    if any(len(record) != len(columns) for record in records):
        raise ValueError(f"The records of {model.__tablename__} have different columns.")
    written = 0
    for start in range(0, len(records), RECORDS_PER_STATEMENT):
        chunk = records[start : start + RECORDS_PER_STATEMENT]
        rows = [tuple([record[name] for name in columns]) for record in chunk]
        written += _write(connection, model, columns, rows)
    return written


def _write(
    connection: sa.Connection,
    model: type[DeclarativeBase],
    columns: tuple[str, ...],
    rows: list[Row],
) -> int:
    reals = _reals(model, columns)
    exact = _without_fractions(rows, reals)
    by_column = list(zip(*exact, strict=True))
    for place, values in enumerate(by_column):
        _refuse_inexact(values, may_be_float=place in reals)
    common = tuple(
        place for place, values in enumerate(by_column) if values.count(values[0]) == len(values)
    )
    own = [place for place in range(len(exact[0])) if place not in common]
    text = _json([[row[place] for place in own] for row in exact])
    if len(text) > _LONGEST_TEXT and len(rows) > 1:
        half = len(rows) // 2
        return sum(_write(connection, model, columns, part) for part in (rows[:half], rows[half:]))
    statement = _statement(model, columns, tuple(own), common)
    texts = [text, _json([exact[0][place] for place in common])] if common else [text]
    return connection.exec_driver_sql(statement, tuple(text.decode() for text in texts)).rowcount


@lru_cache
def _reals(model: type[DeclarativeBase], columns: tuple[str, ...]) -> tuple[int, ...]:
    types = sa.inspect(model).local_table.c
    return tuple(i for i, name in enumerate(columns) if isinstance(types[name].type, sa.Float))


@lru_cache
def _statement(
    model: type[DeclarativeBase],
    columns: tuple[str, ...],
    own: tuple[int, ...],
    common: tuple[int, ...],
) -> str:
    """Return the statement for rows with values of their own at `own`, shared ones at `common`."""
    values = {place: f"value ->> {position}" for position, place in enumerate(own)}
    values |= {place: f"?2 ->> {position}" for position, place in enumerate(common)}
    for denominator, place in enumerate(_reals(model, columns), start=len(columns)):
        values[place] = f"CAST({values[place]} AS REAL)"
        if denominator in values:
            values[place] += f" / ({values[denominator]})"
    key = [column.name for column in sa.inspect(model).primary_key]
    changed = ", ".join(f"{name} = excluded.{name}" for name in columns if name not in key)
    update = f"UPDATE SET {changed}" if changed else "NOTHING"
    if changed and "entity_id" in columns:
        update += f" WHERE {model.__tablename__}.entity_id = excluded.entity_id"
    return (
        f"INSERT INTO {model.__tablename__} ({', '.join(columns)}) "
        f"SELECT {', '.join(values[place] for place in range(len(columns)))} "
        "FROM json_each(?1) WHERE true "  # without a WHERE, SQLite takes ON for that of a join
        f"ON CONFLICT ({', '.join(key)}) DO {update}"
    )


def _refuse_inexact(values: tuple[Any, ...], *, may_be_float: bool) -> None:
    kinds = set(map(type, values))
    for kind in kinds - _KINDS - ({float} if may_be_float else set()):
        raise DataError(f"values of type {kind.__name__} cannot be stored here")
    if int in kinds:
        whole = [value for value in values if isinstance(value, int)]
        if max(whole) >= 2**63 or min(whole) < -(2**63):
            raise DataError(f"{max(whole, key=abs)} does not fit in 64 bits")


def _json(value: list[Any]) -> bytes:
    try:
        text = orjson.dumps(value)
    except TypeError as error:  # text with a lone surrogate
        raise DataError(f"a record holds a value that cannot be stored: {error}") from error
    if rb"\u0000" in text and _has_nul(value):
        raise DataError("text with a NUL character is cut off when it is read back")
    return text


def _has_nul(value: Any) -> bool:
    if isinstance(value, list):
        return any(map(_has_nul, value))
    return isinstance(value, str) and "\x00" in value


def _without_fractions(rows: list[Row], reals: tuple[int, ...]) -> list[Row]:
    """Return rows with their floats as whole numerators, the denominators appended to each row.

    Where all are whole already, no denominators are appended. SQLite reads whole numbers exactly,
    but not every decimal as the float nearest to it.
    """
    if all(_is_whole(row[place]) for place in reals for row in rows):
        return rows
    return [_with_denominators(row, reals) for row in rows]


def _is_whole(value: float | None) -> bool:
    return value is None or (
        -_LARGEST <= value <= _LARGEST and (isinstance(value, int) or value.is_integer())
    )


def _with_denominators(row: Row, reals: tuple[int, ...]) -> Row:
    numerators, denominators = list(row), []
    for place in reals:
        numerators[place], denominator = _fraction(row[place])
        denominators.append(denominator)
    return (*numerators, *denominators)


def _fraction(value: float | None) -> tuple[int | None, int]:
    if value is None:
        return None, 1
    try:
        numerator, denominator = value.as_integer_ratio()
    except (ValueError, OverflowError) as error:
        raise DataError(f"{value} is not an amount") from error
    if max(abs(numerator), denominator) > _LARGEST:
        raise DataError(f"{value} cannot be stored exactly")
    return numerator, denominator
