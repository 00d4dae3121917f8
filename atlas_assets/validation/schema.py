"""The JSON Schema of the validation file. Run as a module to write it after the model has changed."""

from __future__ import annotations

import json
from pathlib import Path

from atlas_assets.validation.model import Validation

PATH = Path(__file__).with_name("validation.schema.json")


def schema_text() -> str:
    """Return the schema as it is committed."""
    return json.dumps(Validation.model_json_schema(mode="serialization"), indent=2) + "\n"


if __name__ == "__main__":
    PATH.write_text(schema_text(), encoding="utf-8")
