"""Fills the lookups and the core tables from the registry; safe to repeat."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from atlas_assets.operational.migrate import migrate
from atlas_assets.operational.models import commerce, core, finance, marketing, people, target
from atlas_assets.operational.ulids import stable_ulid
from atlas_assets.operational.upsert import upsert

if TYPE_CHECKING:
    from collections.abc import Sequence

    from atlas_assets.configuration.registry import Entity, LookupValue, Registry
    from atlas_assets.operational.models.base import Base
    from atlas_assets.operational.sessions import OperationalStore

# The lookups that belong to the data model, not to the business.
FIXED_LOOKUPS: dict[type[Base], dict[str, str]] = {
    people.AccountType: {"student": "Student"},
    people.RelationType: {"guardian": "Guardian"},
    commerce.OrderType: {
        "enrollment": "Enrollment",
        "merchandise": "Merchandise",
        "event": "Event",
    },
    commerce.OrderStatus: {"open": "Open", "paid": "Paid", "cancelled": "Cancelled"},
    commerce.CustomerType: {"new": "New", "renewal": "Renewal", "alumni": "Alumni"},
    finance.TransactionType: {"payment": "Payment", "refund": "Refund"},
    marketing.ChannelType: {"conventional": "Conventional", "digital": "Digital"},
}
METRICS = {"revenue": "Revenue", "students": "Students", "leads": "Leads"}  # what can be planned


def entity_id(code: str) -> str:
    """Return the id of an entity."""
    return stable_ulid("core_entity", code)


def unit_id(entity_code: str, unit_code: str) -> str:
    """Return the id of a unit."""
    return stable_ulid("core_unit", entity_code, unit_code)


def lookup_id(model: type[Base], code: str) -> str:
    """Return the id of a lookup value."""
    return stable_ulid(model.__tablename__, code)


def prepare(
    store: OperationalStore, registry: Registry, entity: str | None = None
) -> dict[str, int]:
    """Migrate the database and seed it, with one entity or all; safe to repeat.

    Returns the number of rows written, by table.
    """
    migrate(store)
    return seed(store, registry, [registry.entity(entity)] if entity else registry.entities)


def seed(store: OperationalStore, registry: Registry, entities: list[Entity]) -> dict[str, int]:
    """Insert or update the lookups, the group and the given entities with their units.

    Returns the number of rows written, by table.
    """
    rows = {**lookups(registry), **_core(registry, entities)}
    with store.writer() as connection:
        for model, records in rows.items():
            upsert(connection, model, records)
    return {model.__tablename__: len(records) for model, records in rows.items()}


def lookups(registry: Registry) -> dict[type[Base], list[dict[str, Any]]]:
    """Return the records of the lookup tables, parents before children."""
    named: dict[type[Base], Sequence[LookupValue]] = {
        people.Sex: registry.sexes,
        finance.PaymentMethod: registry.payment_methods,
        finance.PaymentPattern: registry.payment_patterns,
    }
    codes = {
        **FIXED_LOOKUPS,
        **{model: {value.code: value.name for value in values} for model, values in named.items()},
    }
    rows: dict[type[Base], list[dict[str, Any]]] = {
        model: [
            {"id": lookup_id(model, code), "code": code, "name": name}
            for code, name in values.items()
        ]
        for model, values in codes.items()
    }
    rows[target.Metric] = _metrics(registry)
    rows[people.OrganizationLevel] = [
        {
            "id": lookup_id(people.OrganizationLevel, level),
            "code": level,
            "name": level,
            "sort_order": position,
        }
        for position, level in enumerate(registry.organization_levels)
    ]
    rows[marketing.Channel] = [
        {
            "id": lookup_id(marketing.Channel, channel.name),
            "type_id": lookup_id(marketing.ChannelType, channel.category),
            "name": channel.name,
        }
        for channel in registry.channels
    ]
    return rows


def _metrics(registry: Registry) -> list[dict[str, Any]]:
    return [
        {
            "id": lookup_id(target.Metric, code),
            "code": code,
            "name": name,
            "unit_of_measure": registry.currency.name if code == "revenue" else code,
        }
        for code, name in METRICS.items()
    ]


def _core(registry: Registry, entities: list[Entity]) -> dict[type[Base], list[dict[str, Any]]]:
    group = registry.group
    group_id = stable_ulid("core_group")  # there is one, and its name may change
    return {
        core.Group: [{"id": group_id, "name": group.name, "full_name": group.full_name}],
        core.Entity: [
            {
                "id": entity_id(entity.code),
                "group_id": group_id,
                "code": entity.code,
                "name": entity.name,
                "full_name": entity.full_name,
            }
            for entity in entities
        ],
        core.Unit: [
            {
                "id": unit_id(entity.code, unit.code),
                "entity_id": entity_id(entity.code),
                "code": unit.code,
                "name": unit.name,
                "receipt_prefix": unit.receipt_prefix,
                "color": unit.color,
            }
            for entity in entities
            for unit in entity.units
        ],
    }
