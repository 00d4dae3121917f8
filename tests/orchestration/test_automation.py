"""When schedules and the sensor ask for runs, evaluated by Dagster itself across a year."""

import os
import platform
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import dagster as dg
import openpyxl
import psutil
import pytest
from conftest import Installation
from dagster._utils.schedules import cron_string_iterator

from atlas_assets.orchestration.build import build_definitions
from atlas_assets.orchestration.partitions import PARTITION_TAG, RANGE_START_TAG
from atlas_assets.orchestration.repeats import ATTEMPT_TAG, RepeatMemory, wait
from atlas_assets.orchestration.runs.run_problems import notice_of
from atlas_assets.orchestration.runs.unfinished_runs import HOST_TAG, PROCESS_TAG, close_dead_runs
from atlas_assets.orchestration.schedules import next_ticks
from atlas_assets.warehouse.connection import Warehouse
from atlas_assets.warehouse.ledger import RunLedger

JAKARTA = ZoneInfo("Asia/Jakarta")


@pytest.fixture(scope="module")
def definitions(built: Installation) -> dg.Definitions:
    return build_definitions(built.workspace)


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


def requested(definitions: dg.Definitions, name: str, moment: datetime) -> list[dg.RunRequest]:
    """Return the runs that a schedule asks for at a moment."""
    with (
        dg.instance_for_test() as instance,
        dg.build_schedule_context(
            instance=instance,
            scheduled_execution_time=moment.astimezone(UTC),
            repository_def=definitions.get_repository_def(),
        ) as context,
    ):
        found = definitions.resolve_schedule_def(name).evaluate_tick(context)
        return list(found.run_requests or [])


def test_each_month_closes_once_on_its_day_for_all_entities(definitions: dg.Definitions) -> None:
    schedule = definitions.resolve_schedule_def("monthly_close")
    moments = ticks(schedule, 2026)
    assert [(m.month, m.day, m.hour, m.minute) for m in moments] == [
        (month, 5, 6, 0) for month in range(1, 13)
    ]
    closed = [
        [request.partition_key for request in requested(definitions, "monthly_close", moment)]
        for moment in (moments[1], moments[10], moments[11])
    ]
    # One run of each entity, so that none stops another; November has no rows yet.
    assert closed == [["EPN|2026-01", "IONS|2026-01"], ["EPN|2026-10", "IONS|2026-10"], []]


def test_the_running_month_is_brought_up_to_date_every_monday(definitions: dg.Definitions) -> None:
    schedule = definitions.resolve_schedule_def("weekly")
    moments = ticks(schedule, 2026)
    assert len(moments) == 52
    assert {(moment.weekday(), moment.hour) for moment in moments} == {(0, 6)}
    asked = requested(definitions, "weekly", datetime(2026, 10, 26, 6, tzinfo=JAKARTA))
    assert [request.partition_key for request in asked] == ["EPN|2026-10", "IONS|2026-10"]
    assert len({request.run_key for request in asked}) == 2
    assert requested(definitions, "weekly", datetime(2026, 11, 30, 6, tzinfo=JAKARTA)) == []


def test_a_month_begins_by_the_clock_of_the_business(definitions: dg.Definitions) -> None:
    months = definitions.resolve_assets_def(RECORDS).partitions_def
    just_begun = datetime(2026, 12, 1, 0, 30, tzinfo=JAKARTA)
    assert "EPN|2026-12" in months.get_partition_keys(current_time=just_begun)
    assert "EPN|2026-12" not in months.get_partition_keys(
        current_time=just_begun - timedelta(hours=1)
    )


def test_late_months_are_looked_for_every_morning(definitions: dg.Definitions) -> None:
    schedule = definitions.resolve_schedule_def("freshness")
    moments = ticks(schedule, 2026)
    assert len(moments) == 365
    assert {moment.hour for moment in moments} == {9}
    (request,) = requested(definitions, "freshness", moments[0])
    assert not {RANGE_START_TAG, PARTITION_TAG} & request.tags.keys()


