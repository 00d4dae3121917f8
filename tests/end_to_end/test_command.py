"""The command as a user types it, on an installation of its own."""

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import duckdb
import openpyxl
import pytest
from broken_workbooks import part_replaced
from conftest import Installation
from pptx import Presentation

from atlas_assets.deck import pdf
from atlas_assets.settings import PROJECT_DIR
from atlas_assets.warehouse.ledger import STAGES


def rows_of(database: Path) -> dict[str, list[tuple]]:
    """Return every row of every table, read by another process's library of the same file."""
    script = (
        "import json, sqlite3, sys\n"
        "c = sqlite3.connect(sys.argv[1])\n"
        "tables = [t for (t,) in c.execute(\"select name from sqlite_master where type='table'\")]\n"
        "print(json.dumps({t: c.execute(f'select * from {t} order by 1').fetchall() for t in tables}))"
    )
    command = [sys.executable, "-c", script, str(database)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def files_of(directory: Path) -> dict[str, bytes]:
    """Return the files of a folder, without the copies for the dashboard, whose names are new each time."""
    found = (path for path in sorted(directory.rglob("*")) if path.is_file())
    return {str(path): path.read_bytes() for path in found if path.parent.name != "serving"}


def state_of(installation: Installation, entity: str) -> list[dict[str, str]]:
    """Return what `atlas status` tells of each month."""
    shown = installation.atlas("status", "--entity", entity, "--json").stdout
    return json.loads(shown)["partitions"]


def leaves(part: object, path: str = "") -> dict[str, object]:
    """Return every value of a report by its path."""
    if isinstance(part, dict):
        items = part.items()
    elif isinstance(part, list):
        items = enumerate(part)
    else:
        return {path: part}
    found: dict[str, object] = {}
    for key, value in items:
        found |= leaves(value, f"{path}.{key}" if path else str(key))
    return found


def repository_files() -> set[tuple[str, int]]:
    skipped = {".venv", ".git", "__pycache__", ".pytest_cache", ".ruff_cache", ".hypothesis"}
    return {
        (str(path), path.stat().st_mtime_ns)
        for path in PROJECT_DIR.rglob("*")
        if path.is_file() and not skipped & set(path.parts)
    }


@pytest.mark.slow
def test_build_again_changes_nothing_and_nothing_lands_in_the_repository(
    installation: Installation,
) -> None:
    before = repository_files()
    installation = replace(installation, has_libreoffice=pdf.is_available())
    first = installation.atlas_process("build", "--entity", "ions", "--period", "2026-02", "--json")
    named = json.loads(first.stdout)["files"]
    assert [Path(name).name for name in named][:2] == ["IONS-2026-02.json", "IONS-2026-02.pptx"]
    assert all(Path(name).exists() for name in named)
    assert (Path(named[-1]).suffix == ".pdf") is pdf.is_available()
    files = files_of(installation.root / "output")
    rows = rows_of(installation.root / "operational.db")
    assert rows["finance_transaction"]
    for runs in (0, 2):  # a delivery, and the snapshot of the dashboard
        command = ("build", "--entity", "ions", "--period", "2026-02", "--json")
        again = json.loads(installation.atlas_process(*command).stdout)
        assert again["files"] == named
        assert len(again["runs"]) == runs
        assert files_of(installation.root / "output") == files
        assert rows_of(installation.root / "operational.db") == rows
        shutil.rmtree(installation.settings.raw_dir / "seen")  # nothing is remembered any more
    assert repository_files() == before


@pytest.mark.slow
def test_a_corrected_sheet_is_noticed_and_the_report_follows(february: Installation) -> None:
    february.atlas("build", "--entity", "EPN", "--period", "2026-03")
    before = leaves(february.report("EPN", "2026-03"))
    path = february.root / "source" / "LAPORAN EVALUASI EPN 2026.xlsx"
    workbook = openpyxl.load_workbook(path, data_only=True)  # else totals would lose their values
    sheet = workbook["FEBRUARI"]
    cell = sheet["O7"]
    assert sheet["O6"].value == "JUMLAH"
    headers = {str(header.value).strip(): header.column for header in sheet[6]}
    tenant = sheet.cell(7, headers["TENANT"]).value
    cell.value += 1_000_000
    workbook.save(path)
    warned = february.atlas("report", "--entity", "EPN", "--period", "2026-02")
    assert "EPN 2026-02 is stale: LAPORAN EVALUASI EPN 2026.xlsx, sheet FEBRUARI changed" in (
        warned.stderr
    )
    february.atlas("build", "--entity", "EPN", "--period", "2026-03")
    after = leaves(february.report("EPN", "2026-03"))
    value = "totals.revenue.last_period.value"
    assert after[value] == before[value] + 1_000_000
    # Exactly what depends on February's revenue of that unit is another figure in March's report.
    unit = {"Bimbingan Belajar": "BIMBEL", "Privat": "PRIVAT", "Try Out": "TRYOUT"}.get(
        tenant, tenant
    )
    point = r"trend\.11"  # of thirteen months
    assert before["totals.revenue.trend.11.month"] == "2026-02"
    moved = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    comparison = r"last_period\.(value|delta|delta_pct)"
    subject = rf"(totals|units\.{unit})"
    worth = "(order_value|revenue_per_paying_student)"
    allowed = [
        rf"{subject}\.revenue\.{comparison}",
        rf"{subject}\.revenue\.{point}\.(actuals|gap_to_target|delta_last_year)",
        rf"{subject}\.(ytd|outlook)\..*",  # February is a part of the year to date
        r"bridge\.ytd\.(steps\..*|(above|below)_(sum|count))",
        rf"{subject}\.key_comparison\.{worth}\.{comparison}",
        rf"{subject}\.key_comparison\.order_value\.(value|\w+\.(actuals|delta|delta_pct))",
        rf"{subject}\.key_comparison\.by_customer_type\.\w+\.revenue\.{comparison}",
        rf"{subject}\.open_orders\.paid_so_far",
        r"meta\.(generated_at|edition|previous_edition)",
        r"changes.*",
    ]
    strange = {key for key in moved if not any(re.fullmatch(a, key) for a in allowed)}
    assert {key: (before.get(key), after.get(key)) for key in strange} == {}
    assert f"units.{unit}.revenue.last_period.value" in moved
    assert f"units.{unit}.key_comparison.revenue_per_paying_student.last_period.value" in moved
    assert f"units.{unit}.revenue.trend.11.actuals" in moved


def test_a_correction_makes_a_new_edition_that_says_what_changed(february: Installation) -> None:
    path = february.root / "source" / "LAPORAN EVALUASI EPN 2026.xlsx"
    workbook = openpyxl.load_workbook(path, data_only=True)
    workbook["FEBRUARI"]["O7"].value += 1_000_000
    workbook.save(path)
    february.atlas("build", "--entity", "EPN", "--period", "2026-02")
    report = february.root / "output" / "monthly" / "EPN-2026-02.json"
    told = february.atlas("diff", str(report)).stdout
    changed = re.search(
        r"^totals.revenue.revenue_actuals: [\d,]+ → [\d,]+ \(\+1,000,000\)$", told, re.MULTILINE
    )
    assert changed
    place = "LAPORAN EVALUASI EPN 2026.xlsx, sheet 'FEBRUARI': rows 7 new or changed"
    assert place in told
    before = report.parent / "previous" / report.name
    assert february.atlas("diff", str(before), str(report)).stdout == told
    as_data = json.loads(february.atlas("diff", str(report), "--json").stdout)
    assert as_data == february.report("EPN", "2026-02")["changes"]
    slides = list(Presentation(str(report.with_suffix(".pptx"))).slides)
    title = "Berubah sejak edisi sebelumnya"
    shown = [slide for slide in slides if title in slide.placeholders[13].text]
    assert slides[-1] in shown
    tables = [shape.table for slide in shown for shape in slide.shapes if shape.has_table]
    cells = [cell.text for table in tables for row in table.rows for cell in row.cells]
    assert "totals.revenue.revenue_actuals" in cells
    assert "1.000.000" in cells


def test_the_figures_of_some_units_without_a_deck(february: Installation) -> None:
    options = ("format", "--entity", "EPN", "--period", "2026-02", "--unit")
    shown = february.atlas(*options, "privat,NONE")
    assert "EPN has no unit NONE; it is skipped" in shown.stderr
    path = february.root / "output" / "monthly" / "EPN-2026-02+PRIVAT.json"
    assert shown.stdout.strip() == str(path)
    assert list(json.loads(path.read_text("utf-8"))["units"]) == ["PRIVAT"]
    assert not path.with_suffix(".pptx").exists()
    refused = february.atlas(*options, "NONE,OTHER", status=2).stderr
    assert "--unit NONE,OTHER names no unit of EPN: BIMBEL, PRIVAT, TRYOUT." in refused


def test_editions_that_are_not_there_are_named(february: Installation) -> None:
    report = february.root / "output" / "monthly" / "EPN-2026-02.json"
    refused = february.atlas("diff", str(report), status=2).stderr
    assert "No earlier edition of EPN-2026-02.json is kept." in refused


def test_rows_that_differ_only_in_how_an_amount_is_written_are_two(
    installation: Installation,
) -> None:
    path = installation.root / "source" / "LAPORAN EVALUASI EPN 2025.xlsx"
    workbook = openpyxl.load_workbook(path)
    sheet = workbook["MARET"]
    for cell in sheet[8][1:15]:
        sheet.cell(9, cell.column, cell.value)
    sheet["M9"] = f"{sheet['M8'].value:,}"
    workbook.save(path)
    installation.atlas("sync", "--entity", "EPN", "--period", "2025-03")


def test_a_backfill_of_a_range_is_one_run_and_leaves_nothing_stale(
    installation: Installation,
) -> None:
    period = ("--from", "2025-11", "--to", "2026-01")
    arguments = ("backfill", "--entity", "EPN", *period, "--reports", "--json")
    done = json.loads(installation.atlas(*arguments).stdout)
    assert len(done["runs"]) == 2  # of all months, and of the dashboard's snapshot
    assert {Path(name).stem for name in done["files"]} == {
        f"EPN-{month}" for month in ("2025-11", "2025-12", "2026-01")
    }
    shown = state_of(installation, "EPN")
    fresh = [line for line in shown if line["month"] in {"2025-11", "2025-12", "2026-01"}]
    assert all(line[stage] == "fresh" for line in fresh for stage in STAGES)


def test_a_part_of_the_models_can_be_built_and_brings_no_month_up_to_date(
    february: Installation,
) -> None:
    month = ("--entity", "EPN", "--period", "2026-02")
    target = february.settings.dbt_target_dir
    files = set(files_of(target))
    february.atlas("transform", *month, "--select", "mart_revenue")
    assert set(files_of(target)) == files  # dbt's working files do not pile up
    refused = february.atlas("transform", *month, "--select", "nonsense", status=2)
    assert "--select nonsense chooses no model" in refused.stderr
    assert refused.stdout == ""
    shown = state_of(february, "EPN")
    line = next(line for line in shown if line["month"] == "2026-02")
    assert (line["extract"], line["transform"]) == ("fresh", "stale")
    told = february.atlas("validate", *month).stdout
    assert "mart_revenue_by_unit: 1 of 1 figures agree" in told
    assert "EPN-2026-validation.json" in told


def test_single_stages_can_be_run_one_after_the_other(installation: Installation) -> None:
    installation.atlas("seed", "--entity", "ions")
    assert len(rows_of(installation.root / "operational.db")["core_entity"]) == 1
    installation.atlas("sync", "--entity", "IONS", "--year", "2026", "--month", "1-2")
    installation.atlas("publish", "--entity", "IONS", "--year", "2026", "--month", "2")
    shown = installation.atlas("report", "--entity", "IONS", "--year", "2026", "--month", "2")
    assert "IONS-2026-02.json" in shown.stdout
    assert "IONS-2026-02.pdf" not in shown.stdout
    assert "LibreOffice is not installed, so there is no PDF" in shown.stderr  # and status 0
    rows = rows_of(installation.root / "operational.db")
    ledger = installation.workspace.ledger.verified_hashes()
    assert rows["core_entity"]
    assert {str(month) for _, month in ledger} == {"2026-01", "2026-02"}


def test_stages_for_development_stop_where_they_say(installation: Installation) -> None:
    month = ("--entity", "EPN", "--period", "2026-02")
    told = installation.atlas("run", *month)
    assert "`atlas run` is deprecated: use `atlas sync`." in told.stderr
    name = str(installation.root / "output" / "monthly" / "EPN-2026-02")
    assert installation.atlas("format", *month).stdout.split() == [f"{name}.json"]
    assert set(files_of(installation.root / "output" / "monthly")) == {f"{name}.json"}
    copied = installation.root / "proof.json"
    copied.write_bytes(Path(f"{name}.json").read_bytes())
    shown = installation.atlas("present", "--report", str(copied))
    assert shown.stdout.split() == [str(installation.root / "proof.pptx")]
    assert len(Presentation(str(installation.root / "proof.pptx")).slides) > 10
    copied.write_text("{}", encoding="utf-8")
    refused = installation.atlas("present", "--report", str(copied), status=1)
    assert (
        "proof.json is no report.json that this version of Atlas wrote"
        in refused.stderr.replace("\n", " ")
    )


def test_raw_sheets_can_be_queried_after_load(installation: Installation) -> None:
    month = ("--entity", "EPN", "--period", "2026-02")
    installation.atlas("extract", *month)
    installation.atlas("load", *month)
    with installation.workspace.warehouse.reading() as connection:
        raw, typed = (
            connection.execute(f"SELECT count(*) FROM {table}").fetchone()
            for table in ("raw.transactions", "staging.stg_transactions")
        )
    assert raw == typed
    assert raw[0] > 0


def test_status_tells_a_new_user_in_one_screen_what_to_do(installation: Installation) -> None:
    new = installation.atlas("status").stdout
    assert len(new.splitlines()) < 24
    assert all(len(line) <= 80 for line in new.splitlines())
    assert "IONS    2025-01–2026-10  missing  missing" in new
    assert "atlas build --entity IONS\n    2025-01–2026-10: not loaded yet" in new
    assert "monthly_close" in new
    assert "no daemon is running; `atlas ui` starts one" in new


def test_status_tells_what_failed_and_what_is_stale(february: Installation) -> None:
    path = february.root / "source" / "LAPORAN EVALUASI EPN 2026.xlsx"
    workbook = openpyxl.load_workbook(path, data_only=True)
    workbook["FEBRUARI"].title = "FEBRUARY"
    workbook["MARET"]["O7"].value += 1_000
    workbook.save(path)
    february.atlas("build", "--entity", "EPN", "--period", "2026-02", status=1)
    shown = february.atlas("status", "--entity", "EPN").stdout
    assert "EPN     2026-02          failed" in shown
    told = " ".join(shown.split())
    assert "To do atlas build --entity EPN" in told
    assert "has no sheet 'FEBRUARI'. Did you mean 'FEBRUARY'" in told
    assert "atlas publish --entity EPN --period 2025" in told
    assert len(shown.splitlines()) < 40


def test_the_shell_completes_commands_and_entities(built: Installation) -> None:
    def completed(words: str) -> list[str]:
        shell = {"_ATLAS_COMPLETE": "complete_bash", "COMP_WORDS": words}
        shell["COMP_CWORD"] = str(len(words.split(" ")) - 1)
        done = subprocess.run(
            [Path(sys.executable).with_name("atlas")],
            env={**os.environ, **built.environment, **shell},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout.split()

    assert completed("atlas pu") == ["publish"]
    assert completed("atlas build --entity I") == ["IONS"]
    assert completed("atlas build --entity e") == ["epn"]
    assert completed("atlas report --entity epn --unit BIMBEL,P") == ["BIMBEL,PRIVAT"]
    assert completed("atlas sync --period 2026-Q") == [f"2026-Q{n}" for n in range(1, 5)]
    assert completed("atlas backfill --from 2025-1") == [f"2025-1{n}" for n in range(3)]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["build", "--entity", "inos"], "There is no entity 'inos'. Did you mean 'IONS'"),
        (["build", "--period", "2026-13"], "'2026-13' is not a period"),
        (["build", "--period", "2022-01"], "has no data for 2022-01"),
        (["sync", "--entity", "IONS"], "give either --period, or --year"),
        (["sync", "--entity", "IONS", "--year", "2026", "--month", "x"], "--month takes 2 or 1-3"),
        (["backfill", "--from", "2026-02", "--to", "2026-01"], "before it starts in 2026-02"),
        (["backfill", "--from", "2026", "--to", "2026-01"], "'2026' is not a month like 2026-02"),
        (
            ["report", "--entity", "ions", "--period", "2026-01..2026-05", "--type", "quarterly"],
            "2026-01..2026-05 has 5 months, a quarter has three",
        ),
        (
            ["report", "--entity", "ions", "--period", "2026-Q1", "--type", "yearly"],
            "2026-Q1 is not a year. Write --year 2026",
        ),
        (["findings", "--out", "list.csv"], "--out takes a name that ends in .xlsx"),
        (["biuld"], "Did you mean 'build'"),
    ],
)
def test_wrong_use_ends_with_status_2_and_says_what_is_right(
    built: Installation, arguments: list[str], told: str
) -> None:
    finished = built.atlas(*arguments, status=2)
    assert told in finished.stderr.replace("\n", " ")
    assert finished.stdout == ""


