"""Publishes months of an entity to the operational database, each in one transaction."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from atlas_assets.errors import PublishError
from atlas_assets.operational.dbapi import DataError
from atlas_assets.operational.models import commerce, finance, marketing, people, target
from atlas_assets.operational.orphans import remove_orphans
from atlas_assets.operational.reconcile import dangling_references, published_figures
from atlas_assets.operational.records import MonthRecords
from atlas_assets.operational.removal import remove_what_is_gone
from atlas_assets.operational.seed import entity_id, prepare
from atlas_assets.periods.scope import Partition, Scope
from atlas_assets.warehouse.reconciliation import ReconciliationError, refuse_unreconciled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import duckdb

    from atlas_assets.configuration.registry import Registry
    from atlas_assets.operational.entity_session import EntityWriter
    from atlas_assets.operational.sessions import OperationalStore
    from atlas_assets.periods.calendar import Month
    from atlas_assets.warehouse.reconciliation import Reconciliation


@dataclass(frozen=True)
class Published:
    """The numbers of orders and transactions of a published month, and their amount."""

    orders: int
    transactions: int
    amount: int


@dataclass(frozen=True)
class Publication:
    """What was published of each partition, its comparison with the warehouse, dangling references.

    `removed` names what the registry or the warehouse no longer has, by entity. `restored` are other
    months that had been published before, but that the database had lost.
    """

    published: dict[Partition, Published]
    compared: list[Reconciliation]
    dangling: list[str]
    removed: dict[str, list[str]]
    restored: list[Partition]

    @property
    def row_counts(self) -> dict[Partition, int]:
        """The number of transactions of each partition."""
        return {partition: month.transactions for partition, month in self.published.items()}

    @property
    def problems(self) -> dict[Partition, str]:
        """All problems, for every partition, because references reach across months."""
        texts = [pair.message() for pair in self.compared if not pair.passed] + self.dangling
        return dict.fromkeys(self.published, "; ".join(texts)) if texts else {}


def publish_months(
    store: OperationalStore,
    registry: Registry,
    warehouse: duckdb.DuckDBPyConnection,
    scope: Scope,
    published_before: Iterable[Partition] = (),
) -> Publication:
    """Prepare the database and replace every partition in scope, each in one transaction.

    Of the partitions `published_before`, those that the database has lost are published as well
    (`Publication.restored`). Then what the registry or the warehouse no longer has of these entities is
    removed.

    Raises ReconciliationError, with nothing published, if the marts of a partition are missing or do
    not reconcile, and PublishError as `publish` does.
    """
    refuse_unreconciled(warehouse, scope)
    prepare(store, registry)
    lost = list(_lost(store, warehouse, scope, published_before))
    published: dict[Partition, Published] = {}
    compared: list[Reconciliation] = []
    for partition in [*lost, *scope.partitions]:
        published[partition] = publish(store, registry, warehouse, *partition)
        compared += published_figures(store, warehouse, *partition)
    removed = remove_what_is_gone(store, registry, warehouse, scope.entities)
    in_scope = {partition: published[partition] for partition in scope.partitions}
    return Publication(in_scope, compared, dangling_references(store), removed, lost)


def _lost(
    store: OperationalStore,
    warehouse: duckdb.DuckDBPyConnection,
    scope: Scope,
    published_before: Iterable[Partition],
) -> Iterator[Partition]:
    """Yield the partitions outside the scope that were published and of which nothing is stored.

    The file was deleted, or a migration could not keep the records. Months whose marts are missing or
    do not reconcile are left to their own publication.
    """
    stored = {entity: _stored_months(store, entity) for entity in scope.entities}
    for partition in published_before:
        entity, month = partition
        if partition in scope.partitions or str(month.first_day) in stored.get(entity, ()):
            continue
        with suppress(ReconciliationError):
            refuse_unreconciled(warehouse, Scope((entity,), (month,)))
            yield partition


def _stored_months(store: OperationalStore, entity: str) -> set[str]:
    monthly = (commerce.Order, finance.Transaction, marketing.Activity, target.TargetItem)
    with store.entity_reader(entity_id(entity)) as session:
        return {str(month) for of in monthly for month in session.scalars(sa.select(of.month_key))}


def publish(
    store: OperationalStore,
    registry: Registry,
    warehouse: duckdb.DuckDBPyConnection,
    entity: str,
    month: Month,
) -> Published:
    """Replace an entity's month in a prepared database (`seed.prepare`) with the warehouse's content.

    Orders that began in another month but have, or had, a receipt in this one are updated as well. The
    same input gives the same rows with the same ids. Raises PublishError, with the database as it was,
    if a constraint does not hold or a value cannot be stored.
    """
    try:
        with store.entity_writer(entity_id(entity)) as writer:
            stored = _stored_orders(writer, str(month.first_day))
            _replace(writer, MonthRecords(registry, warehouse, entity, month, stored))
    except (DBAPIError, DataError) as error:
        raise PublishError(
            f"{entity} {month} was not published: {getattr(error, 'orig', error)}. "
            "The operational database is as it was before. Look for the record named above in "
            "intermediate.int_orders."
        ) from error
    return published(store, entity, month)


def published(store: OperationalStore, entity: str, month: Month) -> Published:
    """Return what the operational database holds for an entity's month."""
    order, transaction, month_key = commerce.Order, finance.Transaction, str(month.first_day)
    with store.entity_reader(entity_id(entity)) as session:
        orders = session.scalar(
            sa.select(sa.func.count(order.id)).where(order.month_key == month_key)
        )
        transactions, amount = session.execute(
            sa.select(
                sa.func.count(transaction.id), sa.func.coalesce(sa.func.sum(transaction.amount), 0)
            ).where(transaction.month_key == month_key)
        ).one()
    return Published(orders or 0, transactions, round(amount))


