"""Marketing: channels, planned events, activities, and the segments that they address."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from atlas_assets.operational.models.base import Base, EntityScoped, Record


class ChannelType(Record):
    """Conventional or digital."""

    __tablename__ = "marketing_channel_type"

    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]


class Channel(Record):
    """A way in which students hear of a unit."""

    __tablename__ = "marketing_channel"

    type_id: Mapped[str] = mapped_column(ForeignKey("marketing_channel_type.id"))
    name: Mapped[str] = mapped_column(unique=True)


class Segment(Record, EntityScoped):
    """A target group of marketing, for example the students of a level of schooling."""

    __tablename__ = "marketing_segment"
    __table_args__ = (UniqueConstraint("entity_id", "name"),)

    level_id: Mapped[str | None] = mapped_column(ForeignKey("db_organization_level.id"))
    name: Mapped[str]


class Agenda(Record, EntityScoped):
    """A planned marketing event. Dates are `YYYY-MM-DD`."""

    __tablename__ = "marketing_agenda"
    __table_args__ = (UniqueConstraint("entity_id", "unit_id", "title", "starts_on"),)

    unit_id: Mapped[str | None] = mapped_column(ForeignKey("core_unit.id"))
    title: Mapped[str]
    starts_on: Mapped[str]
    ends_on: Mapped[str | None]
    target_leads: Mapped[int | None]

    channels: Mapped[list[Channel]] = relationship(
        viewonly=True, secondary="marketing_agenda_channel"
    )
    activities: Mapped[list[Activity]] = relationship(viewonly=True, back_populates="agenda")


class AgendaChannel(Base):
    """A channel that an agenda uses."""

    __tablename__ = "marketing_agenda_channel"

    agenda_id: Mapped[str] = mapped_column(ForeignKey("marketing_agenda.id"), primary_key=True)
    channel_id: Mapped[str] = mapped_column(ForeignKey("marketing_channel.id"), primary_key=True)


class AgendaSegment(Base):
    """A segment that an agenda addresses."""

    __tablename__ = "marketing_agenda_segment"

    agenda_id: Mapped[str] = mapped_column(ForeignKey("marketing_agenda.id"), primary_key=True)
    segment_id: Mapped[str] = mapped_column(ForeignKey("marketing_segment.id"), primary_key=True)


class AgendaOrganization(Base):
    """An organization at which an agenda takes place."""

    __tablename__ = "marketing_agenda_organization"

    agenda_id: Mapped[str] = mapped_column(ForeignKey("marketing_agenda.id"), primary_key=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("db_organization.id"), primary_key=True)


class Activity(Record, EntityScoped):
    """One line of a recap sheet: an activity and its results.

    `month_key` is the first day of the sheet's month, `reported_closings` the administrators' own
    count; reports count closings from the orders instead.
    """

    __tablename__ = "marketing_activity"
    __table_args__ = (Index("ix_marketing_activity_entity_id_month_key", "entity_id", "month_key"),)

    agenda_id: Mapped[str | None] = mapped_column(ForeignKey("marketing_agenda.id"), index=True)
    unit_id: Mapped[str] = mapped_column(ForeignKey("core_unit.id"))
    held_on: Mapped[str | None]
    month_key: Mapped[str]
    week: Mapped[str | None]
    title: Mapped[str | None]
    leads: Mapped[int | None]
    follow_ups: Mapped[int | None]
    reported_closings: Mapped[int | None]

    agenda: Mapped[Agenda | None] = relationship(viewonly=True, back_populates="activities")
    channels: Mapped[list[Channel]] = relationship(
        viewonly=True, secondary="marketing_activity_channel"
    )


class ActivityChannel(Base):
    """A channel that an activity used."""

    __tablename__ = "marketing_activity_channel"

    activity_id: Mapped[str] = mapped_column(ForeignKey("marketing_activity.id"), primary_key=True)
    channel_id: Mapped[str] = mapped_column(ForeignKey("marketing_channel.id"), primary_key=True)


class ActivitySegment(Base):
    """A segment that an activity addressed."""

    __tablename__ = "marketing_activity_segment"

    activity_id: Mapped[str] = mapped_column(ForeignKey("marketing_activity.id"), primary_key=True)
    segment_id: Mapped[str] = mapped_column(ForeignKey("marketing_segment.id"), primary_key=True)


class ActivityOrganization(Base):
    """An organization at which an activity took place."""

    __tablename__ = "marketing_activity_organization"

    activity_id: Mapped[str] = mapped_column(ForeignKey("marketing_activity.id"), primary_key=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("db_organization.id"), primary_key=True)
