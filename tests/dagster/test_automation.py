"""When schedules and the sensor ask for runs, evaluated by Dagster itself across a year."""

import os
import platform
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import dagster as dg
import openpyxl
import pytest
from conftest import Installation
from dagster._utils.schedules import cron_string_iterator

from atlas_assets.build import build_definitions
from atlas_assets.partitions import RANGE_END_TAG, RANGE_START_TAG
from atlas_assets.pipeline_runs import PipelineRuns
from atlas_assets.unfinished_runs import HOST_TAG, PROCESS_TAG, close_dead_runs
from atlas_assets.warehouse import Warehouse

JAKARTA = ZoneInfo("Asia/Jakarta")


@pytest.fixture(scope="module")
def definitions(built: Installation) -> dg.Definitions:
    return build_definitions(built.settings)


def ticks(schedule: dg.ScheduleDefinition, year: int) -> list[datetime]:
    """Return the moments of a year at which a schedule runs."""
    start = datetime(year, 1, 1, tzinfo=JAKARTA).timestamp()
    times = cron_string_iterator(start, str(schedule.cron_schedule), schedule.execution_timezone)
    found: list[datetime] = []
    for moment in times:
        if moment.astimezone(JAKARTA).year > year:
            return found
        found.append(moment.astimezone(JAKARTA))
    return found


def requested(schedule: dg.ScheduleDefinition, moment: datetime) -> list[dg.RunRequest]:
    with (
        dg.instance_for_test() as instance,
        dg.build_schedule_context(instance=instance, scheduled_execution_time=moment) as context,
    ):
        return list(schedule.evaluate_tick(context).run_requests or [])


def test_each_month_closes_once_on_its_day_for_all_entities(definitions: dg.Definitions) -> None:
    schedule = definitions.resolve_schedule_def("monthly_close")
    moments = ticks(schedule, 2026)
    assert [(m.month, m.day, m.hour, m.minute) for m in moments] == [
        (month, 5, 6, 0) for month in range(1, 13)
    ]
    closed = []
    for moment in (moments[0], moments[1], moments[11]):
        (request,) = requested(schedule, moment.astimezone(UTC))
        closed.append((request.tags[RANGE_START_TAG], request.tags[RANGE_END_TAG]))
    assert closed == [
        ("EPN|2025-12", "IONS|2025-12"),
        ("EPN|2026-01", "IONS|2026-01"),
        ("EPN|2026-11", "IONS|2026-11"),
    ]


def test_the_running_month_is_brought_up_to_date_every_monday(definitions: dg.Definitions) -> None:
    schedule = definitions.resolve_schedule_def("weekly")
    moments = ticks(schedule, 2026)
    assert len(moments) == 52
    assert {(moment.weekday(), moment.hour) for moment in moments} == {(0, 6)}
    (request,) = requested(schedule, datetime(2026, 11, 30, 6, tzinfo=JAKARTA).astimezone(UTC))
    assert request.tags[RANGE_START_TAG] == "EPN|2026-11"


def test_what_runs_by_itself_runs_from_the_first_start_on(definitions: dg.Definitions) -> None:
    for name in ("monthly_close", "weekly"):
        status = definitions.resolve_schedule_def(name).default_status
        assert status is dg.DefaultScheduleStatus.RUNNING
    sensor = definitions.resolve_sensor_def("workbooks")
    assert sensor.default_status is dg.DefaultSensorStatus.RUNNING


def test_the_sensor_asks_for_existing_partitions_and_waits_for_runs(
    built: Installation, tmp_path: Path
) -> None:
    shutil.copytree(built.root, tmp_path / "atlas")
    path = tmp_path / "atlas" / "source" / "LAPORAN EVALUASI EPN 2026.xlsx"
    workbook = openpyxl.load_workbook(path, data_only=True)
    workbook["OKTOBER"]["O7"].value += 1_000
    workbook.save(path)
    os.utime(path, (path.stat().st_mtime - 3600,) * 2)  # not still being written
    definitions = build_definitions(Installation(tmp_path / "atlas").settings)
    with dg.instance_for_test() as instance:
        sensor = definitions.resolve_sensor_def("workbooks")
        repository = definitions.get_repository_def()

        def tick(cursor: str | None) -> Any:
            with dg.build_sensor_context(
                instance=instance, repository_def=repository, cursor=cursor
            ) as context:
                return sensor.evaluate_tick(context)

        first = tick(None)  # Dagster refuses partitions that do not exist
        (request,) = first.run_requests
        assert (request.job_name, request.partition_key) == ("monthly_close", "EPN|2026-10")
        assert not tick(first.cursor).run_requests
        instance.create_run_for_job(
            definitions.resolve_job_def("seed"), status=dg.DagsterRunStatus.STARTED
        )
        waiting = tick(None)
        assert not waiting.run_requests
        assert "Waits for the run" in waiting.skip_message


def test_a_run_whose_process_is_gone_is_marked_as_failed(
    definitions: dg.Definitions, tmp_path: Path
) -> None:
    job = definitions.resolve_job_def("seed")
    with dg.instance_for_test() as instance:
        runs = [
            instance.create_run_for_job(
                job, status=dg.DagsterRunStatus.STARTED, tags={HOST_TAG: host, PROCESS_TAG: process}
            )
            for host, process in ((platform.node(), "4194000 1.0"), ("elsewhere", "1 1.0"))
        ]
        close_dead_runs(instance, PipelineRuns(Warehouse(tmp_path / "warehouse.db")))
        statuses = [instance.get_run_by_id(run.run_id).status for run in runs]
    assert statuses == [dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.STARTED]
