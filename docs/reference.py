"""Writes what is made from the models: the tables of configuration.md, and the JSON Schemas of its files."""

from __future__ import annotations

import json
import re
from pathlib import Path

from atlas_assets.configuration.configuration import Configuration
from atlas_assets.configuration.registry import Registry
from atlas_assets.configuration.workbook_year import WorkbookYear
from atlas_assets.deck.commentary import Commentary
from atlas_assets.documents.reference import file_schema, reference_text
from atlas_assets.notation.strings import strings_schema
from atlas_assets.settings import PROJECT_DIR

PAGE = Path(__file__).with_name("configuration.md")
CONFIG_DIR = PROJECT_DIR / "source" / "config"
SCHEMAS = CONFIG_DIR / "schemas"


def page() -> str:
    """Return the page with its tables as the models and the shipped configuration have them."""
    configuration = Configuration(CONFIG_DIR)
    tables = {
        "registry.yaml": reference_text(Registry, [configuration.registry]),
        "a year": reference_text(WorkbookYear, list(configuration.years.values())),
        "commentary": reference_text(Commentary, []),
    }
    text = PAGE.read_text(encoding="utf-8")
    for name, table in tables.items():
        block = rf"(<!-- keys of {re.escape(name)} -->\n).*?(<!-- end -->)"
        text = re.sub(block, lambda match: f"{match[1]}{table}\n{match[2]}", text, flags=re.DOTALL)  # noqa: B023
    return text


def schemas() -> dict[Path, str]:
    """Return the JSON Schema of each kind of file, by path."""
    found = {
        "registry": file_schema(Registry),
        "year": file_schema(WorkbookYear),
        "strings": strings_schema(),
    }
    return {
        SCHEMAS / f"{name}.schema.json": json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
        for name, schema in found.items()
    }


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    SCHEMAS.mkdir(exist_ok=True)
    for path, text in schemas().items():
        path.write_text(text, encoding="utf-8")
