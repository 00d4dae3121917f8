"""The JSON Schema of a model, as committed next to the model."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from atlas_assets.documents.reference import file_schema

if TYPE_CHECKING:
    from pydantic import BaseModel

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema_text(model: type[BaseModel], identifier: str) -> str:
    """Return the JSON Schema of a model's serialized form, as indented text; `identifier` is its URI."""
    schema = {"$schema": DIALECT, "$id": identifier, **file_schema(model, "serialization")}
    return json.dumps(schema, indent=2) + "\n"
