"""Snapshots: readers keep theirs while others are published, and nobody waits for anybody."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import duckdb
import pytest
from conftest import Installation

from atlas_assets.dashboard.builds import Builds, NothingBuiltError
from atlas_assets.errors import AtlasError
from atlas_assets.serving import snapshots
from atlas_assets.serving.snapshots import KEPT, SnapshotStore

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def copied(built: Installation, tmp_path: Path) -> Installation:
    shutil.copytree(built.root, tmp_path / "atlas")
    return Installation(tmp_path / "atlas")


def test_a_build_publishes_one_and_a_build_without_news_none(copied: Installation) -> None:
    store = copied.workspace.snapshots
    snapshot = store.current()
    assert snapshot
    assert store.marts(snapshot.build).exists()
    assert store.records(snapshot.build).exists()
    # The state of the copied file is another one: the next build publishes it anew, the one after does not.
    copied.atlas("build")
    published = store.current()
    assert published
    assert published.build > snapshot.build
    copied.atlas("build")
    assert store.current() == published


def test_a_reader_keeps_its_build_while_others_are_published_and_written(
    copied: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = copied.workspace
    store = workspace.snapshots
    builds = Builds(store, workspace.store, workspace.configuration)
    first = builds.current()
    revenue = "SELECT sum(revenue_actuals) AS revenue FROM marts.mart_revenue"
    before = first.query(revenue, [])
    with workspace.warehouse.locked(), workspace.warehouse.connect(read_only=False) as writer:
        writer.execute("UPDATE marts.mart_revenue SET revenue_actuals = revenue_actuals * 2")
    store.publish(workspace.warehouse, workspace.store)
    second = builds.current()
    assert second.identifier > first.identifier
    assert first.query(revenue, []) == before
    assert second.query(revenue, [])[0]["revenue"] == before[0]["revenue"] * 2
    monkeypatch.setattr(snapshots, "KEPT_SECONDS", -1)
    store.publish(workspace.warehouse, workspace.store)
    assert not first.path.exists()  # pruned, but still open
    assert first.query(revenue, []) == before
    assert len([*store.folder.glob("marts-*")]) == KEPT == len([*store.folder.glob("records-*.db")])


def test_a_reader_can_change_nothing_and_open_no_other_file(
    copied: Installation, tmp_path: Path
) -> None:
    workspace = copied.workspace
    build = Builds(workspace.snapshots, workspace.store, workspace.configuration).current()
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n", encoding="utf-8")
    for statement in (
        "DELETE FROM marts.mart_revenue",
        f"SELECT * FROM read_csv('{secret}')",
        "SET enable_external_access = true",
        f"ATTACH '{tmp_path / 'other.db'}'",
        f"COPY marts.mart_revenue TO '{tmp_path / 'out.csv'}'",
    ):
        with pytest.raises(duckdb.Error):
            build.query(statement, [])


def test_without_a_build_there_is_none_and_a_damaged_pointer_is_told(
    copied: Installation, tmp_path: Path
) -> None:
    workspace = copied.workspace
    empty = SnapshotStore(tmp_path / "nowhere")
    assert empty.current() is None
    with pytest.raises(NothingBuiltError, match="atlas build"):
        Builds(empty, workspace.store, workspace.configuration).current()
    (workspace.snapshots.folder / "current.json").write_text("{}", encoding="utf-8")
    with pytest.raises(AtlasError, match="Delete it, then run `atlas build`"):
        workspace.snapshots.current()
