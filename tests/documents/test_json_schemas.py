import json
from pathlib import Path

import jsonschema
import pytest
from conftest import Installation

from atlas_assets.documents.json_schema import schema_text
from atlas_assets.report import model as report_model
from atlas_assets.report import schema as report_schema
from atlas_assets.report.model import Report
from atlas_assets.validation import model as validation_model
from atlas_assets.validation import schema as validation_schema
from atlas_assets.validation.model import Validation

SCHEMAS = {
    report_schema.PATH: (Report, report_model.SCHEMA_ID),
    validation_schema.PATH: (Validation, validation_model.SCHEMA_ID),
}


@pytest.mark.parametrize("path", list(SCHEMAS), ids=lambda path: path.name)
def test_the_committed_schema_is_the_models(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == schema_text(*SCHEMAS[path])


@pytest.mark.parametrize(
    ("schema", "pattern"),
    [
        ("validation.schema.json", "validation/*.json"),
        ("report.schema.json", "monthly/*.json"),
    ],
)
def test_what_is_written_keeps_to_the_schema(
    built: Installation, schema: str, pattern: str
) -> None:
    path = next(path for path in SCHEMAS if path.name == schema)
    written = sorted((built.root / "output").glob(pattern))
    assert written
    for file in written:
        jsonschema.validate(
            json.loads(file.read_text(encoding="utf-8")), json.loads(path.read_text("utf-8"))
        )


def test_the_validation_file_explains_itself_and_its_rows_close(built: Installation) -> None:
    path = built.root / "output" / "validation" / "IONS-2026-validation.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    assert told["refused"] == []
    assert {sheet["status"] for sheet in told["sheets"]} == {"checked"}
    for rows in [told["totals"]["rows"], *(sheet["rows"] for sheet in told["sheets"])]:
        assert rows["read"] == rows["kept"] + rows["not_data"]
        assert rows["kept"] == rows["valid"] + rows["flagged"] + rows["duplicates"]
    findings = [finding for sheet in told["sheets"] for finding in sheet["findings"]]
    assert findings
    assert {finding["reason"] for finding in findings} == set(told["reasons"])
    assert all(finding["cell"].endswith(str(finding["row"])) for finding in findings)
    unknown = {word["word"]: word for word in told["unknown_words"]}
    assert unknown["TEANANT X"]["nearest"]
    for sheet in told["sheets"]:
        if sheet["table"] == "transactions":
            parts = sheet["amounts"]
            assert parts["sheet"] == (parts["revenue"] + parts["unassigned"] + parts["duplicates"])