def test_a_missing_sheet_fails_with_a_clear_message_and_keeps_the_earlier_report(
    february: Installation,
) -> None:
    before = files_of(february.root / "output" / "monthly")
    path = february.root / "source" / "LAPORAN EVALUASI EPN 2026.xlsx"
    workbook = openpyxl.load_workbook(path)
    workbook["FEBRUARI"].title = "FEBRUARY"
    workbook.save(path)
    failed = february.atlas("build", "--entity", "EPN", "--period", "2026-02", status=1)
    message = failed.stderr.replace("\n", " ")
    assert (
        "LAPORAN EVALUASI EPN 2026.xlsx has no sheet 'FEBRUARI'. Did you mean 'FEBRUARY'" in message
    )
    assert files_of(february.root / "output" / "monthly") == before


def test_a_wrong_figure_stops_the_report_and_keeps_the_earlier_one(
    february: Installation,
) -> None:
    before = files_of(february.root / "output" / "monthly")
    rows = rows_of(february.root / "operational.db")
    # A cell that stands twice in its row: one reader takes the first, the other both.
    part_replaced(
        february.root / "source" / "LAPORAN EVALUASI EPN 2026.xlsx",
        "xl/worksheets/sheet4.xml",
        lambda xml: xml.replace(b'<c r="P7"', b'<c r="O7"><v>5000</v></c><c r="P7"', 1),
    )
    failed = february.atlas("sync", "--entity", "EPN", "--period", "2026-02", status=1)
    message = failed.stderr.replace("\n", " ")
    assert "check sheet_amounts: LAPORAN EVALUASI EPN 2026.xlsx, sheet FEBRUARI" in message
    assert "O7 is " in message
    assert "nothing is published or reported until they agree" in message
    again = february.atlas("build", "--entity", "EPN", "--period", "2026-02", status=1)
    assert "check sheet_amounts" in again.stderr  # trying again does not get it through
    published = february.atlas("publish", "--entity", "EPN", "--period", "2026-02", status=1)
    assert "Nothing is published or reported until this is mended" in published.stderr
    assert files_of(february.root / "output" / "monthly") == before
    assert rows_of(february.root / "operational.db") == rows


