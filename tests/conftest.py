"""Fixtures: an installation of Atlas in a folder of its own, with workbooks, built by the command."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock
from typer.testing import CliRunner

from atlas_assets.cli.main import app
from atlas_assets.configuration.configuration import Configuration
from atlas_assets.periods.calendar import Month, month_range
from atlas_assets.periods.scope import Scope
from atlas_assets.sample.workbooks import write_samples
from atlas_assets.settings import PROJECT_DIR, Settings
from atlas_assets.sources.extract import extract
from atlas_assets.warehouse.transform import transform
from atlas_assets.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable

CONFIG_DIR = PROJECT_DIR / "source" / "config"
YEARS = range(2025, 2027)
ENTITIES = ("EPN", "IONS")


@dataclass(frozen=True)
class Finished:
    """How a command ended and what it said."""

    status: int
    stdout: str
    stderr: str


@dataclass(frozen=True)
class Installation:
    """Settings that point into one folder, and the command run with them.

    Its commands find LibreOffice only where a test is about PDFs: each takes seconds.
    """

    root: Path
    has_libreoffice: bool = False

    @property
    def environment(self) -> dict[str, str]:
        return {
            "ATLAS_SOURCE_DIR": str(self.root / "source"),
            "ATLAS_OUTPUT_DIR": str(self.root / "output"),
            "ATLAS_DUCKDB": str(self.root / "warehouse.db"),
            "DATABASE_URL": f"file:{self.root / 'operational.db'}",
            "DAGSTER_HOME": str(self.root / "dagster"),
            "ATLAS_DASHBOARD_DIR": str(self.root / "dashboard"),
        }

    @property
    def search_path(self) -> dict[str, str]:
        """Where commands look for programs."""
        return {} if self.has_libreoffice else {"PATH": str(Path(sys.executable).parent)}

    @property
    def settings(self) -> Settings:
        return Settings.model_validate(self.environment)

    @property
    def workspace(self) -> Workspace:
        return Workspace(self.settings)

    def atlas(self, *arguments: str, status: int = 0) -> Finished:
        """Run the command in this process; its exit status has to be `status`."""
        with pytest.MonkeyPatch.context() as patch:
            for name, value in (self.environment | self.search_path).items():
                patch.setenv(name, value)
            patch.chdir(self.root)
            result = CliRunner().invoke(app, arguments, catch_exceptions=False)
        finished = Finished(result.exit_code, result.stdout, result.stderr)
        assert finished.status == status, finished
        return finished

    def atlas_process(self, *arguments: str, status: int = 0) -> Finished:
        """Run the command as a user does, in a process of its own."""
        done = subprocess.run(
            [sys.executable, "-m", "atlas_assets.cli.entry", *arguments],
            # Bytecode is kept, even where the environment says otherwise: imports take seconds.
            env={
                **os.environ,
                **self.environment,
                **self.search_path,
                "PYTHONDONTWRITEBYTECODE": "",
            },
            cwd=self.root,
            capture_output=True,
            text=True,
            check=False,
        )
        finished = Finished(done.returncode, done.stdout, done.stderr)
        assert finished.status == status, finished
        return finished

    def build_marts(self, years: range) -> None:
        """Load and judge all sheets of some years, in this process and without Dagster."""
        scope = Scope(ENTITIES, tuple(month_range(Month(years[0], 1), Month(years[-1], 12))))
        workspace = self.workspace
        assert not extract(workspace.source, workspace.raw_store, scope).problems
        assert not transform(workspace.dbt, scope).problems

    def report(self, entity: str, period: str) -> dict:
        path = self.root / "output" / "monthly" / f"{entity}-{period}.json"
        return json.loads(path.read_text(encoding="utf-8"))


# Fixtures that build or parse an installation, which takes from ten seconds to a minute.
_INSTALLATIONS = {"parsed_models", "built", "built_february"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that need an installation, which `just quick` leaves out, and put them first.

    The first worker builds the installation, while the others begin with tests that need none.
    """
    for item in items:
        if isinstance(item, pytest.Function) and _INSTALLATIONS & set(item.fixturenames):
            item.add_marker("installation")
    items.sort(key=lambda item: item.get_closest_marker("installation") is None)


def of_all_workers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the temporary folder of this run of the tests."""
    folder = tmp_path_factory.getbasetemp()
    return folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder


@pytest.fixture(scope="session")
def configuration() -> Configuration:
    return Configuration(CONFIG_DIR)


def make_installation(
    root: Path, *, years: range = YEARS, defects: float = 0.08, scale: float = 0.5
) -> Installation:
    root.mkdir(parents=True)
    write_samples(
        root / "source",
        Configuration(CONFIG_DIR),
        years=years,
        seed=7,
        scale=scale,
        defects=defects,
    )
    return Installation(root)


def made_once(
    tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]
) -> Installation:
    """Return an installation that the first worker makes who needs it; tests must not change it."""
    shared = of_all_workers(tmp_path_factory) / name
    with FileLock(f"{shared}.lock"):
        if not (shared / "done").exists():
            make(shared)
            (shared / "done").touch()
    return Installation(shared)


@pytest.fixture(scope="session")
def parsed_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with dbt's manifest, which is the same for every installation."""

    def parse(root: Path) -> None:
        _ = Installation(root).workspace.dbt.manifest_path

    return made_once(tmp_path_factory, "parsed", parse).settings.dbt_target_dir


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An installation whose newest month is built."""
    return made_once(tmp_path_factory, "built", lambda root: make_installation(root).atlas("build"))


@pytest.fixture(scope="session")
def built_february(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An installation with few rows, of which one month of one entity is built."""

    def build(root: Path) -> None:
        made = make_installation(root, defects=0.0, scale=0.2)
        made.atlas("build", "--entity", "EPN", "--period", "2026-02")

    return made_once(tmp_path_factory, "built_february", build)


@pytest.fixture
def february(tmp_path: Path, built_february: Installation) -> Installation:
    """An installation of one's own, of which EPN's February 2026 is built."""
    shutil.copytree(built_february.root, tmp_path / "atlas")
    return Installation(tmp_path / "atlas")


@pytest.fixture(scope="session")
def unbuilt(tmp_path_factory: pytest.TempPathFactory, parsed_models: Path) -> Installation:
    """An installation with few rows, not built yet."""

    def make(root: Path) -> None:
        made = make_installation(root, defects=0.0, scale=0.2)
        shutil.copytree(parsed_models, made.settings.dbt_target_dir)

    return made_once(tmp_path_factory, "unbuilt", make)


@pytest.fixture
def installation(tmp_path: Path, unbuilt: Installation) -> Installation:
    """An installation of one's own with few rows, not built yet."""
    shutil.copytree(unbuilt.root, tmp_path / "atlas")
    return Installation(tmp_path / "atlas")
