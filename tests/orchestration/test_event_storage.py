"""Dagster homes of earlier versions keep working."""

from pathlib import Path

import dagster as dg
import pytest

from atlas_assets.orchestration.runs.event_storage import PooledEventLogStorage
from atlas_assets.settings import PROJECT_DIR


@dg.asset
def anything() -> None:
    pass


@pytest.mark.parametrize(
    "module", ["atlas_assets.event_storage", "atlas_assets.orchestration.runs.event_storage"]
)
def test_the_storage_is_known_by_its_earlier_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str
) -> None:
    text = (PROJECT_DIR / ".dagster" / "dagster.yaml").read_text(encoding="utf-8")
    now = "module: atlas_assets.orchestration.runs.event_storage"
    assert now in text
    (tmp_path / "dagster.yaml").write_text(text.replace(now, f"module: {module}"), encoding="utf-8")
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    with dg.DagsterInstance.get() as instance:
        assert isinstance(instance.event_log_storage, PooledEventLogStorage)
        assert dg.materialize([anything], instance=instance).success
        assert instance.get_latest_materialization_event(dg.AssetKey(["anything"]))
