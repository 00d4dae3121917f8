"""The dbt project itself: its unit tests pass, and nothing in it is undocumented or unowned."""

import re
import shutil
from pathlib import Path

import pytest
from conftest import Installation
from dbt.cli.main import dbtRunner

from atlas_assets.settings import DBT_PROJECT_DIR, PROJECT_DIR


@pytest.fixture
def dbt(built: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dbtRunner:
    """Dbt on a copy of a built warehouse, from which unit tests learn the types of columns."""
    shutil.copy(built.settings.duckdb_path, tmp_path)
    settings = Installation(tmp_path).settings
    monkeypatch.setenv("ATLAS_DUCKDB", str(settings.duckdb_path))
    monkeypatch.setenv("DBT_PROJECT_DIR", str(DBT_PROJECT_DIR))
    monkeypatch.setenv("DBT_PROFILES_DIR", str(DBT_PROJECT_DIR))
    monkeypatch.setenv("DBT_TARGET_PATH", str(tmp_path / "target"))
    monkeypatch.setenv("DBT_LOG_PATH", str(tmp_path / "target"))
    monkeypatch.chdir(Path.cwd())  # dbt goes into its project
    return dbtRunner()


def test_macros_and_windows_do_what_their_unit_tests_say(dbt: dbtRunner) -> None:
    outcome = dbt.invoke(["--quiet", "test", "--select", "test_type:unit"])
    assert outcome.exception is None
    told = {
        result.node.name: result.message
        for result in outcome.result
        if result.node.resource_type == "unit_test" and result.status != "pass"
    }
    assert told == {}
    assert len(outcome.result.results) > 20


def test_every_model_and_column_is_described_and_owned(dbt: dbtRunner) -> None:
    manifest = dbt.invoke(["--quiet", "parse"]).result
    models = [node for node in manifest.nodes.values() if node.resource_type == "model"]
    assert models
    for model in models:
        assert model.description, model.name
        assert model.group, model.name
        assert all(column.description for column in model.columns.values()), model.name
        yml = DBT_PROJECT_DIR / str(model.patch_path).split("://")[1]
        assert yml.stem == model.name
        if model.schema == "marts":
            assert model.contract.enforced, model.name
    assert {exposure.name for exposure in manifest.exposures.values()} >= {
        *("monthly_report", "monthly_deck", "dashboard"),
    }


def test_described_columns_are_those_that_the_models_have(
    dbt: dbtRunner, built: Installation
) -> None:
    manifest = dbt.invoke(["--quiet", "parse"]).result
    with built.workspace.warehouse.reading() as connection:
        found = connection.execute(
            "SELECT table_name, list(column_name) FROM information_schema.columns "
            "WHERE table_schema IN ('staging', 'intermediate', 'marts') GROUP BY table_name"
        ).fetchall()
    described = {node.name: set(node.columns) for node in manifest.nodes.values() if node.columns}
    assert {table: set(columns) for table, columns in found} == described


def test_no_query_depends_on_the_order_of_rows() -> None:
    """`any_value` and `first` take whichever row a thread brings first."""
    queries = [
        *(PROJECT_DIR / "dbt_atlas").rglob("*.sql"),
        *(PROJECT_DIR / "atlas_assets").rglob("*.sql"),
    ]
    assert queries
    arbitrary = re.compile(r"\b(any_value|first|last|arbitrary)\s*\(", re.IGNORECASE)
    assert not [path.name for path in queries if arbitrary.search(path.read_text("utf-8"))]
