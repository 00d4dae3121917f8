"""The reference and the schemas that editors use are those of the models."""

import json
import runpy
from pathlib import Path

import jsonschema
import pytest
import yaml
from conftest import CONFIG_DIR

from atlas_assets.settings import PROJECT_DIR

REFERENCE = runpy.run_path(str(PROJECT_DIR / "docs" / "reference.py"))
SCHEMAS: dict[Path, str] = REFERENCE["schemas"]()
FILES = sorted(CONFIG_DIR.glob("*.yaml"))


def test_the_page_has_the_keys_of_the_models() -> None:
    assert REFERENCE["PAGE"].read_text("utf-8") == REFERENCE["page"]()


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.name)
def test_the_committed_schemas_are_those_of_the_models(path: Path) -> None:
    assert path.read_text("utf-8") == SCHEMAS[path]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_first_line_names_a_schema_that_the_file_keeps_to(path: Path) -> None:
    first, _, text = path.read_text("utf-8").partition("\n")
    schema = json.loads((CONFIG_DIR / first.partition("$schema=")[2]).read_text("utf-8"))
    # JSON has texts as keys only.
    jsonschema.validate(json.loads(json.dumps(yaml.safe_load(text))), schema)
