"""Reports of ranges and of some units are made again when their figures change, each by itself."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import dagster as dg
from conftest import Installation

from atlas_assets.orchestration.build import build_definitions

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_what_changed_is_made_again_and_what_cannot_be_stops_nothing(
    built: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(built.root, tmp_path / "atlas")
    made = Installation(tmp_path / "atlas")
    made.atlas("report", "--entity", "EPN", "--period", "2026-02..2026-03", "--type", "range")
    made.atlas("report", "--entity", "EPN", "--period", "2026-03..2026-04", "--type", "range")
    made.atlas("report", "--entity", "EPN", "--period", "2026-02", "--unit", "BIMBEL")
    changed, damaged, current = made.workspace.report_files.on_demand()
    before = json.loads(changed.read_text("utf-8"))
    other = {**before, "meta": {**before["meta"], "edition": "0" * 16}}
    other["totals"] = {**before["totals"], "outlook": None}
    changed.write_text(json.dumps(other), "utf-8")
    damaged.write_text("{}", "utf-8")
    written = current.stat().st_mtime_ns
    monkeypatch.setenv("PATH", made.search_path["PATH"])  # no LibreOffice
    job = build_definitions(made.workspace).resolve_job_def("range_report")
    with dg.instance_for_test() as instance:
        done = job.execute_in_process(instance=instance)
        told = [entry.user_message for entry in instance.all_logs(done.run_id)]
    assert done.success
    assert json.loads(changed.read_text("utf-8"))["totals"] == before["totals"]
    assert current.stat().st_mtime_ns == written
    assert [text for text in told if text.startswith(f"{damaged.name} stays as it is.")]
