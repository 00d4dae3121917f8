"""A run over two entities shows in each partition that partition only, and stops for none."""

import re
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import pytest
from conftest import Installation

from atlas_assets.orchestration.build import build_definitions
from atlas_assets.orchestration.partitions import PARTITION_TAG, RANGE_START_TAG, range_tags
from atlas_assets.periods.calendar import Month
from atlas_assets.periods.scope import Partition, Scope

FEBRUARY = Month(2026, 2)
NAMES = {
    "EPN": ("EPN", "Bimbingan Belajar", "BIMBEL", "TRYOUT"),
    "IONS": ("IONS", "IONs", "True Mandarin", "WLC", "ICC", "REAL"),
}


@dataclass(frozen=True)
class Made:
    """What a run left behind: its installation and the instance that recorded it."""

    installation: Installation
    instance: dg.DagsterInstance
    run: dg.DagsterRun


@pytest.fixture(scope="module")
def of_both(built: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    root = tmp_path_factory.mktemp("both") / "atlas"
    shutil.copytree(built.root, root)
    made = Installation(root)
    scope = Scope(("EPN", "IONS"), (FEBRUARY,))
    definitions = build_definitions(made.workspace)
    with dg.instance_for_test() as instance:
        done = definitions.resolve_job_def("monthly_close").execute_in_process(
            instance=instance, tags=range_tags(scope)
        )
        assert done.success
        yield Made(made, instance, done.dagster_run)


def foreign(entity: str, text: str) -> list[str]:
    """Return the words of other entities in a text."""
    others = [word for other, words in NAMES.items() if other != entity for word in words]
    return re.findall(rf"\b(?:{'|'.join(others)})\b", text)


def test_the_metadata_of_a_partition_is_of_that_partition(of_both: Made) -> None:
    entries = of_both.instance.all_logs(
        of_both.run.run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION
    )
    events = [entry.asset_materialization for entry in entries if entry.asset_materialization]
    partitions = {event.partition for event in events if event.partition}
    assert partitions == {"EPN|2026-02", "IONS|2026-02"}
    shown = 0
    for event in events:
        if event.partition is None:
            continue
        entity = Partition.of_key(event.partition).entity
        for name, value in event.metadata.items():
            if name == "dagster/column_lineage":  # names of columns
                continue
            shown += 1
            assert not foreign(entity, str(value.value)), (event.asset_key, name, value)
    assert shown > 100


def test_previews_have_rows_of_their_partition(built: Installation, tmp_path: Path) -> None:
    shutil.copytree(built.root, tmp_path / "atlas")
    definitions = build_definitions(Installation(tmp_path / "atlas").workspace)
    with dg.instance_for_test() as instance:
        done = definitions.resolve_job_def("transform").execute_in_process(
            instance=instance, partition_key="IONS|2026-02"
        )
    previews = {
        event.asset_key.path[-1]: event.materialization.metadata["preview"].value
        for event in done.get_asset_materialization_events()
        if "preview" in event.materialization.metadata
    }
    assert {"mart_revenue", "int_orders", "int_students"} <= previews.keys()
    for table, preview in previews.items():
        assert not foreign("IONS", preview), (table, preview)
    assert previews["mart_revenue"].count("2026-02-01") == 5


def test_one_entity_in_trouble_stops_no_other_and_is_not_named_by_it(
    built: Installation, tmp_path: Path
) -> None:
    shutil.copytree(built.root, tmp_path / "atlas")
    made = Installation(tmp_path / "atlas")
    with made.workspace.warehouse.connect(read_only=False) as connection:
        # A figure that a test of dbt refuses, whichever entity is built.
        connection.execute(
            "UPDATE marts.mart_revenue SET unit_code = 'NOBODY' WHERE entity_code = 'IONS'"
        )
    broken = made.root / "source" / "LAPORAN EVALUASI IONs 2026 TM-WLC.xlsx"
    broken.write_bytes(broken.read_bytes()[:5000])
    finished = made.atlas("build", "--period", "2026-02", status=1)
    decks = {path.name for path in (made.root / "output" / "monthly").glob("*-2026-02.pptx")}
    assert decks == {"EPN-2026-02.pptx"}
    assert "EPN-2026-02.pptx" in finished.stdout
    assert f"{broken.name} cannot be read as a workbook" in finished.stderr
    problems = [line for line in finished.stderr.splitlines() if "EPN" in line and "IONs" in line]
    assert problems == []


def test_the_logs_and_files_of_an_entity_say_nothing_of_another(
    built: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(built.settings.dagster_home))
    with dg.DagsterInstance.get() as instance:
        # The dashboard's snapshot is of all entities, as the warehouse is.
        runs = [run for run in instance.get_runs() if run.job_name != "serve"]
        assert len(runs) == 4  # sync and deliver of each
        for run in runs:
            entity = Partition.of_key(partition_of(run)).entity
            for entry in instance.all_logs(run.run_id):
                assert not foreign(entity, repr(entry)), entry
    files = [path for path in (built.root / "output").rglob("*.*") if path.is_file()]
    files = [path for path in files if path.parent.name != "serving"]
    assert {path.suffix for path in files} == {".json", ".pptx"}
    for path in files:
        entity = path.name.split("-")[0]
        for name, text in texts(path):
            assert not foreign(entity, text), (path, name)


def partition_of(run: dg.DagsterRun) -> str:
    """Return the first partition of a run."""
    return run.tags.get(RANGE_START_TAG) or run.tags[PARTITION_TAG]


def texts(path: Path) -> list[tuple[str, str]]:
    """Return the names and texts of the parts of a deck or, without a name, of another file."""
    if path.suffix != ".pptx":
        return [("", path.read_text(encoding="utf-8"))]
    with zipfile.ZipFile(path) as deck:
        return [(name, deck.read(name).decode("utf-8", "replace")) for name in deck.namelist()]


@pytest.mark.slow
def test_a_command_for_two_entities_runs_each_apart(built: Installation, tmp_path: Path) -> None:
    shutil.copytree(built.root, tmp_path / "atlas")
    made = Installation(tmp_path / "atlas")
    told = made.atlas("backfill", "--from", "2026-01", "--to", "2026-02").stderr
    assert "backfill EPN|2026-01 … EPN|2026-02: done" in told
    assert "backfill IONS|2026-01 … IONS|2026-02: done" in told
