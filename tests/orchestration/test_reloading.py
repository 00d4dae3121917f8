import shutil
from pathlib import Path

from conftest import CONFIG_DIR

from atlas_assets.orchestration.ui.reloading import ConfigurationWatch
from atlas_assets.settings import Settings
from atlas_assets.workspace import Workspace


def test_a_change_is_loaded_once_it_is_whole_and_correct(tmp_path: Path) -> None:
    source = tmp_path / "source"
    shutil.copytree(CONFIG_DIR, source / "config")
    registry = source / "config" / "registry.yaml"
    correct = registry.read_text("utf-8")
    settings = Settings(source_dir=source, dagster_home=tmp_path / "dagster")
    watch, reloads = ConfigurationWatch(Workspace(settings)), []

    def look() -> str | None:
        return watch.look(lambda: reloads.append("reloaded"))

    assert look() is None
    registry.write_text(correct.replace("close_day: 5", "close_day: 55"), "utf-8")
    assert look() is None  # it may still be being written
    told = look()
    assert told
    assert "close_day: expected a number that is less than or equal to 28" in told
    assert "what was loaded before stays in use" in told
    assert look() is None  # it is told once
    assert reloads == []
    registry.write_text(correct.replace("close_day: 5", "close_day: 6"), "utf-8")
    assert look() is None
    assert look() == "source/config has changed, and was loaded again."
    assert look() is None
    assert reloads == ["reloaded"]