def test_what_is_not_there_yet_is_said_and_no_traceback_shown(installation: Installation) -> None:
    failed = installation.atlas("report", "--entity", "EPN", "--period", "2026-02", status=1)
    assert "There is no data in" in failed.stderr
    assert "Run `atlas build`, or `atlas sync` first." in failed.stderr
    assert "Traceback" not in failed.stderr


@pytest.fixture
def another_program(installation: Installation) -> Generator[subprocess.Popen]:
    """A program that is not Atlas and has the warehouse open to read, as a database browser does."""
    path = str(installation.settings.duckdb_path)
    duckdb.connect(path).close()
    script = "import duckdb, sys; c = duckdb.connect(sys.argv[1], read_only=True); print(1, flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", script, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as program:
        assert program.stdout
        assert program.stdout.readline() == b"1\n"
        yield program
        program.kill()


def test_a_warehouse_that_is_open_elsewhere_can_be_read_and_is_not_written(
    installation: Installation, another_program: subprocess.Popen
) -> None:
    month = ["--entity", "EPN", "--period", "2026-02"]
    assert "atlas build" in installation.atlas("status", "--entity", "EPN").stdout
    failed = installation.atlas("sync", *month, status=1).stderr
    assert f"(PID {another_program.pid}). Another program has the warehouse open" in failed
    assert "Traceback" not in failed
    another_program.communicate(b"\n")
    installation.atlas("extract", *month)


