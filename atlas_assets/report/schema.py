"""The JSON Schema of report.json. Run as a module to write it again."""

from __future__ import annotations

from pathlib import Path

from atlas_assets.documents.json_schema import schema_text
from atlas_assets.report.model import SCHEMA_ID, Report

PATH = Path(__file__).with_name("report.schema.json")

if __name__ == "__main__":
    PATH.write_text(schema_text(Report, SCHEMA_ID), encoding="utf-8")
