import dagster as dg
import pytest
from conftest import Installation

from atlas_assets.orchestration.partitions import PARTITION_TAG, RANGE_END_TAG, RANGE_START_TAG
from atlas_assets.orchestration.runs.origin import (
    ENTITY_TAG,
    PERIOD_TAG,
    STARTED_BY_TAG,
    origin_tags,
)

ONE = {PARTITION_TAG: "EPN|2026-04"}
SEVERAL = {RANGE_START_TAG: "EPN|2025-11", RANGE_END_TAG: "IONS|2026-01"}


@pytest.mark.parametrize(
    ("job", "tags", "entity", "period"),
    [
        ("sync", ONE, "EPN", "2026-04"),
        ("quarterly_report", ONE, "EPN", "2026-04..2026-06"),
        ("sync", SEVERAL, "EPN–IONS", "2025-11..2026-01"),
        ("seed", {}, None, None),
    ],
)
def test_a_run_says_what_it_is_about(
    job: str, tags: dict[str, str], entity: str | None, period: str | None
) -> None:
    found = origin_tags(job, tags)
    assert (found.get(ENTITY_TAG), found.get(PERIOD_TAG)) == (entity, period)


@pytest.mark.parametrize(
    ("tags", "told"),
    [
        ({}, "a person in the web UI"),
        ({"dagster/schedule_name": "weekly"}, "schedule weekly"),
        ({"dagster/sensor_name": "followers", "dagster/backfill": "x"}, "sensor followers"),
        ({"dagster/backfill": "abc"}, "backfill abc in the web UI"),
        ({STARTED_BY_TAG: "atlas build"}, "atlas build"),
        (
            {STARTED_BY_TAG: "atlas build", "dagster/parent_run_id": "12345678-9"},
            "a person, who repeats run 12345678",
        ),
    ],
)
def test_a_run_says_what_started_it(tags: dict[str, str], told: str) -> None:
    assert origin_tags("sync", tags)[STARTED_BY_TAG] == told


def test_the_run_of_a_command_names_the_command(
    february: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ("validate", "--entity", "EPN", "--period", "2026-02")
    february.atlas_process(*arguments)
    monkeypatch.setenv("DAGSTER_HOME", str(february.settings.dagster_home))
    with dg.DagsterInstance.get() as instance:
        run = instance.get_runs(limit=1)[0]
    assert run.tags[STARTED_BY_TAG] == "atlas " + " ".join(arguments)
    assert (run.tags[ENTITY_TAG], run.tags[PERIOD_TAG]) == ("EPN", "2026-02")
