"""Nothing from outside reaches in: variables of other programs, locale, time zone, folders, paths."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import Installation

from atlas_assets.errors import ConfigurationError
from atlas_assets.settings import load_settings

# Each of these, set in a person's shell, once changed or broke what Atlas makes.
FOREIGN = {
    "DBT_FULL_REFRESH": "true",
    "DBT_ENGINE_FULL_REFRESH": "true",
    "DBT_EMPTY": "true",
    "DBT_RESOURCE_TYPES": "test",
    "DBT_SINGLE_THREADED": "true",
    "DBT_TARGET": "prod",
    "DBT_PROFILE": "other",
    "DBT_DEFER": "true",
    "DBT_STORE_FAILURES": "true",
    "DBT_WARN_ERROR_OPTIONS": '{"error": "all"}',
    "DBT_RECORDER_MODE": "RECORD",
    "DBT_PROJECT_DIR": "/nowhere",
    "DAGSTER_DEFAULT_IO_MANAGER_MODULE": "nothing",
    "DAGSTER_DEFAULT_IO_MANAGER_ATTRIBUTE": "nothing",
    "DAGSTER_REDACT_USER_CODE_ERRORS": "1",
    "PYTHONWARNINGS": "error",
    "PYTHONIOENCODING": "ascii",
    "PYTHONUTF8": "0",
    "PYTHONOPTIMIZE": "2",
    "PIP_REQUIRE_VIRTUALENV": "1",
    "LC_ALL": "C",
    "TZ": "Pacific/Kiritimati",
    "COLUMNS": "10",
    "SOURCE_DATE_EPOCH": "",
    "TMPDIR": "/nowhere",
    "HOME": "/nowhere",
}
SHADOWS = ("polars.py", "pickle.py", "socket.py", "calendar.py", "duckdb.py")


@dataclass(frozen=True)
class WithHome(Installation):
    """An installation whose Dagster home is elsewhere: it is refused some characters."""

    home: Path = Path()

    @property
    def environment(self) -> dict[str, str]:
        return {**super().environment, "DAGSTER_HOME": str(self.home)}


def run(made: Installation, folder: Path, *arguments: str, **variables: str) -> str:
    """Run the command in a folder with more variables; it has to succeed. Returns what it printed."""
    done = subprocess.run(
        [str(Path(sys.executable).with_name("atlas")), *arguments],
        env={**os.environ, **made.environment, **made.search_path, **variables},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done
    assert "Traceback" not in done.stderr
    return done.stdout


def content(made: Installation) -> dict[str, object]:
    """Return the report's files, and the rows of the marts that are not about the load itself."""
    files = {
        path.name: path.read_bytes()
        for path in sorted((made.root / "output" / "monthly").iterdir())
    }
    with made.workspace.warehouse.reading() as connection:
        tables = connection.execute(
            "SELECT table_schema || '.' || table_name FROM information_schema.tables "
            "WHERE table_schema = 'marts' ORDER BY ALL"
        ).fetchall()
        rows = {
            name: connection.execute(f"FROM {name} ORDER BY ALL").fetchall() for (name,) in tables
        }
    return {**files, **rows}


@pytest.mark.slow
def test_variables_and_files_of_other_programs_change_nothing(
    february: Installation, tmp_path: Path
) -> None:
    before = content(february)
    shadows = tmp_path / "shadows"
    shadows.mkdir()
    for name in SHADOWS:
        (shadows / name).write_text("raise RuntimeError('shadowed')\n", encoding="utf-8")
    (shadows / ".env").write_text("ATLAS_LOCALE=en\nDBT_FULL_REFRESH=true\n", encoding="utf-8")
    (shadows / "dagster.yaml").write_text("broken: [\n", encoding="utf-8")
    (shadows / "dbt_project.yml").write_text("name: other\n", encoding="utf-8")
    foreign = {**FOREIGN, "PYTHONPATH": str(shadows)}
    for stage in ("transform", "report"):
        run(february, shadows, stage, "--entity", "EPN", "--period", "2026-02", **foreign)
    assert content(february) == before
    shown = run(february, shadows, "status", "--entity", "EPN", **foreign)
    assert "fresh" in shown
    overview = json.loads(run(february, shadows, "status", "--entity", "EPN", "--json", **foreign))
    assert {p["transform"] for p in overview["partitions"] if p["month"] <= "2026-02"} == {"fresh"}


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["a [2026] #1", 'it\'s "e\u0301" {{ x }}', "50%25 & $HOME; ~ 🙂", "a*"]
)
def test_any_character_may_be_in_a_path(february: Installation, tmp_path: Path, name: str) -> None:
    odd, home = tmp_path / name, tmp_path / "home"
    odd.mkdir()
    february.root.rename(odd / "atlas")
    (odd / "atlas" / "dagster").rename(home)
    made = WithHome(odd / "atlas", home=home)
    before = content(made)
    # What `a*` would match, with rows that would be counted twice.
    raw = made.settings.raw_dir
    sibling = tmp_path / f"{name.replace('*', 'xx')}b" / "atlas"
    shutil.copytree(raw, sibling / raw.name)
    run(made, tmp_path, "build", "--entity", "EPN", "--period", "2026-02")
    run(made, tmp_path, "transform", "--entity", "EPN", "--period", "2026-02")
    assert content(made) == before


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("DAGSTER_HOME", "/nowhere/a [2026]/home", r"contains '\['"),
        ("DAGSTER_HOME", "/nowhere/a%25/home", "contains '%'"),
        ("DAGSTER_HOME", "/nowhere/a?/home", r"contains '\?'"),
        ("DAGSTER_HOME", "/nowhere/a*/home", r"contains '\*'"),
        ("ATLAS_DUCKDB", "/nowhere/a?/atlas.db", r"contains '\?'"),
        ("ATLAS_DUCKDB", "/nowhere/a\\b/atlas.db", "contains"),
        ("ATLAS_SOURCE_DIR", "/nowhere/\udcff", "not in UTF-8"),
        ("SOURCE_DATE_EPOCH", "99999999999999", "less than"),
        ("SOURCE_DATE_EPOCH", "-1", "greater than"),
    ],
)
def test_what_no_library_could_be_given_is_refused_in_words(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, told: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(ConfigurationError, match=told) as refused:
        load_settings()
    assert variable in str(refused.value)


def test_one_place_for_two_things_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATLAS_DUCKDB", "/nowhere/atlas.db")
    for variable, value in {
        "DATABASE_URL": "file:/nowhere/atlas.db",
        "ATLAS_OUTPUT_DIR": "/nowhere/atlas-raw",
    }.items():
        with monkeypatch.context() as patch:
            patch.setenv(variable, value)
            with pytest.raises(ConfigurationError, match=f"{variable}.*the same place"):
                load_settings()


def test_a_folder_that_is_gone_is_said(built: Installation, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    done = subprocess.run(
        [
            "/bin/sh",
            "-c",
            f"cd '{gone}' && rmdir '{gone}' && '{sys.executable}' -m atlas_assets.cli.entry status",
        ],
        env={**os.environ, **built.environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.strip().splitlines() == [
        "The current folder no longer exists. Change to another one, then repeat the command."
    ]