def test_the_next_ticks_are_told_in_the_time_of_the_business(built: Installation) -> None:
    after_the_close = datetime(2026, 12, 5, 6, 0, 1, tzinfo=JAKARTA)  # a Saturday
    told = {
        name: moment.isoformat()
        for name, moment in next_ticks(built.workspace, after_the_close).items()
    }
    assert told == {
        "monthly_close": "2027-01-05T06:00:00+07:00",
        "weekly": "2026-12-07T06:00:00+07:00",
        "freshness": "2026-12-05T09:00:00+07:00",
    }


def test_what_runs_by_itself_runs_from_the_first_start_on(definitions: dg.Definitions) -> None:
    for name in ("monthly_close", "weekly", "freshness"):
        status = definitions.resolve_schedule_def(name).default_status
        assert status is dg.DefaultScheduleStatus.RUNNING
    for name in ("workbooks", "notifications", "followers", "repeats"):
        sensor = definitions.resolve_sensor_def(name)
        assert sensor.default_status is dg.DefaultSensorStatus.RUNNING


RECORDS = dg.AssetKey(["operational", "records"])
RANGE_REPORT = dg.AssetKey(["reports", "range_report"])
SNAPSHOT = dg.AssetKey(["serving", "snapshot"])
KINDS = ("report", "deck", "pdf")


class Year:
    """A year of materializations, and what the conditions ask for after each."""

    def __init__(self, definitions: dg.Definitions, instance: dg.DagsterInstance) -> None:
        self.definitions, self.instance = definitions, instance
        self.cursor: Any = None
        self.serves = False  # whether the last evaluation asked for the snapshot of the dashboard
        graph = definitions.resolve_asset_graph()
        self.marts = [
            key
            for key in graph.materializable_asset_keys
            if key.path[0] in {"marts", "intermediate"}
        ]
        self.followers = [
            RECORDS,
            *(dg.AssetKey(["reports", f"{t}_{k}"]) for t in PERIODS for k in KINDS),
        ]

    def made(self, keys: list[dg.AssetKey], *partitions: str) -> None:
        for key in keys:
            for partition in partitions:
                made = dg.AssetMaterialization(key, partition=partition)
                self.instance.report_runless_asset_event(made)

    def asked(self, moment: datetime) -> dict[str, list[str]]:
        result = dg.evaluate_automation_conditions(
            self.definitions, self.instance, evaluation_time=moment, cursor=self.cursor
        )
        self.cursor = result.cursor
        asked = {
            key.path[-1]: sorted(map(str, found))
            for key in self.followers
            if (found := result.get_requested_partitions(key))
        }
        ranges = result.get_num_requested(RANGE_REPORT)
        snapshots = result.get_num_requested(SNAPSHOT)
        assert result.total_requested == sum(map(len, asked.values())) + ranges + snapshots
        self.serves = bool(snapshots)
        if ranges:
            asked["range_report"] = []
        return asked


PERIODS = ("monthly", "quarterly", "yearly")


def report_of(kind: str, partition: str) -> dict[str, list[str]]:
    return {f"{kind}_{part}": [partition] for part in KINDS}


@pytest.mark.slow
def test_what_is_made_of_months_follows_them_once_through_a_year(
    definitions: dg.Definitions,
) -> None:
    # February of 2026 comes after March; all others on their day.
    arrivals = [1, 3, 2, *range(4, 13)]
    with dg.instance_for_test() as instance:
        year = Year(definitions, instance)
        assert year.asked(datetime(2026, 1, 1, tzinfo=UTC)) == {}
        for position, number in enumerate(arrivals):
            month = f"EPN|2026-{number:02d}"
            moment = datetime(2026, max(number, position + 1), 28, tzinfo=UTC) + timedelta(days=10)
            year.made(year.marts, month)
            expected = {"records": [month]}
            if number == 2:
                expected |= report_of("quarterly", "EPN|2026-01")
            if number in {6, 9, 12}:
                expected |= report_of("quarterly", f"EPN|2026-{number - 2:02d}")
            if number == 12:
                expected |= report_of("yearly", "EPN|2026-01")
            assert year.asked(moment) == expected
            assert year.asked(moment) == {}