def test_a_damaged_warehouse_is_told_with_its_remedy(installation: Installation) -> None:
    installation.settings.duckdb_path.write_bytes(b"no database" * 1000)
    told = installation.atlas("status", "--entity", "EPN", status=1).stderr
    assert f'"{installation.settings.duckdb_path}"' in told.replace("\n", "")
    assert (
        "not a valid DuckDB database file. The warehouse (ATLAS_DUCKDB) is damaged"
        in told.replace("\n", " ")
    )
    assert "Move it away" in told
    assert "Traceback" not in told


@pytest.mark.slow
def test_a_quarter_a_range_and_a_year_in_progress(installation: Installation) -> None:
    installation.atlas("sync", "--entity", "IONS", "--period", "2026-01..2026-04")
    report = ("report", "--entity", "IONS", "--year", "2026")
    for months, kind, name in (
        ("1-3", "quarterly", "quarterly/IONS-2026-Q1"),
        ("2-4", "quarterly", "range/IONS-2026-02..2026-04"),
    ):
        shown = installation.atlas(*report, "--month", months, "--type", kind).stdout
        assert f"{name}.json" in shown
        assert f"{name}.pptx" in shown
        assert json.loads(
            (installation.root / "output" / f"{name}.json").read_text(encoding="utf-8")
        )["totals"]["revenue"]["revenue_actuals"]
    assert not (installation.root / "output" / "monthly").exists()
    written = installation.root / "source" / "commentary" / "IONS-2026-02.yaml"
    written.parent.mkdir()
    written.write_text("units: {TM: {revenue: [Dua kelas mundur ke Maret.]}}", encoding="utf-8")
    part = installation.atlas(*report, "--month", "2", "--unit", "tm,xyz")
    assert "IONS has no unit XYZ; it is skipped" in part.stderr
    made = sorted((installation.root / "output" / "monthly").iterdir())
    assert {path.stem for path in made} == {"IONS-2026-02+TM"}
    slides = Presentation(str(next(path for path in made if path.suffix == ".pptx"))).slides
    texts = [
        shape.text_frame.text for slide in slides for shape in slide.shapes if shape.has_text_frame
    ]
    assert any("Dua kelas mundur ke Maret." in text for text in texts)
    unknown = installation.atlas(*report, "--month", "2", "--unit", "xyz", status=2)
    assert "--unit xyz names no unit of IONS: REAL, WLC_ENGLISH" in unknown.stderr.replace(
        "\n", " "
    )
    failed = installation.atlas(*report, "--type", "yearly", status=1).stderr
    assert "IONS has no data for 2026-05" in failed
    wrong = installation.atlas(*report, "--month", "2", "--type", "quarterly", status=2).stderr
    assert "2026-02 has 1 month, a quarter has three. Write --period 2026-Q1" in wrong


