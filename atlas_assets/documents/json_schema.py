"""The JSON Schema of a model, as it is committed beside it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import BaseModel


def schema_text(model: type[BaseModel]) -> str:
    """Return the schema of what a model writes."""
    return json.dumps(model.model_json_schema(mode="serialization"), indent=2) + "\n"
