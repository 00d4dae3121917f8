"""What is sold: brands, programs, classes and their prices."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from atlas_assets.operational.models.base import EntityScoped, Record


class Brand(Record, EntityScoped):
    """A unit's public brand."""

    __tablename__ = "catalog_brand"
    __table_args__ = (UniqueConstraint("entity_id", "unit_id"),)

    unit_id: Mapped[str] = mapped_column(ForeignKey("core_unit.id"))
    name: Mapped[str]


class Category(Record, EntityScoped):
    """A program category, for example Intensive."""

    __tablename__ = "catalog_category"
    __table_args__ = (UniqueConstraint("entity_id", "name"),)

    name: Mapped[str]


class Item(Record, EntityScoped):
    """A program of a brand."""

    __tablename__ = "catalog_item"
    __table_args__ = (UniqueConstraint("entity_id", "brand_id", "name"),)

    brand_id: Mapped[str] = mapped_column(ForeignKey("catalog_brand.id"))
    category_id: Mapped[str | None] = mapped_column(ForeignKey("catalog_category.id"))
    name: Mapped[str]


class ItemVariant(Record, EntityScoped):
    """A class of a program."""

    __tablename__ = "catalog_item_variant"
    __table_args__ = (UniqueConstraint("item_id", "name"),)

    item_id: Mapped[str] = mapped_column(ForeignKey("catalog_item.id"))
    name: Mapped[str]


class Price(Record, EntityScoped):
    """What a program or class costs from a date on."""

    __tablename__ = "catalog_price"
    __table_args__ = (
        UniqueConstraint("item_id", "variant_id", "valid_from"),
        CheckConstraint(
            "item_id IS NOT NULL OR variant_id IS NOT NULL", name="names_what_it_prices"
        ),
    )

    item_id: Mapped[str | None] = mapped_column(ForeignKey("catalog_item.id"))
    variant_id: Mapped[str | None] = mapped_column(ForeignKey("catalog_item_variant.id"))
    amount: Mapped[float]
    valid_from: Mapped[str]
    valid_to: Mapped[str | None]
