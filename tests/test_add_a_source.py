"""The page about adding a source can be followed word by word: its files are written, and a month is built."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from conftest import CONFIG_DIR, Installation

from atlas_assets.settings import PROJECT_DIR

if TYPE_CHECKING:
    from pathlib import Path

PAGE = (PROJECT_DIR / "docs" / "add-a-source.md").read_text("utf-8")
LONGEST = 60  # lines of an adapter that are not blank


def blocks(language: str) -> list[tuple[str, str]]:
    """Return the blocks of a language, each with the file that the text before it names last."""
    found: list[tuple[str, str]] = []
    for match in re.finditer(rf"^```{language}\n(.*?)^```", PAGE, flags=re.DOTALL | re.MULTILINE):
        named = re.findall(r"`([\w/{}.-]+\.(?:py|yaml|json))`", PAGE[: match.start()])
        found.append((named[-1], match[1]))
    return found


def changed(text: str, difference: str) -> str:
    """Return a text with the lines of a `diff` block replaced."""
    lines = difference.splitlines()
    before = "\n".join(line[1:] for line in lines if not line.startswith("+"))
    after = "\n".join(line[1:] for line in lines if not line.startswith("-"))
    assert text.count(before) == 1, before
    return text.replace(before, after)


@pytest.fixture
def followed(tmp_path: Path) -> Installation:
    """A copy of the project, changed as the page says, with the files that it shows."""
    code, source = tmp_path / "project", tmp_path / "source"
    (code / ".dagster").mkdir(parents=True)
    shutil.copy(PROJECT_DIR / ".dagster" / "dagster.yaml", code / ".dagster")
    for folder in ("atlas_assets", "dbt_atlas", "source/config"):
        shutil.copytree(PROJECT_DIR / folder, code / folder, ignore=shutil.ignore_patterns("*.pyc"))
    for name, text in blocks("python"):
        (code / name).write_text(text, "utf-8")
    for name, difference in blocks("diff"):
        path = code / name
        path.write_text(changed(path.read_text("utf-8"), difference), "utf-8")
    (source / "config").mkdir(parents=True)
    for name in ("registry.yaml", "strings.yaml"):
        shutil.copy(CONFIG_DIR / name, source / "config" / name)
    for name, text in [*blocks("yaml"), *blocks("json")]:
        (source / name).write_text(text, "utf-8")
    return Installation(tmp_path)


def run(followed: Installation, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command of the changed project, which would not heed PYTHONPATH."""
    start = "import sys; sys.path.insert(0, sys.argv.pop(1)); from atlas_assets.cli.entry import main; main()"
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.run(
        [sys.executable, "-c", start, str(followed.root / "project"), *arguments],
        env={**clean, **followed.environment},
        cwd=followed.root,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_adapter_is_short() -> None:
    adapter = dict(blocks("python"))["atlas_assets/sources/json_files.py"]
    assert sum(bool(line) for line in adapter.splitlines()) < LONGEST


@pytest.mark.slow
def test_the_page_can_be_followed(followed: Installation) -> None:
    checked = run(followed, "validate", "--config")
    assert checked.returncode == 0, checked.stderr
    built = run(followed, "build", "--entity", "EPN", "--period", "2026-02")
    assert built.returncode == 0, built.stderr
    totals = followed.report("EPN", "2026-02")["totals"]["revenue"]
    assert totals["revenue_actuals"] == 1_250_000.50
    told = run(followed, "findings", "--entity", "EPN").stdout
    assert "payments-2026-02.json, transactions, record 2, source: 'Radio'" in told


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("paid: amount", "paied: amount", "has no field 'paied'. Did you mean 'paid'?"),
        ("files: {", "file: {", "there is no such key. Did you mean 'files'? Known: columns"),
        ("kind: json", "kind: jsn", "there is no kind 'jsn'. Known: 'odoo', 'json'"),
    ],
)
def test_mistakes_in_the_yearly_file_are_told_with_their_line(
    followed: Installation, before: str, after: str, told: str
) -> None:
    path = followed.root / "source" / "config" / "epn-2026.yaml"
    text = path.read_text("utf-8").replace(before, after)
    path.write_text(text, "utf-8")
    line = next(n for n, row in enumerate(text.splitlines(), 1) if after in row)
    extracted = run(followed, "extract", "--entity", "EPN", "--period", "2026-02")
    assert extracted.returncode != 0
    assert told in extracted.stderr
    assert f"epn-2026.yaml, line {line}: " in extracted.stderr
