"""What people's workbooks look like: nothing wrong gets through, and nothing sound is stopped."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from typing import TYPE_CHECKING

import messy_workbooks as messy
import pytest
from conftest import CONFIG_DIR, Installation, made_once

from atlas_assets.periods.calendar import Month
from atlas_assets.periods.scope import Scope
from atlas_assets.sources.extract import extract
from atlas_assets.warehouse.reconciliation import reconciliations
from atlas_assets.warehouse.transform import transform

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.installation

SCOPE = Scope(("EPN",), tuple(Month(2026, number) for number in range(1, 13)))


def build(root: Path) -> None:
    messy.write(root / "source")
    (root / "source/config").mkdir()
    for name in ("registry.yaml", "strings.yaml", "epn-2026.yaml"):
        shutil.copy(CONFIG_DIR / name, root / "source/config")
    workspace = Installation(root).workspace
    assert extract(workspace.source, workspace.raw_store, SCOPE).problems == []
    assert transform(workspace.dbt, SCOPE).problems == {}
    workspace.validation.write("EPN", 2026)


@pytest.fixture(scope="module")
def messy_year(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return made_once(tmp_path_factory, "messy", build)


@pytest.fixture(scope="module")
def validation(messy_year: Installation) -> dict:
    path = messy_year.workspace.validation.path("EPN", 2026)
    return json.loads(path.read_text(encoding="utf-8"))


def query(installation: Installation, sql: str) -> list[tuple]:
    with installation.workspace.warehouse.reading() as connection:
        return connection.execute(sql).fetchall()


def findings(validation: dict, month: int, table: str = "transactions") -> set[tuple[str, str]]:
    return {
        (finding["cell"], finding["reason"])
        for sheet in validation["sheets"]
        if sheet["table"] == table and sheet["month"] == f"2026-{month:02d}"
        for finding in sheet["findings"]
    }


REVENUE = {
    1: 8_000_000,
    2: 3_000_000 - 1_500_000 + 1_500_000,
    3: 8_500_000,
    4: 11_000_000,
    5: 8_000_000,
    6: 8_000_000,
    7: 14_000_000,
    8: 8_000_000,
    9: 8_000_000,
    10: 7_000_000,
    11: 7_000_000,
    12: "8234567.25",
}


def test_every_month_has_the_revenue_that_a_person_reads(messy_year: Installation) -> None:
    sql = "SELECT month(month_key), revenue_actuals::VARCHAR FROM marts.mart_revenue ORDER BY 1"
    read = {month: float(amount) for month, amount in query(messy_year, sql)}
    assert read == {month: float(amount) for month, amount in REVENUE.items()}


def test_both_readers_agree_on_every_sheet(messy_year: Installation) -> None:
    with messy_year.workspace.warehouse.reading() as connection:
        pairs = reconciliations(connection, SCOPE)
    assert len(pairs["sheet_amounts"]) == 12
    assert "sheets_read_twice" not in pairs  # all could be read twice
    assert [
        pair.message()
        for found in pairs.values()
        for pair in found
        if pair.is_blocking and not pair.passed
    ] == []


@pytest.mark.parametrize("month", [1, 9])
def test_sound_sheets_have_no_findings(validation: dict, month: int) -> None:
    assert findings(validation, month) == set()


def test_amounts_with_two_readings_are_flagged_and_the_others_read(validation: dict) -> None:
    assert findings(validation, 2) == {(f"O{row}", "amount_unreadable") for row in (7, 8, 9)}
    assert findings(validation, 2, "targets") == {
        ("H12", "amount_unreadable"),
        ("J12", "amount_unreadable"),
    }


def test_invisible_characters_change_nothing(messy_year: Installation, validation: dict) -> None:
    assert findings(validation, 3) == set()
    march = "FROM intermediate.int_orders WHERE month_key = '2026-03-01'"
    assert query(messy_year, f"SELECT count(DISTINCT product_name), min(product_name) {march}") == [
        (1, "Intensif SNBT")
    ]
    names = {name for (name,) in query(messy_year, f"SELECT student_name {march}")}
    assert names == set(messy.NAMES)
    assert query(
        messy_year, f"SELECT count(DISTINCT intake), count(DISTINCT unit_code) {march}"
    ) == [(1, 1)]


def test_twins_count_once_whatever_their_form_and_conflicts_count_twice(
    messy_year: Installation, validation: dict
) -> None:
    assert findings(validation, 4) == {
        *(("C15", "duplicate"), ("C11", "receipt_conflict"), ("C16", "receipt_conflict")),
    }
    april = [s for s in validation["sheets"] if s["month"] == "2026-04"]
    others = {f["cell"]: f["other"] for sheet in april for f in sheet["findings"]}
    assert others["C15"].endswith("sheet APRIL, row 10")
    assert others["C11"].endswith("sheet APRIL, row 16")
    keys = query(messy_year, "SELECT receipt_key FROM intermediate.int_orders")
    assert max(Counter(keys).values()) == 1
    assert ("BB.026.04.0005/2/1",) in keys


def test_totals_are_no_data_and_a_number_alone_is_no_money(validation: dict) -> None:
    assert findings(validation, 5) == {("O20", "stray_amount")}
    (sheet,) = (
        s for s in validation["sheets"] if s["month"] == "2026-05" and s["table"] == "transactions"
    )
    totals = [rows["rows"] for rows in sheet["not_data"] if rows["reason"] == "total"]
    assert totals == ["11", "16-19", "21"]
    assert sheet["amounts"]["unassigned"] == 0
    assert sheet["amounts"]["stray"] == 81_234_567_890


def test_identifiers_are_what_is_shown_unless_digits_are_hidden(validation: dict) -> None:
    june = [s for s in validation["sheets"] if s["month"] == "2026-06"]
    shown = {f["cell"]: (f["content"], f["other"]) for s in june for f in s["findings"]}
    assert shown == {
        **{f"C{6 + n}": (f"BB.026.06.{n:04d}", str(n)) for n in range(1, 9)},
        "J8": ("3404010100000001", "3.40401E+15"),
    }


def test_what_differs_by_a_sign_or_a_title_stays_apart(
    messy_year: Installation, validation: dict
) -> None:
    sql = (
        "SELECT product_name, revenue FROM marts.mart_program_progress "
        "WHERE month_key = '2026-07-01' ORDER BY 1"
    )
    by_program = Counter()
    for program, revenue in query(messy_year, sql):
        by_program[program] += int(revenue)
    assert by_program == {"Intensif SNBT": 5_000_000, "Intensif SNBT+": 9_000_000}
    paying = "SELECT paying_student_count FROM marts.mart_revenue WHERE month_key = '2026-07-01'"
    assert query(messy_year, paying) == [(8,)]
    assert findings(validation, 7) == {("D12", "title_in_name")}
    assert {
        "kind": "program",
        "written": "INTENSIF. SNBT",
        "taken_as": "Intensif SNBT",
        "rows": 1,
    } in (validation["spellings"])


def test_two_students_of_one_name_are_told_with_both_records(validation: dict) -> None:
    assert findings(validation, 7, "students") == {("F13", "student_ambiguous")}
    (other,) = {
        finding["other"]
        for sheet in validation["sheets"]
        for finding in sheet["findings"]
        if finding["reason"] == "student_ambiguous" and sheet["month"] == "2026-07"
    }
    assert other == (
        "26006, 2008-05-06, 3404010100000006 <> 26001, 2008-05-01, 3404010100000001 "
        "(DATABASE SISWA EPN 2026.xlsx, sheet JANUARI26, row 8)"
    )


def test_dates_of_other_centuries_are_flagged(validation: dict) -> None:
    assert findings(validation, 8) == {(f"B{row}", "date_unreadable") for row in (7, 8, 9)}


def test_errors_are_findings_in_every_table_and_concern_their_cell_only(validation: dict) -> None:
    assert findings(validation, 10) == {("O7", "cell_error"), ("J8", "cell_error")}
    assert findings(validation, 10, "targets") == {("AN12", "cell_error")}
    assert findings(validation, 10, "marketing_activity") == {("G8", "cell_error")}
    contents = {f["content"] for s in validation["sheets"] for f in s["findings"]}
    assert {"#SPILL!", "#N/A", "#DIV/0!"} <= contents


def test_no_content_becomes_nothing_in_silence(validation: dict) -> None:
    (sheet,) = (
        s for s in validation["sheets"] if s["month"] == "2026-11" and s["table"] == "transactions"
    )
    assert [(r["rows"], r["reason"]) for r in sheet["not_data"]] == [("15", "header")]
    assert findings(validation, 11) == {
        *(("J7", "school_without_name"), ("F8", "program_without_name"), ("E9", "unit_unknown")),
        *(("B9", "date_unreadable"), ("I9", "intake_implausible"), ("D10", "student_missing")),
    }


def test_receipts_and_names_that_are_none_are_told(validation: dict) -> None:
    assert findings(validation, 12) == {
        *(
            ("A7", "cell_error"),
            ("C11", "receipt_without_number"),
            ("C12", "receipt_without_number"),
        ),
        *(("D13", "student_missing"), ("D14", "student_missing"), ("D14", "cell_error")),
        ("C15", "duplicate"),
    }


def test_a_total_beside_its_unit_counts_once(messy_year: Installation) -> None:
    targets = "SELECT sum(target_students), sum(target_revenue) FROM marts.mart_targets"
    leads = "SELECT sum(leads) FROM marts.mart_channel_marketing"
    january = "WHERE month_key = '2026-01-01'"
    assert query(messy_year, f"{targets} {january}") == [(10, 10_000_000)]
    assert query(messy_year, f"{leads} {january}") == [(4,)]


def test_every_reason_is_explained(validation: dict) -> None:
    reasons = {f["reason"] for sheet in validation["sheets"] for f in sheet["findings"]}
    assert set(validation["reasons"]) == reasons
    assert len(reasons) >= 12
