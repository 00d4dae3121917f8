"""What the workbook sensor asks for: exactly what changed, once, and nothing of what is not ready."""

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from conftest import Installation, make_installation
from odoo_school import configuration, enroll, secret
from odoo_school import source as odoo_source
from odoo_server import Handler, Odoo, running

from atlas_assets.monitoring.watching import Plan, WatchMemory
from atlas_assets.periods.calendar import Month
from atlas_assets.periods.scope import Scope
from atlas_assets.sources import routing
from atlas_assets.sources.extract import extract

EPN = "LAPORAN EVALUASI EPN 2026.xlsx"
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
OCTOBER = Scope(("EPN",), (Month(2026, 10),))


@pytest.fixture
def source(built: Installation, tmp_path: Path) -> Installation:
    """A copy of a built installation whose files were all written an hour ago."""
    shutil.copytree(built.root, tmp_path / "atlas")
    made = Installation(tmp_path / "atlas")
    for path in (made.root / "source").iterdir():
        age(path, timedelta(hours=1))
    return made


def age(path: Path, before: timedelta) -> None:
    moment = (NOW - before).timestamp()
    os.utime(path, (moment, moment))


def seen(installation: Installation) -> WatchMemory:
    """Return what is remembered of a source in which nothing is left to do."""
    files = (installation.root / "source").glob("*.xlsx")
    return WatchMemory(
        files={path.name: (path.stat().st_size, path.stat().st_mtime_ns) for path in files}
    )


def look(installation: Installation, memory: WatchMemory, now: datetime = NOW) -> Plan:
    return installation.workspace.watcher.plan(memory, now)


def nothing(made: Plan) -> bool:
    return not (made.deliver or made.load or made.refuse)


def edit(installation: Installation, sheet: str, *, ago: timedelta = timedelta(minutes=1)) -> Path:
    path = installation.root / "source" / EPN
    workbook = openpyxl.load_workbook(path, data_only=True)
    workbook[sheet]["O7"].value += 1_000
    workbook.save(path)
    age(path, ago)
    return path


def test_a_changed_cell_asks_for_its_month_once(source: Installation) -> None:
    memory = seen(source)
    assert nothing(look(source, memory))
    edit(source, "OKTOBER")
    made = look(source, memory)
    assert made.deliver == [OCTOBER]
    assert (made.load, made.refuse) == ([], [])
    assert nothing(
        look(source, made.memory)
    )  # also where the run fails: not until it changes again
    edit(source, "OKTOBER", ago=timedelta(seconds=30))
    assert look(source, made.memory).deliver == [OCTOBER]


def test_a_month_without_a_report_is_loaded_and_gets_none(source: Installation) -> None:
    memory = seen(source)
    edit(source, "MARET")
    made = look(source, memory)
    assert (made.deliver, made.load) == ([], [Scope(("EPN",), (Month(2026, 3),))])


def test_a_touched_file_asks_for_nothing(source: Installation) -> None:
    memory = seen(source)
    age(source.root / "source" / EPN, timedelta(minutes=1))
    made = look(source, memory)
    assert nothing(made)
    assert made.memory.files != memory.files  # and is not read again the next time


def test_files_that_are_written_open_or_unknown_are_left_alone(source: Installation) -> None:
    memory = seen(source)
    path = edit(source, "OKTOBER", ago=timedelta(seconds=1))
    stranger = source.root / "source" / "LAPORAN EVALUASI EPN 2026 (1).xlsx"
    shutil.copy(path, stranger)
    made = look(source, memory)
    assert nothing(made)
    assert f"{EPN} is still being written." in made.remarks
    assert f"{stranger.name} is not configured, and left alone." in made.remarks
    later = NOW + timedelta(seconds=30)
    lock = path.with_name(f"~${path.name}")
    lock.touch()
    opened = look(source, made.memory, later)
    assert nothing(opened)
    assert f"{EPN} is open in the office program; close it to have it read." in opened.remarks
    lock.unlink()
    assert look(source, opened.memory, later).deliver == [OCTOBER]


def test_a_removed_workbook_is_told(source: Installation) -> None:
    memory = seen(source)
    (source.root / "source" / EPN).unlink()
    told = f"{EPN} is gone. Months that have no workbook left are removed from every figure."
    assert told in look(source, memory).remarks


def test_a_broken_workbook_stops_no_other(source: Installation) -> None:
    memory = seen(source)
    edit(source, "OKTOBER")
    broken = source.root / "source" / "LAPORAN EVALUASI IONs 2026 TM-WLC.xlsx"
    broken.write_bytes(broken.read_bytes()[:5000])
    age(broken, timedelta(minutes=1))
    made = look(source, memory)
    assert made.deliver == [OCTOBER]
    assert {entity for scope in made.refuse for entity in scope.entities} == {"IONS"}
    assert nothing(look(source, made.memory))  # told once


