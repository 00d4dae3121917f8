"""Money: receipts and how they were paid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from atlas_assets.operational.models.base import EntityScoped, Record

if TYPE_CHECKING:
    from atlas_assets.operational.models.commerce import Order
    from atlas_assets.operational.models.core import Unit


class PaymentMethod(Record):
    """How a payment was made, for example by transfer."""

    __tablename__ = "finance_payment_method"

    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]


class PaymentPattern(Record):
    """Which part of the price a payment is, for example the second installment."""

    __tablename__ = "finance_payment_pattern"

    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]


class TransactionType(Record):
    """Payment or refund."""

    __tablename__ = "finance_transaction_type"

    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]


class Transaction(Record, EntityScoped):
    """One receipt line with the sheet row that it comes from; `amount` is in the registry's currency.

    Without an order it is revenue of its unit for which no order can be told, because the student, for
    example, is missing in the sheet. `month_key` is the first day of the sheet's month. Dates are `YYYY-MM-DD`.
    """

    __tablename__ = "finance_transaction"
    __table_args__ = (
        UniqueConstraint("entity_id", "receipt_number"),
        Index("ix_finance_transaction_entity_id_month_key", "entity_id", "month_key"),
    )

    order_id: Mapped[str | None] = mapped_column(ForeignKey("commerce_order.id"), index=True)
    unit_id: Mapped[str] = mapped_column(ForeignKey("core_unit.id"))
    type_id: Mapped[str] = mapped_column(ForeignKey("finance_transaction_type.id"))
    method_id: Mapped[str | None] = mapped_column(ForeignKey("finance_payment_method.id"))
    pattern_id: Mapped[str | None] = mapped_column(ForeignKey("finance_payment_pattern.id"))
    receipt_number: Mapped[str]
    receipt_is_fallback: Mapped[int]
    transacted_on: Mapped[str | None]
    month_key: Mapped[str]
    amount: Mapped[float]
    source_file: Mapped[str]
    source_sheet: Mapped[str]
    source_row: Mapped[int]
    note: Mapped[str | None]

    order: Mapped[Order | None] = relationship(viewonly=True, back_populates="transactions")
    unit: Mapped[Unit] = relationship(viewonly=True)
    method: Mapped[PaymentMethod | None] = relationship(viewonly=True)
    pattern: Mapped[PaymentPattern | None] = relationship(viewonly=True)
