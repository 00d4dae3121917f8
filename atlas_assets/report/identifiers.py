"""The ids of what a report names: those of the operational database, so that a figure leads to its records."""

from __future__ import annotations

from atlas_assets.configuration.registry import folded_word
from atlas_assets.operational.ulids import stable_ulid


def unit_id(entity: str, unit: str) -> str:
    """Return the id of a unit."""
    return stable_ulid("core_unit", entity, unit)


def program_id(entity: str, unit: str, name: str) -> str:
    """Return the id of a unit's program."""
    return stable_ulid("catalog_item", entity, unit, folded_word(name))


def school_id(entity: str, name: str) -> str:
    """Return the id of a school."""
    return stable_ulid("db_organization", entity, folded_word(name))


def person_id(entity: str, normalized_name: str) -> str:
    """Return the id of a student or another person."""
    return stable_ulid("db_person", entity, normalized_name)


def channel_id(name: str) -> str:
    """Return the id of a marketing channel."""
    return stable_ulid("marketing_channel", name)
