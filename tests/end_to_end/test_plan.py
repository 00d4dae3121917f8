"""`--plan` runs nothing, `--full` makes use of nothing, `clean` removes what can be made again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Installation

MONTH = ("--entity", "EPN", "--period", "2026-02")


def files(installation: Installation) -> dict[Path, bytes]:
    """Return the content of all files but those of Dagster, of tests, what is remembered, and copies."""
    return {
        path.relative_to(installation.root): path.read_bytes()
        for path in installation.root.rglob("*")
        if path.is_file() and not {"dagster", "seen", "done", "serving"} & set(path.parts)
    }


def test_a_plan_says_what_would_run_and_why_and_runs_nothing(installation: Installation) -> None:
    before = files(installation)
    period = ("--entity", "epn", "--period", "2025-01..2025-03")
    assert installation.atlas("sync", *period, "--plan").stdout.splitlines() == [
        "sync EPN 2025-01–2025-03: not loaded yet"
    ]
    span = ("--from", "2025-11", "--to", "2026-01", "--reports")
    assert installation.atlas("backfill", *span, "--plan").stdout.splitlines() == [
        f"sync, publish and report {code} 2025-11–2026-01: not loaded yet"
        for code in ("IONS", "EPN")
    ]
    told = json.loads(installation.atlas("build", *MONTH, "--plan", "--json").stdout)["plan"]
    assert told == [
        "sync EPN 2025-01–2026-02: not loaded yet",
        "deliver EPN 2026-02: publish, report, deck and PDF",
    ]
    assert files(installation) == before


@pytest.mark.slow
def test_the_plan_of_what_is_fresh_is_nothing_and_full_builds_it_all_the_same(
    february: Installation,
) -> None:
    february.atlas("build", *MONTH)  # a copy is delivered once
    fresh = "EPN 2026-02: nothing, because nothing changed\n"
    assert february.atlas("build", *MONTH, "--plan").stdout == fresh
    before = february.root.joinpath("output", "monthly", "EPN-2026-02.json").read_bytes()
    assert json.loads(february.atlas("build", *MONTH, "--json").stdout)["runs"] == []
    done = json.loads(february.atlas("build", *MONTH, "--full", "--json").stdout)
    assert len(done["runs"]) == 3  # sync, deliver, and the snapshot of the dashboard
    after = february.root.joinpath("output", "monthly", "EPN-2026-02.json").read_bytes()
    assert after == before
    planned = february.atlas("sync", *MONTH, "--plan").stdout
    assert planned == "sync EPN 2026-02: fresh; it would be built again\n"


@pytest.mark.slow
def test_clean_removes_only_what_can_be_made_again(february: Installation) -> None:
    before, reported = files(february), february.report("EPN", "2026-02")
    refused = february.atlas("clean", status=2)
    assert "warehouse.db: the warehouse, " in refused.stdout
    assert "Repeat it with --yes" in refused.stderr
    assert files(february) == before
    february.atlas("clean", "--yes", "--reports")
    assert {path.parts[0] for path in files(february)} == {
        *("source", "operational.db", "warehouse.db.lock")
    }
    february.atlas("build", *MONTH)
    assert files(february).keys() == before.keys()
    after = february.report("EPN", "2026-02")
    for report in (reported, after):
        del report["meta"]["generated_at"]  # when its data were loaded
    assert after == reported
