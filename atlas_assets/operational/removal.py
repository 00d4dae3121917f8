"""Removes what the registry or the warehouse no longer has: entities, units, months and lookups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from atlas_assets.operational.models import catalog, commerce, core, finance, marketing, target
from atlas_assets.operational.models.base import Base
from atlas_assets.operational.orphans import remove_orphans
from atlas_assets.operational.seed import entity_id, lookups, unit_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    from atlas_assets.configuration.registry import Registry
    from atlas_assets.operational.entity_session import EntityWriter
    from atlas_assets.operational.sessions import OperationalStore

_LOADED = "SELECT month_key::VARCHAR FROM intermediate.audit_months WHERE entity_code = ?"


def remove_what_is_gone(
    store: OperationalStore,
    registry: Registry,
    warehouse: duckdb.DuckDBPyConnection,
    entities: Sequence[str],
) -> dict[str, list[str]]:
    """Remove entities that are no longer registered, and of some entities what they no longer have.

    That is units that are no longer registered and months that are no longer loaded. Lookups that are no
    longer registered go once no record refers to them. Returns what was removed, in words, by entity;
    what belongs to none of them is listed with each.
    """
    of_all = _remove_entities(store, registry)
    removed: dict[str, list[str]] = {}
    for code in entities:
        months = {month for (month,) in warehouse.execute(_LOADED, [code]).fetchall()}
        units = {unit_id(code, unit.code) for unit in registry.entity(code).units}
        with store.entity_writer(entity_id(code)) as writer:
            gone = [f"{code} {month[:7]}" for month in _remove_months(writer, months)]
            gone += [f"unit {unit} of {code}" for unit in _remove_units(writer, units)]
            remove_orphans(writer)
        removed[code] = gone
    of_all += _remove_lookups(store, registry)
    return {code: [*gone, *of_all] for code, gone in removed.items()}


def _remove_entities(store: OperationalStore, registry: Registry) -> list[str]:
    """Remove entities with all of their records, children before parents."""
    registered = [entity_id(entity.code) for entity in registry.entities]
    entity = core.Entity
    with store.writer() as connection:
        query = sa.select(entity.id, entity.code).where(entity.id.not_in(registered))
        gone = {str(row.id): str(row.code) for row in connection.execute(query)}
        for table in reversed(Base.metadata.sorted_tables) if gone else ():
            if (owned := _owned(table, list(gone))) is not None:
                connection.execute(sa.delete(table).where(owned))
        connection.execute(sa.delete(entity).where(entity.id.in_(list(gone))))
    return [f"entity {code}" for code in sorted(gone.values())]


def _owned(table: sa.Table, entities: list[str]) -> sa.ColumnElement[bool] | None:
    """Return the condition for rows of some entities, or None for a table that all share."""
    if "entity_id" in table.c:
        return table.c.entity_id.in_(entities)
    for column in table.primary_key.columns if len(table.primary_key.columns) > 1 else ():
        for key in column.foreign_keys:
            owner = key.column.table
            if "entity_id" in owner.c:
                return column.in_(sa.select(owner.c.id).where(owner.c.entity_id.in_(entities)))
    return None


def _remove_months(writer: EntityWriter, loaded: set[str]) -> list[str]:
    """Remove the records of months that are not loaded; an order stays while it has payments."""
    order, transaction = commerce.Order, finance.Transaction
    monthly: tuple[Any, ...] = (order, transaction, marketing.Activity, target.TargetItem)
    stored = set[str]().union(*(writer.column(sa.select(model.month_key)) for model in monthly))
    gone = sorted(stored - loaded)
    if gone:
        writer.delete(transaction, transaction.month_key.in_(gone))
        paid = sa.select(transaction.order_id).where(transaction.order_id.is_not(None))
        writer.delete(order, order.month_key.in_(gone), order.id.not_in(paid))
        writer.delete(target.TargetItem, target.TargetItem.month_key.in_(gone))
        _remove_activities(writer, marketing.Activity.month_key.in_(gone))
    return gone


def _remove_units(writer: EntityWriter, registered: set[str]) -> list[str]:
    """Remove units that are not registered, with their records."""
    unit, order, agenda = core.Unit, commerce.Order, marketing.Agenda
    gone = writer.column(sa.select(unit.id)) - registered
    if not gone:
        return []
    codes = sorted(writer.column(sa.select(unit.code).where(unit.id.in_(gone))))
    orders = sa.select(order.id).where(order.unit_id.in_(gone))
    writer.delete(finance.Transaction, finance.Transaction.order_id.in_(orders))
    writer.delete(finance.Transaction, finance.Transaction.unit_id.in_(gone))
    writer.delete(order, order.unit_id.in_(gone))
    writer.delete(target.TargetItem, target.TargetItem.unit_id.in_(gone))
    _remove_activities(writer, marketing.Activity.unit_id.in_(gone))
    channel = marketing.AgendaChannel
    agendas = sa.select(agenda.id).where(agenda.unit_id.in_(gone))
    writer.delete(channel, channel.agenda_id.in_(agendas))
    writer.delete(agenda, agenda.unit_id.in_(gone))
    remove_orphans(writer)
    writer.delete(catalog.Brand, catalog.Brand.unit_id.in_(gone))
    writer.delete(unit, unit.id.in_(gone))
    return codes


def _remove_activities(writer: EntityWriter, which: sa.ColumnElement[bool]) -> None:
    activity, channel = marketing.Activity, marketing.ActivityChannel
    writer.delete(channel, channel.activity_id.in_(sa.select(activity.id).where(which)))
    writer.delete(activity, which)


def _remove_lookups(store: OperationalStore, registry: Registry) -> list[str]:
    """Remove lookup values that are not registered and that no record refers to."""
    removed: list[str] = []
    with store.writer() as connection:
        for model, records in reversed(lookups(registry).items()):
            table: Any = model.__table__
            unused = [
                table.c.id.not_in(sa.select(column).where(column.is_not(None)))
                for column in _references_to(table)
            ]
            gone = sa.and_(table.c.id.not_in([record["id"] for record in records]), *unused)
            names = connection.scalars(sa.select(table.c.name).where(gone)).all()
            removed += [f"{name} of {table.name}" for name in names]
            if names:
                connection.execute(sa.delete(table).where(gone))
    return removed


def _references_to(table: sa.Table) -> list[sa.Column[Any]]:
    return [
        key.parent
        for other in Base.metadata.sorted_tables
        for key in other.foreign_keys
        if key.column.table is table
    ]