def test_a_report_follows_its_marts_once_somebody_made_it(definitions: dg.Definitions) -> None:
    moment = datetime(2026, 11, 10, tzinfo=UTC)
    month = "IONS|2026-05"
    with dg.instance_for_test() as instance:
        year = Year(definitions, instance)
        year.asked(moment)
        year.made(year.marts, month)
        year.made([RECORDS], month)  # one run made both
        assert year.asked(moment) == {}
        made = [dg.AssetKey(["reports", f"monthly_{kind}"]) for kind in ("report", "deck")]
        year.made(made, month)
        assert year.asked(moment) == {}
        year.made(year.marts, month)
        follow = {"records": [month], "monthly_report": [month], "monthly_deck": [month]}
        assert year.asked(moment) == follow  # there was no PDF
        assert year.asked(moment) == {}
        year.made([key for key in year.marts if key.path[0] == "intermediate"], month)
        assert year.asked(moment) == {}  # its marts are not built of these facts yet


def test_reports_of_ranges_follow_any_month_once_somebody_made_one(
    definitions: dg.Definitions,
) -> None:
    moment = datetime(2026, 11, 10, tzinfo=UTC)
    with dg.instance_for_test() as instance:
        year = Year(definitions, instance)
        year.asked(moment)
        year.made(year.marts, "IONS|2026-04")
        assert "range_report" not in year.asked(moment)
        instance.report_runless_asset_event(dg.AssetMaterialization(RANGE_REPORT))
        assert year.asked(moment) == {}
        year.made(year.marts, "IONS|2026-05")
        assert "range_report" in year.asked(moment)
        assert year.asked(moment) == {}


def test_the_snapshot_of_the_dashboard_follows_every_month(definitions: dg.Definitions) -> None:
    moment = datetime(2026, 11, 10, tzinfo=UTC)
    with dg.instance_for_test() as instance:
        year = Year(definitions, instance)
        year.asked(moment)
        for month in ("IONS|2026-04", "EPN|2026-05"):
            year.made([*year.marts, RECORDS], month)
            year.asked(moment)
            assert year.serves
            instance.report_runless_asset_event(dg.AssetMaterialization(SNAPSHOT))
            year.asked(moment)
            assert not year.serves


def test_nothing_follows_marts_that_failed_a_check(definitions: dg.Definitions) -> None:
    moment = datetime(2026, 11, 10, tzinfo=UTC)
    month = "EPN|2026-10"
    revenue = dg.AssetKey(["marts", "mart_revenue"])

    def judged(*, passed: bool) -> dg.AssetCheckEvaluation:
        return dg.AssetCheckEvaluation(
            asset_key=revenue,
            check_name="mart_revenue_by_unit",
            passed=passed,
            metadata={},
            severity=dg.AssetCheckSeverity.ERROR,
            blocking=True,
        )

    with dg.instance_for_test() as instance:
        year = Year(definitions, instance)
        year.made([RECORDS, dg.AssetKey(["reports", "monthly_report"])], month)
        year.asked(moment)
        year.made(year.marts, month)
        instance.report_runless_asset_event(judged(passed=False))
        assert "monthly_report" not in year.asked(moment)
        assert not year.serves
        instance.report_runless_asset_event(judged(passed=True))
        assert year.asked(moment)["monthly_report"] == [month]


def test_a_failed_run_is_told_once_whoever_started_it(built: Installation, tmp_path: Path) -> None:
    shutil.copytree(built.root, tmp_path / "atlas")
    made = Installation(tmp_path / "atlas")
    definitions = build_definitions(made.workspace)
    sensor = definitions.resolve_sensor_def("notifications")
    log_file = made.root / "output" / "notifications.log"
    with dg.instance_for_test() as instance:

        def tick(cursor: str | None) -> Any:
            with dg.build_sensor_context(
                instance=instance, repository_def=definitions.get_repository_def(), cursor=cursor
            ) as context:
                return sensor.evaluate_tick(context)

        def run() -> None:
            job = definitions.resolve_job_def("extract")
            job.execute_in_process(
                instance=instance, partition_key="EPN|2026-10", raise_on_error=False
            )

        before = tick(None)
        run()
        quiet = tick(before.cursor)
        assert quiet.skip_message == "Nothing went wrong."
        path = made.root / "source" / "LAPORAN EVALUASI EPN 2026.xlsx"
        path.write_bytes(path.read_bytes()[:5000])
        run()
        run()
        told = tick(quiet.cursor)
        assert told.skip_message == "2 runs went wrong."
        again = tick(told.cursor)
        assert again.skip_message == "Nothing went wrong."
    text = log_file.read_text(encoding="utf-8")
    assert text.count("Atlas: extract of EPN 2026-10 failed") == 1
    assert "LAPORAN EVALUASI EPN 2026.xlsx cannot be read as a workbook: it is cut off" in text


