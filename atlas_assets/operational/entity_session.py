"""Sessions that read and write the records of one entity only, whatever the statement.

What a session reads is rewritten by `entity_query`. The statements of a writer are Atlas's own: they are
prefixed with common table expressions that have the names of the tables but hold only the entity's rows.
SQLite looks names up there first, in every join and subquery, in a file as on a server.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session

from atlas_assets.operational.entity_query import ScopeError, Tables, narrowed
from atlas_assets.operational.models.base import Base, EntityScoped
from atlas_assets.operational.models.core import Entity
from atlas_assets.operational.upsert import upsert

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

_ULID = re.compile(r"[0-9A-Z]{26}")
_BEGIN = re.compile(r"BEGIN \w+")
_SELECT_OR_DELETE = re.compile(r"\s*(SELECT|DELETE)\b", re.IGNORECASE)


@contextmanager
def reading(connection: sa.Connection, entity_id: str) -> Generator[Session]:
    """Yield a read-only session that sees one entity's rows.

    Anything but a query of the model's tables with harmless functions raises ScopeError.
    """
    with (
        _rewriting(connection, entity_id, _of_reader),
        Session(connection) as session,
    ):
        yield session


@contextmanager
def writing(connection: sa.Connection, entity_id: str) -> Generator[EntityWriter]:
    """Yield a writer of one entity's records."""
    with _rewriting(connection, entity_id, _of_writer):
        yield EntityWriter(connection, entity_id)


class EntityWriter:
    """Queries, deletes and upserts the records of one entity."""

    def __init__(self, connection: sa.Connection, entity_id: str) -> None:
        self._connection = connection
        self.entity_id = entity_id

    def column(self, query: sa.Select[str] | sa.Select[str | None]) -> set[str]:
        """Return the values of a query's only column, without null."""
        return {value for value in self._connection.scalars(query) if value is not None}

    def delete(self, model: type[Any], *criteria: sa.ColumnElement[bool]) -> None:
        """Delete the entity's records that meet all criteria."""
        if issubclass(model, EntityScoped):
            mine = model.entity_id == self.entity_id
        else:
            link, owner = _owner(model)
            mine = link.in_(sa.select(owner.id))
        self._connection.execute(sa.delete(model).where(mine, *criteria))

    def upsert(self, model: type[Base], records: Sequence[dict[str, Any]]) -> None:
        """Insert the entity's records, or update those that exist.

        Raises ScopeError for another entity's.
        """
        if issubclass(model, EntityScoped):
            foreign = [row for row in records if row["entity_id"] != self.entity_id]
        else:
            link, owner = _owner(model)
            known = self.column(sa.select(owner.id)) if records else set[str]()
            foreign = [row for row in records if row[link.key] not in known]
        if foreign:
            raise ScopeError(f"{model.__tablename__}: {foreign[0]} is another entity's.")
        written = upsert(self._connection, model, records)
        if issubclass(model, EntityScoped) and written != len(records):
            raise ScopeError(f"{model.__tablename__}: a record's id is another entity's.")


@contextmanager
def _rewriting(
    connection: sa.Connection, entity_id: str, rewrite: Callable[[str, str], str]
) -> Generator[None]:
    if not _ULID.fullmatch(entity_id):
        raise ScopeError(f"{entity_id!r} is no id of an entity.")

    def narrow(
        _connection: object, _cursor: object, statement: str, parameters: Any, *_rest: object
    ) -> tuple[str, Any]:
        if _BEGIN.fullmatch(statement):  # from the engine
            return statement, parameters
        return rewrite(statement, entity_id), parameters

    event.listen(connection, "before_cursor_execute", narrow, retval=True)
    try:
        yield
    finally:
        event.remove(connection, "before_cursor_execute", narrow)


def _of_reader(statement: str, entity_id: str) -> str:
    return narrowed(statement, entity_id, _tables())


@lru_cache(maxsize=512)
def _of_writer(statement: str, entity_id: str) -> str:
    """Return one of Atlas's own statements, the tables that it names restricted to the entity's rows."""
    if statement.startswith("INSERT INTO "):  # from `upsert`, which looks at each record
        return statement
    common = ", ".join(
        f"{table} AS NOT MATERIALIZED (SELECT * FROM main.{table} WHERE {condition})"
        for table, condition in _conditions().items()
        if re.search(rf"\b{table}\b", statement, re.IGNORECASE)
    ).replace("$entity", f"'{entity_id}'")
    if not _SELECT_OR_DELETE.match(statement):
        raise ScopeError(f"A writer queries and deletes: {statement}")
    return f"WITH {common} {statement}" if common else statement


@lru_cache
def _tables() -> Tables:
    """Return the tables of the model, with the conditions for an entity's rows."""
    return Tables(_conditions(), Base.metadata.tables)


@lru_cache
def _conditions() -> dict[str, str]:
    """Return, by table, the condition for the rows of `$entity`; shared tables are left out."""
    conditions = {Entity.__tablename__: "id = $entity"}
    for mapper in Base.registry.mappers:
        model: type[Base] = mapper.class_
        if issubclass(model, EntityScoped):
            conditions[str(mapper.local_table)] = "entity_id = $entity"
        elif len(mapper.primary_key) > 1:
            link, owner = _owner(model)
            conditions[model.__tablename__] = (
                f"{link.key} IN (SELECT id FROM main.{owner.__tablename__} "
                "WHERE entity_id = $entity)"
            )
    return conditions


@lru_cache
def _owner(link: type[Base]) -> tuple[Any, type[Any]]:
    """Return the column of a link table that refers to the owner of its rows, and the owner."""
    classes = {mapper.local_table: mapper.class_ for mapper in Base.registry.mappers}
    column = next(iter(sa.inspect(link).primary_key))
    for key in column.foreign_keys:
        owner = classes[key.column.table]
        if issubclass(owner, EntityScoped):
            return getattr(link, column.name), owner
    raise ScopeError(f"{link.__tablename__} belongs to all entities.")
