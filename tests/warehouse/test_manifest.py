"""dbt's manifest, which every command reads, is whole at any time, whoever is killed meanwhile."""

import os
from pathlib import Path

import orjson
from conftest import Installation

from atlas_assets.periods.calendar import Month
from atlas_assets.periods.scope import Scope
from atlas_assets.warehouse.dbt_project import Transform


def test_a_manifest_is_replaced_and_never_written_over(
    installation: Installation, tmp_path: Path
) -> None:
    path = Transform(installation.settings).manifest_path
    before = path.read_bytes()
    same_file = tmp_path / "same_file"
    os.link(path, same_file)

    workspace = installation.workspace
    Transform(installation.settings).build(
        workspace.warehouse,
        workspace.raw_store,
        workspace.configuration,
        Scope(("EPN",), (Month(2026, 1),)),
        ["staging"],
    )
    installation.atlas("docs", "--no-serve")
    assert path.read_bytes() == before

    os.utime(path, (0, 0))  # older than the models
    assert Transform(installation.settings).manifest_path == path
    assert path.read_bytes() != before
    assert same_file.read_bytes() == before
    assert orjson.loads(path.read_bytes())["nodes"]
