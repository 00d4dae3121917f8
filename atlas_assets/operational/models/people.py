"""People, the schools they come from, and their accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from atlas_assets.operational.models.base import EntityScoped, Record

if TYPE_CHECKING:
    from atlas_assets.operational.models.commerce import Order


class Sex(Record):
    """A sex, for example `F`."""

    __tablename__ = "db_sex"

    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]


class OrganizationLevel(Record):
    """A level of schooling, for example SMA."""

    __tablename__ = "db_organization_level"

    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    sort_order: Mapped[int]


class RelationType(Record):
    """How two people are related, for example guardian."""

    __tablename__ = "db_relation_type"

    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]


class AccountType(Record):
    """What an account is kept for."""

    __tablename__ = "db_account_type"

    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]


class Organization(Record, EntityScoped):
    """A school or other organization that students come from."""

    __tablename__ = "db_organization"
    __table_args__ = (UniqueConstraint("entity_id", "normalized_name"),)

    level_id: Mapped[str | None] = mapped_column(ForeignKey("db_organization_level.id"))
    name: Mapped[str]
    normalized_name: Mapped[str]
    city: Mapped[str | None]

    level: Mapped[OrganizationLevel | None] = relationship(viewonly=True)
    accounts: Mapped[list[Account]] = relationship(viewonly=True, back_populates="organization")


class Person(Record, EntityScoped):
    """A student or guardian; one per entity and normalised name. Dates are `YYYY-MM-DD`."""

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

    organization: Mapped[Organization | None] = relationship(viewonly=True)
    sex: Mapped[Sex | None] = relationship(viewonly=True)
    accounts: Mapped[list[Account]] = relationship(viewonly=True, back_populates="person")
    guardians: Mapped[list[Person]] = relationship(
        viewonly=True,
        secondary="db_relation",
        primaryjoin="Person.id == Relation.to_person_id",
        secondaryjoin="Person.id == Relation.from_person_id",
    )


class Relation(Record, EntityScoped):
    """How two people are related: `from_person` is, for example, the guardian of `to_person`."""

    __tablename__ = "db_relation"
    __table_args__ = (UniqueConstraint("from_person_id", "to_person_id", "type_id"),)

    from_person_id: Mapped[str] = mapped_column(ForeignKey("db_person.id"), index=True)
    to_person_id: Mapped[str] = mapped_column(ForeignKey("db_person.id"), index=True)
    type_id: Mapped[str] = mapped_column(ForeignKey("db_relation_type.id"))


class Account(Record, EntityScoped):
    """A person's account, one per organization that they came from. Dates are `YYYY-MM-DD`."""

    __tablename__ = "db_account"
    __table_args__ = (UniqueConstraint("entity_id", "person_id", "organization_id"),)

    type_id: Mapped[str] = mapped_column(ForeignKey("db_account_type.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("db_person.id"), index=True)
    organization_id: Mapped[str | None] = mapped_column(
        ForeignKey("db_organization.id"), index=True
    )
    opened_on: Mapped[str | None]

    person: Mapped[Person] = relationship(viewonly=True, back_populates="accounts")
    organization: Mapped[Organization | None] = relationship(
        viewonly=True, back_populates="accounts"
    )
    orders: Mapped[list[Order]] = relationship(viewonly=True, back_populates="account")
