"""Snapshots reach another machine through a folder or a bucket, whole and in order."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import boto3
import pytest
from conftest import Installation
from moto.server import ThreadedMotoServer

from atlas_assets.dashboard.builds import Builds
from atlas_assets.serving.mirror import Mirror, MirrorError
from atlas_assets.serving.snapshots import KEPT, SnapshotStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a folder in a bucket of an S3 server on the loopback interface."""
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    boto3.client("s3").create_bucket(Bucket="atlas")
    yield "s3://atlas/snapshots"
    server.stop()


def carried(built: Installation, tmp_path: Path, url: str) -> None:
    """A build is published, carried over, and read at the other end; the next one follows."""
    shutil.copytree(built.root, tmp_path / "here")
    workspace = Installation(tmp_path / "here").workspace
    there = SnapshotStore(tmp_path / "there")
    pushing, pulling = Mirror(url, workspace.snapshots), Mirror(url, there)
    pushing.push()
    assert pulling.pull()
    assert not pulling.pull()
    builds = Builds(there, workspace.store, workspace.configuration)
    first = builds.current()
    assert first.identifier == workspace.snapshots.current().build
    revenue = "SELECT sum(revenue_actuals) AS revenue FROM marts.mart_revenue"
    with workspace.warehouse.reading() as connection:
        assert first.query(revenue, [])[0]["revenue"] == connection.execute(revenue).fetchone()[0]
    for _ in range(KEPT):
        workspace.snapshots.publish(workspace.warehouse, workspace.store)
        pushing.push()
        assert pulling.pull()
    assert builds.current().identifier > first.identifier


def test_a_folder_carries_snapshots(built: Installation, tmp_path: Path) -> None:
    carried(built, tmp_path, f"file://{tmp_path / 'shared'}")


def test_a_bucket_carries_snapshots(built: Installation, tmp_path: Path, bucket: str) -> None:
    carried(built, tmp_path, bucket)


def test_what_cannot_be_reached_is_told_and_leaves_everything(
    built: Installation, tmp_path: Path
) -> None:
    here = SnapshotStore(tmp_path / "here")
    with pytest.raises(MirrorError, match="Check ATLAS_SNAPSHOTS"):
        Mirror(f"file://{tmp_path / 'nowhere'}", here).pull()
    with pytest.raises(MirrorError, match="Check ATLAS_SNAPSHOTS"):
        Mirror("unknown://place", built.workspace.snapshots).push()
    assert here.current() is None
