"""dbt's manifest, which every command reads, is whole at any time, whoever is killed meanwhile."""

import os
from pathlib import Path

import orjson
from conftest import Installation

from atlas_assets.periods.calendar import Month
from atlas_assets.periods.scope import Scope


def test_a_manifest_is_replaced_and_never_written_over(
    installation: Installation, tmp_path: Path
) -> None:
    path = installation.workspace.dbt.manifest_path
    before = path.read_bytes()
    same_file = tmp_path / "same_file"
    os.link(path, same_file)

    installation.workspace.dbt.build(Scope(("EPN",), (Month(2026, 1),)), ["staging"])
    installation.atlas("docs", "--no-serve")
    assert path.read_bytes() == before

    path.with_name("manifest-of.txt").write_text("another project")
    assert installation.workspace.dbt.manifest_path == path
    assert path.read_bytes() != before
    assert same_file.read_bytes() == before
    assert orjson.loads(path.read_bytes())["nodes"]


def test_a_damaged_manifest_is_written_again(installation: Installation) -> None:
    path = installation.workspace.dbt.manifest_path
    whole = path.read_bytes()
    for damage in (whole[:1000], b"\x00\xff", b"[]", b"{}"):
        path.write_bytes(damage)
        assert installation.workspace.dbt.manifest_path == path
        assert orjson.loads(path.read_bytes())["nodes"]
