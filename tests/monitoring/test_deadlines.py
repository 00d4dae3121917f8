"""Which months are late, asked at moments across a year."""

import shutil
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from conftest import Installation

from atlas_assets.configuration.configuration import Configuration
from atlas_assets.monitoring.deadlines import DEADLINES, Late, deadline, outlook
from atlas_assets.periods.calendar import Month

WIB = ZoneInfo("Asia/Jakarta")
EPN = "LAPORAN EVALUASI EPN 2026.xlsx"


def late(installation: Installation, *moment: int) -> list[Late]:
    return outlook(installation.workspace.staleness, "EPN", datetime(*moment, tzinfo=WIB)).late


def test_each_stage_of_each_month_is_due_hours_after_its_close(
    configuration: Configuration,
) -> None:
    calendar = configuration.registry.calendar
    for number in range(1, 13):
        month = Month(2026, number)
        after = month.plus(1)
        found = {stage: deadline(calendar, month, stage) for stage in DEADLINES}
        hours = {"extract": 7, "transform": 8, "validate": 8}
        assert found == {
            stage: datetime(after.year, after.number, 5, hours.get(stage, 9), tzinfo=WIB)
            for stage in DEADLINES
        }


def test_a_month_is_late_from_its_deadline_on(built: Installation) -> None:
    # October has everything; of September nobody made records and a report.
    assert late(built, 2026, 11, 5, 8, 59) == [
        Late(
            "EPN",
            Month(2026, 9),
            Month(2026, 9),
            "publish missing, report missing, present missing",
        )
    ]
    assert late(built, 2026, 11, 5, 9) == []
    assert late(built, 2026, 12, 5, 6, 59) == []
    november = Month(2026, 11)
    empty = ("no rows yet", "fill its sheet and save the workbook")
    assert late(built, 2026, 12, 5, 7) == [Late("EPN", november, november, *empty)]
    assert late(built, 2027, 1, 5, 7) == [Late("EPN", november, november.plus(1), *empty)]
    january = Month(2027, 1)
    assert late(built, 2027, 2, 5, 7) == [
        Late("EPN", november, november.plus(1), *empty),
        Late(
            "EPN",
            january,
            january,
            "no workbook or sheet",
            "put its workbook into the source folder",
        ),
    ]
    assert late(built, 2025, 1, 20, 9) == []  # before the first month that is configured closed


@pytest.fixture
def corrected(built: Installation, tmp_path: Path) -> Installation:
    """A built installation of which one cell of October was corrected since."""
    shutil.copytree(built.root, tmp_path / "atlas")
    made = Installation(tmp_path / "atlas")
    workbook = openpyxl.load_workbook(made.root / "source" / EPN, data_only=True)
    workbook["OKTOBER"]["O7"].value += 1_000
    workbook.save(made.root / "source" / EPN)
    return made


@pytest.mark.slow
def test_what_became_stale_after_its_deadline_is_late_stage_by_stage(
    corrected: Installation,
) -> None:
    moment = (2026, 11, 20, 9)
    (found,) = late(corrected, *moment)
    assert found.where == "EPN 2026-10"
    assert found.what == "extract stale"  # and so is all that is made of it
    assert found.why == f"{EPN}, sheet OKTOBER changed"
    assert "`atlas status` shows all there is to do" in found.message()
    corrected.atlas("sync", "--entity", "EPN", "--period", "2026-10")
    (found,) = late(corrected, *moment)
    assert found.what == "publish stale, report stale"
    assert "the marts were built again after publish" in found.why
    corrected.atlas("format", "--entity", "EPN", "--period", "2026-10")
    (found,) = late(corrected, *moment)
    assert found.what == "publish stale, present stale"
    corrected.atlas("build", "--entity", "EPN", "--period", "2026-10")
    assert late(corrected, *moment) == []
