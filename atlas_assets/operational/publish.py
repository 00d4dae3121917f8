"""Writes one entity's month into the operational database, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from atlas_assets.errors import PublishError
from atlas_assets.operational.models import commerce, finance, marketing, people, target
from atlas_assets.operational.records import MonthRecords
from atlas_assets.operational.seed import entity_id, upsert

if TYPE_CHECKING:
    import duckdb

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
        with store.writer() as connection:
            _replace(connection, records)
    except DBAPIError as error:
        raise PublishError(
            f"{entity} {month} was not published: {error.orig}. The operational database is as it "
            "was before. Look for the record named above in intermediate.int_orders."
        ) from error
    return published(store, registry, entity, month)


def published(store: OperationalStore, registry: Registry, entity: str, month: Month) -> Published:
    """Count what the operational database holds for an entity's month."""
    of_month = {"entity_id": entity_id(registry, entity), "month_key": str(month.first_day)}
    with store.reader() as connection:
        orders = connection.scalar(
            sa.select(sa.func.count()).select_from(commerce.Order).filter_by(**of_month)
        )
        transactions, amount = connection.execute(
            sa.select(
                sa.func.count(), sa.func.coalesce(sa.func.sum(finance.Transaction.amount), 0)
            ).filter_by(**of_month)
        ).one()
    return Published(orders or 0, transactions, round(amount))


def _replace(connection: sa.Connection, month: MonthRecords) -> None:
    """Put the month in place; the caller's transaction makes it whole or nothing."""
    records = month.records()
    of_month = {"entity_id": month.entity_id, "month_key": month.month_key}
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
        connection.execute(statement)
    for model, rows in records.items():
        upsert(connection, model, rows)
    _remove_orders_that_are_gone(connection, month, {row["id"] for row in records[commerce.Order]})
    _remove_orphans(connection, month.entity_id)


def _remove_orders_that_are_gone(
    connection: sa.Connection, month: MonthRecords, current: set[str]
) -> None:
    """Remove orders booked in this month that the warehouse does not know any more."""
    of_month = {"entity_id": month.entity_id, "month_key": month.month_key}
    stored = set(connection.scalars(sa.select(commerce.Order.id).filter_by(**of_month)))
    if not stored - current:
        return
    for order in sorted(stored - month.known_orders()):
        connection.execute(sa.delete(finance.Transaction).filter_by(order_id=order))
        connection.execute(sa.delete(commerce.Order).filter_by(id=order))


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
}


def _remove_orphans(connection: sa.Connection, entity_id: str) -> None:
    """Remove accounts, relations, people, organizations and events that nothing refers to."""
    of_entity = {"entity_id": entity_id}
    events = sa.select(marketing.Agenda.id).filter_by(**of_entity)
    for statement in (
        sa.delete(marketing.AgendaChannel).where(
            marketing.AgendaChannel.agenda_id.in_(events),
            marketing.AgendaChannel.agenda_id.not_in(_union(_REFERENCES[marketing.Agenda])),
        ),
        sa.delete(people.Account).filter_by(**of_entity).where(_unused(people.Account)),
        # A guardian is one of somebody who has an account.
        sa.delete(people.Relation)
        .filter_by(**of_entity)
        .where(people.Relation.to_person_id.not_in(sa.select(people.Account.person_id))),
        *(
            sa.delete(model).filter_by(**of_entity).where(_unused(model))
            for model in (people.Person, people.Organization, marketing.Agenda)
        ),
    ):
        connection.execute(statement)


def _unused(model: type[Any]) -> sa.ColumnElement[bool]:
    return model.id.not_in(_union(_REFERENCES[model]))


def _union(references: list[sa.Select[Any]]) -> sa.ScalarSelect[Any]:
    queries = [query.where(query.selected_columns[0].is_not(None)) for query in references]
    return sa.union(*queries).scalar_subquery()