def test_a_broken_workbook_is_told_once_though_its_other_sheets_were_loaded(
    installation: Installation,
) -> None:
    broken = installation.root / "source" / "LAPORAN EVALUASI IONs 2026 TM-WLC.xlsx"
    broken.write_bytes(broken.read_bytes()[:5000])
    for path in (installation.root / "source").iterdir():
        age(path, timedelta(hours=1))
    made = look(installation, WatchMemory())
    (scope,) = made.refuse
    assert (scope.entities, scope.years) == (("IONS",), [2026])
    workspace = installation.workspace
    with workspace.ledger.stage("extract", scope, "run") as stage:
        extraction = extract(workspace.source, workspace.raw_store, scope)
        stage.problems = dict.fromkeys(extraction.refused, "refused")
    assert extraction.problems
    assert look(installation, made.memory).refuse == []


def test_after_a_restart_without_memory_only_what_is_stale_is_asked_for(
    source: Installation,
) -> None:
    """The stores themselves say what was done; the memory only saves asking twice."""
    first = look(source, WatchMemory())
    edit(source, "OKTOBER")
    again = look(source, WatchMemory())
    months = {(e, m) for s in (*first.deliver, *first.load) for e, m in s.partitions}
    more = {(e, m) for s in (*again.deliver, *again.load) for e, m in s.partitions}
    assert more - months == {("EPN", Month(2026, 10))}


@pytest.mark.slow
def test_through_a_year_each_month_is_asked_for_once_when_its_rows_come(
    tmp_path: Path, parsed_models: Path
) -> None:
    name = "LAPORAN EVALUASI EPN 2025.xlsx"
    made = make_installation(tmp_path / "atlas", years=range(2025, 2026), defects=0.0, scale=0.1)
    shutil.copytree(parsed_models, made.settings.dbt_target_dir)
    path = made.root / "source" / name
    whole = path.read_bytes()
    year = made.workspace.configuration.years["EPN", 2025]
    memory = WatchMemory()
    for number in range(1, 13):
        path.write_bytes(whole)
        workbook = openpyxl.load_workbook(path, data_only=True)
        for later in range(number + 1, 13):
            sheet = workbook[year.sheet_of("transactions", later)]
            sheet.delete_rows(7, sheet.max_row)
        workbook.save(path)
        now = datetime(2025, number, 25, 9, tzinfo=UTC)
        for file in (made.root / "source").iterdir():
            moment = (now - timedelta(minutes=1)).timestamp()
            os.utime(file, (moment, moment))
        month = Month(2025, number)
        plans = [look(made, memory, now)]
        plans.append(look(made, plans[0].memory, now))
        made.atlas("build", "--entity", "EPN", "--period", str(month))
        plans.append(look(made, plans[1].memory, now + timedelta(hours=1)))
        epn = [[scope for scope in plan.deliver if "EPN" in scope.entities] for plan in plans]
        assert epn == [[Scope(("EPN",), (month,))], [], []], month
        assert [scope for plan in plans for scope in plan.refuse] == []
        memory = plans[-1].memory


@pytest.fixture
def odoo() -> Iterator[Odoo]:
    odoo = Odoo()
    enroll(odoo, "2026-10-05", "Ani", 1.0)
    with running(odoo):
        yield odoo


@pytest.fixture
def school(odoo: Odoo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """An installation whose payments are in Odoo."""
    monkeypatch.setattr(routing, "secret", secret)  # readers may have started without the variable
    configuration(tmp_path / "source", odoo_source(odoo.url))
    return Installation(tmp_path)


def test_a_server_is_asked_every_few_minutes_and_its_changes_ask_for_their_month(
    odoo: Odoo, school: Installation
) -> None:
    first = look(school, WatchMemory())
    assert first.deliver == [OCTOBER]
    asked = len(odoo.requests)
    soon = look(school, first.memory, NOW + timedelta(minutes=4))
    assert nothing(soon)
    assert len(odoo.requests) == asked

    later = look(school, soon.memory, NOW + timedelta(minutes=6))
    assert nothing(later)
    assert (
        len(odoo.requests) - asked == 7 + 10
    )  # the fields of those that are read, and all summaries
    odoo.write("res.partner", 1, "2026-11-02 08:00:00", name="Anita")
    changed = look(school, later.memory, NOW + timedelta(minutes=12))
    assert changed.deliver == [OCTOBER]


def test_a_server_that_is_down_is_told_of_and_asked_again(odoo: Odoo, school: Installation) -> None:
    memory = look(school, WatchMemory()).memory
    odoo.faults = [unavailable] * 4
    down = look(school, memory, NOW + timedelta(minutes=6))
    assert nothing(down)
    assert any("does not answer: status 503" in remark for remark in down.remarks)
    odoo.write("account.payment", 1, "2026-11-02 08:00:00", memo="X")
    assert look(school, down.memory, NOW + timedelta(minutes=12)).deliver == [OCTOBER]


def unavailable(handler: Handler) -> bool:
    handler.reply(503, b"", Retry_After="0")
    return True
