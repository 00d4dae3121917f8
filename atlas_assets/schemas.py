"""The JSON Schemas of the files that Atlas writes. Run as a module to write them again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from atlas_assets.report.model import Report
from atlas_assets.validation.model import Validation

if TYPE_CHECKING:
    from pydantic import BaseModel

_PACKAGE = Path(__file__).parent
SCHEMAS: dict[Path, type[BaseModel]] = {
    _PACKAGE / "report" / "report.schema.json": Report,
    _PACKAGE / "validation" / "validation.schema.json": Validation,
}


def schema_text(model: type[BaseModel]) -> str:
    """Return a model's schema as it is committed."""
    return json.dumps(model.model_json_schema(mode="serialization"), indent=2) + "\n"


if __name__ == "__main__":
    for path, model in SCHEMAS.items():
        path.write_text(schema_text(model), encoding="utf-8")
