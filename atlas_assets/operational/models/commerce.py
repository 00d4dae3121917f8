"""Orders: who enrolled where, for which intake."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from atlas_assets.operational.models.base import EntityScoped, Record

if TYPE_CHECKING:
    from atlas_assets.operational.models.catalog import Item, ItemVariant
    from atlas_assets.operational.models.core import Unit
    from atlas_assets.operational.models.finance import Transaction
    from atlas_assets.operational.models.marketing import Channel
    from atlas_assets.operational.models.people import Account, Person


class OrderType(Record):
    """What kind of thing was ordered, for example an enrollment."""

    __tablename__ = "commerce_order_type"

    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]


class OrderStatus(Record):
    """The status of an order: open, paid or cancelled."""

    __tablename__ = "commerce_order_status"

    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]


class CustomerType(Record):
    """New, renewal or alumni."""

    __tablename__ = "commerce_customer_type"

    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]


class Intake(Record, EntityScoped):
    """The month in which classes start."""

    __tablename__ = "commerce_intake"
    __table_args__ = (UniqueConstraint("entity_id", "year", "month"),)

    year: Mapped[int]
    month: Mapped[int]
    label: Mapped[str]


class Order(Record, EntityScoped):
    """One student's enrollment in one program of one unit for one intake.

    `month_key` is the first day of the month of its first valid transaction, `total_amount` the
    amount paid over all months. The id is derived from the order key.
    """

    __tablename__ = "commerce_order"
    __table_args__ = (Index("ix_commerce_order_entity_id_month_key", "entity_id", "month_key"),)

    account_id: Mapped[str] = mapped_column(ForeignKey("db_account.id"), index=True)
    participant_id: Mapped[str | None] = mapped_column(ForeignKey("db_person.id"), index=True)
    unit_id: Mapped[str] = mapped_column(ForeignKey("core_unit.id"))
    item_id: Mapped[str] = mapped_column(ForeignKey("catalog_item.id"))
    variant_id: Mapped[str | None] = mapped_column(ForeignKey("catalog_item_variant.id"))
    type_id: Mapped[str] = mapped_column(ForeignKey("commerce_order_type.id"))
    status_id: Mapped[str] = mapped_column(ForeignKey("commerce_order_status.id"))
    customer_type_id: Mapped[str | None] = mapped_column(ForeignKey("commerce_customer_type.id"))
    intake_id: Mapped[str | None] = mapped_column(ForeignKey("commerce_intake.id"))
    channel_id: Mapped[str | None] = mapped_column(ForeignKey("marketing_channel.id"))
    ordered_on: Mapped[str]
    month_key: Mapped[str]
    total_amount: Mapped[float]

    account: Mapped[Account] = relationship(viewonly=True, back_populates="orders")
    participant: Mapped[Person | None] = relationship(viewonly=True)
    unit: Mapped[Unit] = relationship(viewonly=True)
    item: Mapped[Item] = relationship(viewonly=True)
    variant: Mapped[ItemVariant | None] = relationship(viewonly=True)
    status: Mapped[OrderStatus] = relationship(viewonly=True)
    customer_type: Mapped[CustomerType | None] = relationship(viewonly=True)
    intake: Mapped[Intake | None] = relationship(viewonly=True)
    channel: Mapped[Channel | None] = relationship(viewonly=True)
    transactions: Mapped[list[Transaction]] = relationship(
        viewonly=True, back_populates="order", order_by="Transaction.month_key, Transaction.id"
    )
