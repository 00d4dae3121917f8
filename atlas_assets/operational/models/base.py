"""Base classes for the tables of the operational database.

Relationships of the models are for reading only (`viewonly`): records are written by `upsert`.
"""

from __future__ import annotations

from sqlalchemy import ForeignKey, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Base class of every table in the operational database."""

    metadata = MetaData(naming_convention=NAMES)


class Record(Base):
    """A table whose key is a ULID, derived from the natural key (`ulids.stable_ulid`)."""

    __abstract__ = True

    id: Mapped[str] = mapped_column(String(26), primary_key=True, sort_order=-2)


class EntityScoped:
    """A table whose rows belong to one entity; other entities never see them."""

    entity_id: Mapped[str] = mapped_column(ForeignKey("core_entity.id"), index=True, sort_order=-1)
