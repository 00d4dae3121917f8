"""People, the schools they come from, and their accounts."""

from __future__ import annotations

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from atlas_assets.operational.models.base import Base, EntityScoped


class Sex(Base):
    """A sex, for example `F`."""

    __tablename__ = "db_sex"

    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]


class OrganizationLevel(Base):
    """A level of schooling, for example SMA."""

    __tablename__ = "db_organization_level"

    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    sort_order: Mapped[int]


class AccountType(Base):
    """What an account is kept for."""

    __tablename__ = "db_account_type"

    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]


class Organization(Base, EntityScoped):
    """A school or other organization that students come from."""

    __tablename__ = "db_organization"
    __table_args__ = (UniqueConstraint("entity_id", "normalized_name"),)

    level_id: Mapped[str | None] = mapped_column(ForeignKey("db_organization_level.id"))
    name: Mapped[str]
    normalized_name: Mapped[str]
    city: Mapped[str | None]


class Person(Base, EntityScoped):
    """A student; one per entity and normalised name. Dates are `YYYY-MM-DD`."""

    __tablename__ = "db_person"
    __table_args__ = (UniqueConstraint("entity_id", "normalized_name"),)

    organization_id: Mapped[str | None] = mapped_column(
        ForeignKey("db_organization.id"), index=True
    )
    sex_id: Mapped[str | None] = mapped_column(ForeignKey("db_sex.id"))
    student_number: Mapped[str | None]
    name: Mapped[str]
    normalized_name: Mapped[str]
    birth_place: Mapped[str | None]
    birth_date: Mapped[str | None]
    identity_number: Mapped[str | None]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    address: Mapped[str | None]
    city: Mapped[str | None]


class Account(Base, EntityScoped):
    """A person's account, one for each organization she came from. `opened_on` is a date."""

    __tablename__ = "db_account"
    __table_args__ = (UniqueConstraint("entity_id", "person_id", "organization_id"),)

    type_id: Mapped[str] = mapped_column(ForeignKey("db_account_type.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("db_person.id"), index=True)
    organization_id: Mapped[str | None] = mapped_column(
        ForeignKey("db_organization.id"), index=True
    )
    opened_on: Mapped[str | None]
