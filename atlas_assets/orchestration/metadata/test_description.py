"""What a test of dbt says about its model, in a sentence: the description of its asset check."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_SENTENCES = {
    "accepted_values": "`{column_name}` is one of {values}.",
    "not_null": "No row is without `{column_name}`.",
    "registered_unit": "Every unit is registered for the entity of its row.",
    "relationships": "Every `{column_name}` is a `{field}` of {to}.",
    "unique_key": "No two rows have the same {columns}.",
    "within_its_entity": "`{column_name}` begins with the entity of its row: no two entities share one.",
}


def test_description(test: Mapping[str, Any]) -> str:
    """Return what has to hold, from a test's kind or, for one of its own, from the comment at its top.

    Raises KeyError for a kind of test that has no sentence.
    """
    kind = test.get("test_metadata")
    if not kind:
        comment = re.findall(r"^-- (.*)$", str(test["raw_code"]), flags=re.MULTILINE)
        return " ".join(comment)
    arguments = {name: _shown(value) for name, value in kind["kwargs"].items()}
    return _SENTENCES[kind["name"]].format(**arguments)


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(f"`{item}`" for item in value)
    return re.sub(r"^(?:ref|source)\((.*)\)$", _named, str(value))


def _named(relation: re.Match[str]) -> str:
    """Return the name of a model or source: `raw.registry_channels`."""
    return f"`{'.'.join(re.findall(r'[^, ]+', relation[1].replace(chr(39), '')))}`"
