"""A session that sees and changes the rows of one entity, whatever it is asked."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria
from sqlalchemy.sql import visitors

from atlas_assets.operational.models.base import Base, EntityScoped
from atlas_assets.operational.models.core import Entity
from atlas_assets.operational.upsert import upsert

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.sql.base import ExecutableOption


class ScopeError(Exception):
    """A statement or record would have left the entity of its session."""


class EntitySession(Session):
    """Selects and deletes among one entity's rows; writes them with `upsert`.

    Every mapped class of a statement is narrowed to the entity, in joins, subqueries, aliases and
    relationships as well. What could not be narrowed raises ScopeError: SQL as text, tables
    without their class, and changes to objects.
    """

    def __init__(self, connection: sa.Connection, entity_id: str) -> None:
        super().__init__(connection, autoflush=False)
        self.entity_id = entity_id
        self._connection = connection
        self._criteria = _criteria(entity_id)
        event.listen(self, "do_orm_execute", self._narrow)
        event.listen(self, "before_flush", self._refuse_changes)

    def upsert(self, model: type[Base], records: Sequence[dict[str, Any]]) -> None:
        """Insert the entity's records, or bring the ones that exist to the given values."""
        if issubclass(model, EntityScoped):
            strangers = [row for row in records if row["entity_id"] != self.entity_id]
            if strangers:
                raise ScopeError(f"{model.__tablename__}: {strangers[0]} is another entity's.")
        elif model not in _links():
            raise ScopeError(f"{model.__tablename__} belongs to all entities.")
        upsert(self._connection, model, records)

    def connection(self, *_arguments: object, **_options: object) -> NoReturn:
        """Refuse: a connection knows no entity."""
        raise ScopeError("A session of one entity gives no connection.")

    def _narrow(self, state: ORMExecuteState) -> None:
        statement = state.statement
        if not isinstance(statement, sa.Select | sa.Delete) or not state.is_orm_statement:
            raise ScopeError("Only mapped classes can be selected and deleted here.")
        for part in visitors.iterate(statement):
            if isinstance(part, sa.Select | sa.Delete):
                _refuse_unmapped(part)
        state.statement = statement.options(*self._criteria)
        if state.is_delete:
            state.update_execution_options(synchronize_session=False)

    @staticmethod
    def _refuse_changes(session: Session, *_arguments: object) -> None:
        changed = [*session.new, *session.dirty, *session.deleted]
        if changed:
            raise ScopeError(f"{changed[0]} was changed as an object. Use `upsert` and `delete`.")


def _refuse_unmapped(statement: sa.Select[*tuple[Any, ...]] | sa.Delete) -> None:
    """Raise ScopeError for what the criteria do not reach, subqueries left aside."""
    elements = list(_elements(statement))
    # A column or table may come without its class where it stands beside it with it. What is
    # annotated with its class has the hash of what is not.
    mapped = {
        hash(element.table if isinstance(element, sa.ColumnClause) else element)
        for element in elements
        if _is_mapped(element)
    }
    for element in elements:
        match element:
            case sa.TextClause():
                unmapped = True
            case sa.ColumnClause(is_literal=True):
                unmapped = element.name != "*"
            case sa.ColumnClause(table=sa.Alias() | sa.TableClause() as source):
                unmapped = not _is_mapped(element) and hash(source) not in mapped
            case sa.Alias() | sa.TableClause():
                unmapped = hash(element) not in mapped
            case _:
                unmapped = False
        if unmapped:
            raise ScopeError(f"Use the mapped class and no SQL as text: {element}")


def _elements(
    parent: visitors.ExternallyTraversible,
) -> Iterator[visitors.ExternallyTraversible]:
    for element in parent.get_children():
        if not isinstance(element, sa.Select):
            yield element
            if not (_is_mapped(element) or isinstance(element, sa.Alias)):
                yield from _elements(element)


def _is_mapped(element: visitors.ExternallyTraversible) -> bool:
    return "parentmapper" in getattr(element, "_annotations", {})  # there is no public way to ask


def _criteria(entity_id: str) -> list[ExecutableOption]:
    """Return what narrows each class: records, links between them, and the entity itself."""
    return [
        with_loader_criteria(
            EntityScoped, lambda cls: cls.entity_id == entity_id, include_aliases=True
        ),
        with_loader_criteria(Entity, Entity.id == entity_id, include_aliases=True),
        *(
            with_loader_criteria(
                link,
                column.in_(sa.select(owner.id).where(owner.entity_id == entity_id)),
                include_aliases=True,
            )
            for link, (column, owner) in _links().items()
        ),
    ]


@cache
def _links() -> dict[type[Base], tuple[sa.ColumnElement[str], type[Any]]]:
    """Return the tables without an entity of their own: each with its owner and the key of it."""
    classes = {mapper.local_table: mapper.class_ for mapper in Base.registry.mappers}
    return {
        link: (getattr(link, column.name), classes[key.column.table])
        for table, link in classes.items()
        if not issubclass(link, EntityScoped)
        for column in list(table.primary_key)[:1]
        for key in column.foreign_keys
        if issubclass(classes[key.column.table], EntityScoped)
    }
