"""The JSON Schema of report.json. Run as a module to write it again after the model has changed."""

from __future__ import annotations

import json
from pathlib import Path

from atlas_assets.report.model import Report

PATH = Path(__file__).with_name("report.schema.json")


def schema_text() -> str:
    """Return the schema as it is committed."""
    return json.dumps(Report.model_json_schema(mode="serialization"), indent=2) + "\n"


if __name__ == "__main__":
    PATH.write_text(schema_text(), encoding="utf-8")
