"""The benchmarks name their lines and measure them; a line that fails stops no other."""

import json
import subprocess
import sys

import pytest

from atlas_assets.settings import PROJECT_DIR

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="they read /proc")


def benchmarks(*arguments: str, status: int = 0) -> str:
    """Run the benchmarks and return what they print."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks", *arguments],
        cwd=PROJECT_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, done.stderr
    return done.stdout


def test_every_line_is_listed_and_described() -> None:
    described = (PROJECT_DIR / "docs" / "benchmarks.md").read_text("utf-8")
    names = [line.split()[0] for line in benchmarks("--list").splitlines()]
    assert {"help", "one-cell", "extract", "publish", "growth"} <= set(names)
    assert [name for name in names if f"| `{name}` |" not in described] == []


def test_a_line_is_measured_beside_its_reference_and_judged() -> None:
    found = json.loads(benchmarks("help", "--rounds", "1", "--json"))
    assert {"processor", "Python", "commit"} <= found["machine"].keys()
    (line,) = found["lines"]
    mine, other = line["figures"], line["reference_figures"]
    assert min(*mine.values(), *other.values()) >= 0 < mine["cpu"]
    assert line["ratio"] == pytest.approx(mine["cpu"] / other["cpu"])
    (goal,) = line["goals"]
    assert goal["reached"] == (goal["value"] <= goal["limit"]) == line["reached"]


def test_a_line_that_fails_stops_no_other() -> None:
    names = ("extract-pandas", "help")  # the first refuses the size
    found = json.loads(benchmarks(*names, "--size", "L", "--rounds", "1", "--json", status=1))
    failed, measured = found["lines"]
    assert "too slow" in failed["error"]
    assert not measured["error"]
