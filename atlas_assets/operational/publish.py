"""Writes one entity's month into the operational database, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from atlas_assets.errors import PublishError
from atlas_assets.operational.dbapi import DataError
from atlas_assets.operational.models import (
    catalog,
    commerce,
    finance,
    marketing,
    people,
    target,
)
from atlas_assets.operational.records import MonthRecords
from atlas_assets.operational.seed import entity_id

if TYPE_CHECKING:
    import duckdb

    from atlas_assets.operational.entity_session import EntitySession
    from atlas_assets.operational.sessions import OperationalStore
    from atlas_assets.periods import Month
    from atlas_assets.registry import Registry


@dataclass(frozen=True)
class Published:
    """How many rows of a month stand in the operational database, and what they are worth."""

    orders: int
    transactions: int
    amount: int


def publish(
    store: OperationalStore,
    registry: Registry,
    warehouse: duckdb.DuckDBPyConnection,
    entity: str,
    month: Month,
) -> Published:
    """Replace an entity's month in a prepared database (`seed.prepare`) by what the warehouse holds.

    Orders that began earlier but have a receipt in the month are brought up to date with it. The
    same input gives the same rows with the same ids. Raises PublishError, with the database as it
    was, when a constraint does not hold.
    """
    records = MonthRecords(registry, warehouse, entity, month)
    try:
        with store.entity_writer(records.entity_id) as session:
            _replace(session, records)
    except (DBAPIError, DataError) as error:
        raise PublishError(
            f"{entity} {month} was not published: {getattr(error, 'orig', error)}. "
            "The operational database is as it was before. Look for the record named above in "
            "intermediate.int_orders."
        ) from error
    return published(store, registry, entity, month)


def published(store: OperationalStore, registry: Registry, entity: str, month: Month) -> Published:
    """Count what the operational database holds for an entity's month."""
    order, transaction, month_key = commerce.Order, finance.Transaction, str(month.first_day)
    with store.entity_reader(entity_id(registry, entity)) as session:
        orders = session.scalar(
            sa.select(sa.func.count(order.id)).where(order.month_key == month_key)
        )
        transactions, amount = session.execute(
            sa.select(
                sa.func.count(transaction.id), sa.func.coalesce(sa.func.sum(transaction.amount), 0)
            ).where(transaction.month_key == month_key)
        ).one()
    return Published(orders or 0, transactions, round(amount))


def _replace(session: EntitySession, month: MonthRecords) -> None:
    """Put the month in place; the caller's transaction makes it whole or nothing."""
    records = month.records()
    of_month = {"month_key": month.month_key}
    activities = sa.select(marketing.Activity.id).filter_by(**of_month)
    agendas = [agenda["id"] for agenda in records[marketing.Agenda]]
    for statement in (
        sa.delete(finance.Transaction).filter_by(**of_month),
        sa.delete(target.TargetItem).filter_by(**of_month),
        sa.delete(marketing.ActivityChannel).where(
            marketing.ActivityChannel.activity_id.in_(activities)
        ),
        sa.delete(marketing.Activity).filter_by(**of_month),
        # What a correction may have changed of records that other months have, too.
        sa.delete(marketing.AgendaChannel).where(marketing.AgendaChannel.agenda_id.in_(agendas)),
        sa.delete(people.Relation).where(people.Relation.to_person_id.in_(month.student_ids())),
    ):
        session.execute(statement)
    for model, rows in records.items():
        session.upsert(model, rows)
    _remove_orders_that_are_gone(session, month, {row["id"] for row in records[commerce.Order]})
    _remove_orphans(session)


def _remove_orders_that_are_gone(
    session: EntitySession, month: MonthRecords, current: set[str]
) -> None:
    """Remove orders booked in this month that the warehouse does not know any more."""
    booked = sa.select(commerce.Order.id).filter_by(month_key=month.month_key)
    stored = set(session.scalars(booked))
    if not stored - current:
        return
    for order in sorted(stored - month.known_orders()):
        session.execute(sa.delete(finance.Transaction).filter_by(order_id=order))
        session.execute(sa.delete(commerce.Order).filter_by(id=order))


# What keeps a record: the columns that refer to it.
_REFERENCES: dict[type[Any], list[sa.Select[Any]]] = {
    people.Account: [sa.select(commerce.Order.account_id)],
    people.Person: [
        sa.select(commerce.Order.participant_id),
        sa.select(people.Account.person_id),
        sa.select(people.Relation.from_person_id),
    ],
    people.Organization: [
        sa.select(people.Account.organization_id),
        sa.select(people.Person.organization_id),
    ],
    marketing.Agenda: [sa.select(marketing.Activity.agenda_id)],
    catalog.ItemVariant: [sa.select(commerce.Order.variant_id)],
    catalog.Item: [sa.select(commerce.Order.item_id), sa.select(target.TargetItem.item_id)],
    catalog.Category: [sa.select(catalog.Item.category_id)],
    commerce.Intake: [sa.select(commerce.Order.intake_id)],
}


def _remove_orphans(session: EntitySession) -> None:
    """Remove people, organizations, events and products that nothing refers to any more."""
    for statement in (
        sa.delete(marketing.AgendaChannel).where(
            marketing.AgendaChannel.agenda_id.not_in(_union(_REFERENCES[marketing.Agenda]))
        ),
        sa.delete(people.Account).where(_unused(people.Account)),
        # A guardian is one of somebody who has an account.
        sa.delete(people.Relation).where(
            people.Relation.to_person_id.not_in(sa.select(people.Account.person_id))
        ),
        *(
            sa.delete(model).where(_unused(model))
            for model in _REFERENCES
            if model is not people.Account
        ),
    ):
        session.execute(statement)


def _unused(model: type[Any]) -> sa.ColumnElement[bool]:
    return model.id.not_in(_union(_REFERENCES[model]))


def _union(references: list[sa.Select[Any]]) -> sa.ScalarSelect[Any]:
    queries = [query.where(query.selected_columns[0].is_not(None)) for query in references]
    return sa.union(*queries).scalar_subquery()
