"""One built report and its deck, for the tests of decks."""

from pathlib import Path

import pytest
from conftest import CONFIG_DIR, Installation

from atlas_assets.notation.strings import Strings
from atlas_assets.report.model import Report


@pytest.fixture(scope="module")
def report(built: Installation) -> Report:
    path = built.root / "output" / "monthly" / "IONS-2026-10.json"
    return Report.model_validate_json(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def deck_path(built: Installation) -> Path:
    return built.root / "output" / "monthly" / "IONS-2026-10.pptx"


@pytest.fixture(scope="module", params=["id", "en"])
def strings(request: pytest.FixtureRequest) -> Strings:
    return Strings(CONFIG_DIR / "strings.yaml", request.param)
