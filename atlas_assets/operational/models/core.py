"""Group, entities and units."""

from __future__ import annotations

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from atlas_assets.operational.models.base import EntityScoped, Record


class Group(Record):
    """The owner of all entities."""

    __tablename__ = "core_group"

    name: Mapped[str] = mapped_column(unique=True)
    full_name: Mapped[str | None]


class Entity(Record):
    """A company of the group."""

    __tablename__ = "core_entity"
    __table_args__ = (UniqueConstraint("group_id", "code"),)

    group_id: Mapped[str] = mapped_column(ForeignKey("core_group.id"))
    code: Mapped[str]
    name: Mapped[str]
    full_name: Mapped[str | None]


class Unit(Record, EntityScoped):
    """An operating unit of an entity."""

    __tablename__ = "core_unit"
    __table_args__ = (UniqueConstraint("entity_id", "code"),)

    code: Mapped[str]
    name: Mapped[str]
    receipt_prefix: Mapped[str | None]
    color: Mapped[str | None]