def _replace(writer: EntityWriter, month: MonthRecords) -> None:
    """Replace the month's records, inside the caller's transaction."""
    records = month.records()
    transaction, activity = finance.Transaction, marketing.Activity
    activities = sa.select(activity.id).where(activity.month_key == month.month_key)
    agendas = [agenda["id"] for agenda in records[marketing.Agenda]]
    writer.delete(transaction, transaction.month_key == month.month_key)
    writer.delete(target.TargetItem, target.TargetItem.month_key == month.month_key)
    writer.delete(marketing.ActivityChannel, marketing.ActivityChannel.activity_id.in_(activities))
    writer.delete(activity, activity.month_key == month.month_key)
    # Links that a correction may have changed, of records that other months share.
    writer.delete(marketing.AgendaChannel, marketing.AgendaChannel.agenda_id.in_(agendas))
    writer.delete(people.Relation, people.Relation.to_person_id.in_(month.student_ids()))
    for model, rows in records.items():
        writer.upsert(model, rows)
    _remove_orders_that_are_gone(writer, month)
    remove_orphans(writer)


def _stored_orders(writer: EntityWriter, month_key: str) -> set[str]:
    """Return the ids of the stored orders that were booked or paid in the month."""
    order, transaction = commerce.Order, finance.Transaction
    booked = sa.select(order.id).where(order.month_key == month_key)
    paid = sa.select(transaction.order_id).where(transaction.month_key == month_key)
    return writer.column(booked) | writer.column(paid)


def _remove_orders_that_are_gone(writer: EntityWriter, month: MonthRecords) -> None:
    """Remove orders booked in this month that the warehouse no longer has."""
    order, transaction = commerce.Order, finance.Transaction
    booked = writer.column(sa.select(order.id).where(order.month_key == month.month_key))
    for order_id in sorted(booked - month.order_keys.keys()):
        writer.delete(transaction, transaction.order_id == order_id)
        writer.delete(order, order.id == order_id)
