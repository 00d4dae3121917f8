"""Marketing channels."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from atlas_assets.operational.models.base import Base


class ChannelType(Base):
    """Conventional or digital."""

    __tablename__ = "marketing_channel_type"

    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]


class Channel(Base):
    """A way by which students hear of a unit."""

    __tablename__ = "marketing_channel"

    type_id: Mapped[str] = mapped_column(ForeignKey("marketing_channel_type.id"))
    name: Mapped[str] = mapped_column(unique=True)