def test_the_sensor_asks_for_existing_partitions_and_waits_for_runs(
    built: Installation, tmp_path: Path
) -> None:
    shutil.copytree(built.root, tmp_path / "atlas")
    path = tmp_path / "atlas" / "source" / "LAPORAN EVALUASI EPN 2026.xlsx"
    workbook = openpyxl.load_workbook(path, data_only=True)
    workbook["OKTOBER"]["O7"].value += 1_000
    workbook.save(path)
    os.utime(path, (path.stat().st_mtime - 3600,) * 2)  # not still being written
    definitions = build_definitions(Installation(tmp_path / "atlas").workspace)
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


SENSOR = {"dagster/sensor_name": "workbooks"}
MONTH = {"dagster/partition": "EPN|2026-10"}


class Repeating:
    """The sensor of repeats on an instance, and the runs that it asks for."""

    def __init__(self, made: Installation, instance: dg.DagsterInstance) -> None:
        self.definitions, self.instance = build_definitions(made.workspace), instance
        self.cursor: str | None = None

    def asked(self, later: timedelta = timedelta(0)) -> list[dg.RunRequest]:
        """Look once, as if so much time had gone by since the last look."""
        if self.cursor:
            memory = RepeatMemory.model_validate_json(self.cursor)
            memory.due = {run_id: moment - later for run_id, moment in memory.due.items()}
            self.cursor = memory.model_dump_json()
        with dg.build_sensor_context(
            instance=self.instance,
            repository_def=self.definitions.get_repository_def(),
            cursor=self.cursor,
        ) as context:
            result = self.definitions.resolve_sensor_def("repeats").evaluate_tick(context)
        self.cursor = result.cursor
        return result.run_requests

    def fail(self, job: str, tags: dict[str, str]) -> dg.DagsterRun:
        """Let a run end as when its process is killed."""
        run = self.instance.create_run_for_job(
            self.definitions.resolve_job_def(job), tags=tags, status=dg.DagsterRunStatus.STARTED
        )
        self.instance.report_run_failed(run, "Its process was ended.")
        return run


def test_a_run_whose_process_ended_is_asked_for_again_and_again(built: Installation) -> None:
    with dg.instance_for_test() as instance:
        living = Repeating(built, instance)
        assert living.asked() == []
        run = living.fail("monthly_close", SENSOR | MONTH)
        living.fail("monthly_close", MONTH)  # a command's: who gave it repeats it
        waited = timedelta(0)
        for attempt in range(1, 8):
            assert living.asked() == []  # it is noted
            assert living.asked(wait(attempt - 1) - timedelta(seconds=10)) == []
            (request,) = living.asked(timedelta(seconds=20))
            assert (request.job_name, request.partition_key) == ("monthly_close", "EPN|2026-10")
            assert request.run_key == f"again {run.run_id}"
            assert request.tags[ATTEMPT_TAG] == str(attempt)
            waited += wait(attempt - 1)
            run = living.fail("monthly_close", SENSOR | MONTH | request.tags)
        assert waited == timedelta(minutes=1 + 2 + 4 + 8 + 16 + 30 + 30)


def test_what_a_condition_asked_for_is_repeated_asset_by_asset(built: Installation) -> None:
    deck = dg.AssetKey(["reports", "quarterly_deck"])
    with dg.instance_for_test() as instance:
        living = Repeating(built, instance)
        living.asked()
        run = instance.create_run_for_job(
            living.definitions.get_implicit_global_asset_job_def(),
            asset_selection={deck},
            tags={"dagster/from_automation_condition": "true", "dagster/partition": "EPN|2026-07"},
            status=dg.DagsterRunStatus.STARTED,
        )
        instance.report_run_failed(run, "Its process was ended.")
        living.asked()
        (request,) = living.asked(timedelta(hours=1))
    assert request.job_name == "quarterly_report"
    assert request.asset_selection == [deck]
    assert request.partition_key == "EPN|2026-07"