def test_a_wrong_setting_is_named(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATLAS_LOCALE", "fr")
    failed = installation.atlas("seed", status=1)
    assert "ATLAS_LOCALE is 'fr': Input should be 'id' or 'en'" in failed.stderr


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["-h"], 0),
        (["--version"], 0),
        (["sync", "--entity", "inos", "--period", "2026"], 2),
        (["sync", "--entity", "ions", "--period", "2026-13"], 2),
        (["report", "--entity", "ions", "--year", "2026", "--type", "quarterly"], 2),
    ],
)
def test_help_and_wrong_use_need_no_dagster(arguments: list[str], status: int) -> None:
    script = (
        "import sys; from typer.testing import CliRunner; from atlas_assets.cli.main import app\n"
        f"result = CliRunner().invoke(app, {arguments})\n"
        "print(result.exit_code, 'dagster' in sys.modules)"
    )
    command = [sys.executable, "-c", script]
    shown = subprocess.run(command, capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == f"{status} False"


def test_the_ledger_and_the_runs_are_kept(built: Installation) -> None:
    index = built.root / "dagster" / "history" / "runs.db"
    with sqlite3.connect(index) as connection:
        runs = connection.execute("SELECT pipeline_name, status FROM runs").fetchall()
    assert ("sync", "SUCCESS") in runs
    assert ("deliver", "SUCCESS") in runs


def test_a_pdf_of_an_earlier_deck_goes_with_it(february: Installation) -> None:
    path = february.root / "output" / "monthly" / "EPN-2026-02.pdf"
    path.write_bytes(b"of an earlier deck")
    told = february.atlas("report", "--entity", "EPN", "--period", "2026-02")
    assert "EPN-2026-02.pptx" in told.stdout
    assert "EPN-2026-02.pdf" not in told.stdout
    assert not path.exists()


def test_a_file_that_somebody_removed_is_not_fresh(february: Installation) -> None:
    def stages() -> dict[str, str]:
        told = february.atlas("status", "--entity", "EPN", "--json").stdout
        months = {month["month"]: month for month in json.loads(told)["partitions"]}
        return months["2026-02"]

    assert (stages()["report"], stages()["present"]) == ("fresh", "fresh")
    (february.root / "output" / "monthly" / "EPN-2026-02.pptx").unlink()
    assert (stages()["report"], stages()["present"]) == ("fresh", "stale")
    assert "its deck is gone" in stages()["reason"]


def test_a_report_that_was_changed_by_hand_is_refused(february: Installation) -> None:
    path = february.root / "output" / "monthly" / "EPN-2026-02.json"
    changed = re.sub(r"\n( +)(20\d\d)", r"\n\1\g<2>000", path.read_text(encoding="utf-8"))
    path.write_text(changed, encoding="utf-8")
    told = february.atlas("present", "--report", str(path), status=1).stderr
    assert "its parts contradict each other" in told


def test_samples_never_replace_workbooks(installation: Installation) -> None:
    source = installation.root / "source"
    before = {path: path.read_bytes() for path in source.glob("*.xlsx")}
    told = installation.atlas("sample", str(source), "--years", "2026", status=2).stderr
    assert "has workbooks already" in told
    assert {path: path.read_bytes() for path in source.glob("*.xlsx")} == before


def test_a_clock_before_all_months_is_blamed(installation: Installation) -> None:
    config = installation.root / "source" / "config"
    for path in config.glob("epn-*.yaml"):
        text = path.read_text(encoding="utf-8")
        path.unlink()
        if path.stem == "epn-2026":
            later = config / "epn-2099.yaml"
            later.write_text(text.replace("year: 2026", "year: 2099"), encoding="utf-8")
    told = installation.atlas("build", "--entity", "EPN", status=2).stderr
    assert "the month of this machine's clock" in told
    assert "2099-01 to 2099-12" in told


@pytest.mark.parametrize("command", ["ui", "docs"])
@pytest.mark.parametrize("port", ["-1", "0", "99999"])
def test_a_port_that_is_none_is_wrong_use(
    installation: Installation, command: str, port: str
) -> None:
    installation.atlas(command, "--port", port, status=2)
