"""Writes many records with few statements, on a file as on a server.

A statement takes thousands of records as one JSON text, which SQLite itself unpacks: the driver
spends more on each single parameter than SQLite on the row, and a server answers two requests for
every statement.
"""

from __future__ import annotations

from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import orjson
import sqlalchemy as sa

from atlas_assets.operational.dbapi import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from atlas_assets.operational.models.base import Base

RECORDS_PER_STATEMENT = 5000
_LONGEST_TEXT = 4_000_000  # bytes; servers take values of up to 5,000,000
_LARGEST = 2**62  # of the integers that SQLite reads exactly and that a float has as denominator


def upsert(connection: sa.Connection, model: type[Base], records: Sequence[dict[str, Any]]) -> None:
    """Insert records by their key, or bring the ones that exist to the given values.

    All records have the same columns. Raises DataError for a value that would not come back as it
    went in: text with a NUL character, NaN, infinity, floats beyond the range of money.
    """
    if not records:
        return
    columns = tuple(records[0])
    values_of = itemgetter(*columns)
    statement, reals = _statement(model, columns)
    for start in range(0, len(records), RECORDS_PER_STATEMENT):
        rows = [values_of(record) for record in records[start : start + RECORDS_PER_STATEMENT]]
        for text in _texts(rows, reals):
            connection.exec_driver_sql(statement, (text,))


@lru_cache
def _statement(model: type[Base], columns: tuple[str, ...]) -> tuple[str, tuple[int, ...]]:
    """Return the statement, and the places of the floats.

    A float comes as a fraction, whose denominator stands behind the columns unless it is one:
    SQLite does not read every decimal as the float that is nearest to it.
    """
    mapper = sa.inspect(model)
    table = mapper.local_table
    reals = [i for i, name in enumerate(columns) if isinstance(table.c[name].type, sa.Float)]
    values = [f"value ->> {place}" for place in range(len(columns))]
    for denominator, place in enumerate(reals, start=len(columns)):
        values[place] = f"CAST(value ->> {place} AS REAL) / coalesce(value ->> {denominator}, 1)"
    key = [column.name for column in mapper.primary_key]
    changed = ", ".join(f"{name} = excluded.{name}" for name in columns if name not in key)
    statement = (
        f"INSERT INTO {model.__tablename__} ({', '.join(columns)}) "
        f"SELECT {', '.join(values)} FROM json_each(?) WHERE true "  # SQLite wants the WHERE here
        f"ON CONFLICT ({', '.join(key)}) DO {f'UPDATE SET {changed}' if changed else 'NOTHING'}"
    )
    return statement, tuple(reals)


def _texts(rows: list[tuple[Any, ...]], reals: tuple[int, ...]) -> Iterator[str]:
    """Yield the rows as JSON, in as few texts as servers take."""
    text = _json(rows, reals)
    if len(text) <= _LONGEST_TEXT or len(rows) == 1:
        yield text.decode()
    else:
        half = len(rows) // 2
        yield from _texts(rows[:half], reals)
        yield from _texts(rows[half:], reals)


def _json(rows: list[tuple[Any, ...]], reals: tuple[int, ...]) -> bytes:
    """Return rows as SQLite reads them exactly."""
    if not all(_is_whole(row[place]) for place in reals for row in rows):
        rows = [_with_fractions(row, reals) for row in rows]
    try:
        text = orjson.dumps(rows)
    except TypeError as error:
        raise DataError(f"a record holds a value that cannot be stored: {error}") from error
    if b"\\u0000" in text and any("\x00" in str(value) for row in rows for value in row):
        raise DataError("text with a NUL character is cut off when it is read back")
    return text


def _is_whole(value: float | None) -> bool:
    return value is None or (value.is_integer() and -_LARGEST <= value <= _LARGEST)


def _with_fractions(row: tuple[Any, ...], reals: tuple[int, ...]) -> tuple[Any, ...]:
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
        raise DataError(f"{value} is no amount") from error
    if max(abs(numerator), denominator) > _LARGEST:
        raise DataError(f"{value} cannot be stored exactly")
    return numerator, denominator
