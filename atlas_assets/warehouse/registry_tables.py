"""The registry as tables, through which its words and rules reach SQL as data."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from atlas_assets.configuration.registry import spellings
from atlas_assets.configuration.visible_text import visible_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from atlas_assets.configuration.registry import LookupValue, Registry


_UNITS = {
    **dict.fromkeys(
        ("entity_code", "unit_code", "unit_name", "brand_name", "receipt_prefix", "color"),
        pl.String,
    ),
    "sort_order": pl.Int64,
}
_CHANNELS = {"channel_name": pl.String, "category": pl.String, "sort_order": pl.Int64}
_PROGRAM_UNITS = {
    **dict.fromkeys(("entity_code", "written", "program_pattern", "unit_code"), pl.String),
    "priority": pl.Int64,
}

_RULES = {
    **dict.fromkeys(
        ("intake_months_before", "intake_months_after", "renewal_window_days"), pl.Int64
    ),
    "honorific_pattern": pl.String,
    "settling_patterns": pl.List(pl.String),
}


def registry_tables(registry: Registry) -> dict[str, pl.DataFrame]:
    """Return `registry_units`, `_channels`, `_words`, `_program_units` and `_rules`, by name."""
    channels = [
        {"channel_name": channel.name, "category": channel.category, "sort_order": position}
        for position, channel in enumerate(registry.channels)
    ]
    program_units = [
        {
            "entity_code": rule.entity,
            "written": visible_text(rule.written),
            "program_pattern": rule.program_pattern,
            "unit_code": rule.unit,
            "priority": position,
        }
        for position, rule in enumerate(registry.program_units)
    ]
    rules = {
        "intake_months_before": registry.plausible_intake.months_before,
        "intake_months_after": registry.plausible_intake.months_after,
        "settling_patterns": [p.code for p in registry.payment_patterns if p.settles],
        "renewal_window_days": registry.renewal_window_days,
        "honorific_pattern": _honorific_pattern(registry.honorifics),
    }
    return {
        "registry_units": _units(registry),
        "registry_channels": pl.DataFrame(channels, _CHANNELS),
        "registry_words": _words(registry),
        "registry_program_units": pl.DataFrame(program_units, _PROGRAM_UNITS),
        "registry_rules": pl.DataFrame([rules], _RULES),
    }


def _honorific_pattern(honorifics: list[str]) -> str:
    """Return the pattern of the titles before a name, one that no name has if there are no titles."""
    return f"^(({'|'.join(map(_name_pattern, honorifics))})( |$))+" if honorifics else "^$"


def _name_pattern(word: str) -> str:
    """Return the pattern of a word in names, which are compared in capitals and without full stops."""
    return re.escape(" ".join(re.findall(r"[^\W_]+", visible_text(word).upper())))


def _units(registry: Registry) -> pl.DataFrame:
    units = [
        {
            "entity_code": entity.code,
            "unit_code": unit.code,
            "unit_name": unit.name,
            "brand_name": unit.brand,
            "receipt_prefix": unit.receipt_prefix,
            "color": unit.color,
            "sort_order": position,
        }
        for entity in registry.entities
        for position, unit in enumerate(entity.units)
    ]
    return pl.DataFrame(units, _UNITS)


def _words(registry: Registry) -> pl.DataFrame:
    words: list[tuple[str, str | None, str, str]] = []
    for entity in registry.entities:
        for unit in entity.units:
            words += [("unit", entity.code, written, unit.code) for written in spellings(unit)]
    for channel in registry.channels:
        words += [("channel", None, written, channel.name) for written in spellings(channel)]
    lookups: dict[str, Sequence[LookupValue]] = {
        "payment_pattern": registry.payment_patterns,
        "payment_method": registry.payment_methods,
        "sex": registry.sexes,
    }
    for kind, values in lookups.items():
        for value in values:
            words += [(kind, None, written, value.code) for written in spellings(value)]
    words += [("level", None, level, level) for level in registry.organization_levels]
    for number, names in registry.months.items():
        words += [("month", None, name, str(number)) for name in names]
    return pl.DataFrame(
        [(kind, entity, visible_text(written), code) for kind, entity, written, code in words],
        schema={
            "kind": pl.String,
            "entity_code": pl.String,
            "written": pl.String,
            "code": pl.String,
        },
        orient="row",
    )