def test_a_reason_outside_is_repeated_at_once_after_a_change_of_configuration(
    built: Installation, tmp_path: Path
) -> None:
    shutil.copytree(built.root, tmp_path / "atlas")
    made = Installation(tmp_path / "atlas")
    raw = made.settings.raw_dir / "transactions" / "EPN"
    with dg.instance_for_test() as instance:
        living = Repeating(made, instance)
        living.asked()
        shutil.rmtree(raw)
        raw.write_text("in the way of a folder")
        job = living.definitions.resolve_job_def("extract")
        failed = job.execute_in_process(
            instance=instance,
            partition_key="EPN|2026-10",
            raise_on_error=False,
            tags=SENSOR,
        )
        notice = notice_of(instance, failed.dagster_run)
        assert notice
        assert "There is a file in place of a folder. Move it away" in notice.text
        assert living.asked() == []
        os.utime(made.settings.config_dir / "registry.yaml")
        (request,) = living.asked()
    assert request.partition_key == "EPN|2026-10"


def test_what_a_workbook_is_to_blame_for_is_not_repeated(
    built: Installation, tmp_path: Path
) -> None:
    shutil.copytree(built.root, tmp_path / "atlas")
    made = Installation(tmp_path / "atlas")
    path = made.root / "source" / "LAPORAN EVALUASI EPN 2026.xlsx"
    path.write_bytes(path.read_bytes()[:5000])
    with dg.instance_for_test() as instance:
        living = Repeating(made, instance)
        living.asked()
        living.definitions.resolve_job_def("extract").execute_in_process(
            instance=instance, partition_key="EPN|2026-10", raise_on_error=False, tags=SENSOR
        )
        living.asked()
        assert living.asked(timedelta(days=1)) == []


def test_a_missed_deadline_is_told(built: Installation, tmp_path: Path) -> None:
    shutil.copytree(built.root, tmp_path / "atlas")
    made = Installation(tmp_path / "atlas")
    path = made.root / "source" / "LAPORAN EVALUASI EPN 2026.xlsx"
    workbook = openpyxl.load_workbook(path, data_only=True)
    workbook["MARET"]["O7"].value += 1_000
    workbook.save(path)
    definitions = build_definitions(made.workspace)
    with dg.instance_for_test() as instance:
        done = definitions.resolve_job_def("freshness").execute_in_process(instance=instance)
        found = {e.check_name: e for e in done.get_asset_check_evaluations()}
        notice = notice_of(instance, done.dagster_run)
    assert done.success  # a late month fails no run
    late = found["due_months_of_epn"]
    assert not late.passed
    assert "EPN 2026-03" in late.metadata["late"].value
    assert notice
    assert notice.title == "Atlas: freshness found something wrong"
    told = "extract stale (LAPORAN EVALUASI EPN 2026.xlsx, sheet MARET changed)"
    assert f"EPN 2026-03 late: {told}" in notice.text


def test_a_run_whose_process_is_gone_is_marked_as_failed(
    definitions: dg.Definitions, tmp_path: Path
) -> None:
    here, gone = platform.node(), "4194000 1.0"
    living = f"{os.getpid()} {psutil.Process().create_time()}"
    processes = {
        (here, gone): dg.DagsterRunStatus.FAILURE,
        (here, living): dg.DagsterRunStatus.STARTED,
        ("elsewhere", gone): dg.DagsterRunStatus.STARTED,
    }
    job = definitions.resolve_job_def("seed")
    with dg.instance_for_test() as instance:

        def started(tags: dict[str, str]) -> dg.DagsterRun:
            return instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED, tags=tags)

        runs = []
        for host, process in processes:
            run = started({})
            tags = {HOST_TAG: host, PROCESS_TAG: f"{run.run_id} {process}"}
            instance.add_run_tags(run.run_id, tags)
            runs.append(run)
        executed_again = started({HOST_TAG: here, PROCESS_TAG: f"{runs[0].run_id} {gone}"})
        close_dead_runs(instance, RunLedger(Warehouse(tmp_path / "warehouse.db")))
        statuses = [instance.get_run_by_id(run.run_id).status for run in runs]
        again = instance.get_run_by_id(executed_again.run_id).status
    assert statuses == list(processes.values())
    assert again is dg.DagsterRunStatus.STARTED  # Dagster copies the tags of the run before
