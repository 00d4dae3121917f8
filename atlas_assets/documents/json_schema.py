"""The JSON Schema of a model, as committed next to the model."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import BaseModel


def schema_text(model: type[BaseModel]) -> str:
    """Return the JSON Schema of a model's serialized form, as indented text."""
    return json.dumps(model.model_json_schema(mode="serialization"), indent=2) + "\n"
