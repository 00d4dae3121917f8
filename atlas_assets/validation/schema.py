"""The JSON Schema of the validation file. Run as a module to write it again."""

from __future__ import annotations

from pathlib import Path

from atlas_assets.documents.json_schema import schema_text
from atlas_assets.validation.model import SCHEMA_ID, Validation

PATH = Path(__file__).with_name("validation.schema.json")

if __name__ == "__main__":
    PATH.write_text(schema_text(Validation, SCHEMA_ID), encoding="utf-8")
