"""Which partitions an extraction changes: those whose sheet says something else, and no others."""

import re
from pathlib import Path

import openpyxl
from broken_workbooks import part_replaced
from conftest import Installation
from counting_source import CountingSource

from atlas_assets.configuration.tables import TABLES
from atlas_assets.periods.calendar import Month, Period
from atlas_assets.periods.scope import Scope
from atlas_assets.sources.extract import Extraction, changes, extract
from atlas_assets.sources.isolation import IsolatedSource

NAME = "LAPORAN EVALUASI EPN 2026.xlsx"
MONTHS = Period.parse("2026-01..2026-04").months
SCOPE = Scope(("EPN",), tuple(MONTHS))


def files_of(directory: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(directory.rglob("*.parquet"))}


def saved(installation: Installation, edit: object) -> None:
    path = installation.root / "source" / NAME
    book = openpyxl.load_workbook(path)
    edit(book)
    book.save(path)


def extracted(installation: Installation) -> Extraction:
    workspace = installation.workspace
    return extract(workspace.source, workspace.raw_store, SCOPE)


def told(installation: Installation) -> dict[Month, list[tuple[str, str]]]:
    workspace = installation.workspace
    found = changes(workspace.source, workspace.raw_store, "EPN", MONTHS)
    return {month: [(c.table, c.reason) for c in listed] for month, listed in found.items()}


def first_extraction(installation: Installation) -> dict[str, bytes]:
    """Load everything; openpyxl drops what formulas came to, so it has saved the workbook before."""
    saved(installation, lambda _: None)
    extracted(installation)
    return files_of(installation.settings.raw_dir)


def reordered(workbook_xml: bytes) -> bytes:
    sheets = re.findall(rb"<sheet [^>]*/>", workbook_xml)
    return workbook_xml.replace(b"".join(sheets), b"".join(reversed(sheets)))


def test_touching_saving_and_reordering_change_nothing(installation: Installation) -> None:
    before = first_extraction(installation)
    path = installation.root / "source" / NAME
    path.touch()
    assert told(installation) == {}
    content = path.read_bytes()
    part_replaced(path, "xl/workbook.xml", reordered)
    assert path.read_bytes() != content
    assert told(installation) == {}
    assert [item.changed for item in extracted(installation).loaded] == ([None] * 5 * len(MONTHS))
    assert files_of(installation.settings.raw_dir) == before


def test_editing_one_sheet_changes_exactly_its_partition(installation: Installation) -> None:
    before = first_extraction(installation)

    def edit(book: openpyxl.Workbook) -> None:
        book["MARET"]["O8"] = 123_000

    saved(installation, edit)
    reason = f"{NAME}, sheet MARET changed"
    assert told(installation) == {Month(2026, 3): [("transactions", reason)]}
    loaded = extracted(installation).loaded
    assert [(i.partition.table, str(i.partition.month)) for i in loaded if i.changed] == [
        ("transactions", "2026-03")
    ]
    after = files_of(installation.settings.raw_dir)
    changed = {path.split("warehouse-raw/")[1] for path in after if after[path] != before[path]}
    assert changed == {
        "transactions/EPN/2026-03.parquet",
        "sheet_manifest/transactions/EPN/2026-03.parquet",
        "sheet_controls/EPN/2026-03.parquet",
    }


def test_a_target_of_one_month_changes_that_month_only(installation: Installation) -> None:
    first_extraction(installation)

    def edit(book: openpyxl.Workbook) -> None:
        sheet = book["EVALUASI DATA SISWA"]
        label = next(cell for cell in sheet[10] if cell.value == "FEBRUARI")
        sheet.cell(12, label.column + 2).value += 1

    saved(installation, edit)
    assert list(told(installation)) == [Month(2026, 2)]


def test_a_change_of_the_configuration_is_a_reason_of_its_own(installation: Installation) -> None:
    extracted(installation)
    path = installation.root / "source" / "config" / "epn-2026.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("    header_row: 3\n", "    header_row: 4\n"), encoding="utf-8")
    found = told(installation)
    assert list(found) == [Month(2026, 1)]
    assert found[Month(2026, 1)][0][1].endswith(", sheet REFERENSI changed")


def test_a_raw_file_that_is_gone_is_loaded_again(installation: Installation) -> None:
    before = first_extraction(installation)
    (installation.settings.raw_dir / "students" / "EPN" / "2026-03.parquet").unlink()
    ((table, reason),) = told(installation)[Month(2026, 3)]
    assert table == "students"
    assert reason.startswith("the raw files of DATABASE SISWA EPN 2026.xlsx, sheet MARET26 are")
    extracted(installation)
    assert files_of(installation.settings.raw_dir).keys() == before.keys()


def test_an_extraction_reads_each_sheet_once(installation: Installation, tmp_path: Path) -> None:
    log = tmp_path / "readings"
    workspace = installation.workspace
    counting = CountingSource(installation.settings.source_dir, workspace.configuration, log)
    source = IsolatedSource(counting)
    extract(source, workspace.raw_store, SCOPE)
    readings = [line.split() for line in log.read_text(encoding="utf-8").splitlines()]
    months = [str(month) for month in MONTHS]
    assert sorted(rest for kind, *rest in readings if kind == "read") == sorted(
        [table, "EPN", month] for table in TABLES for month in months
    )
    assert sorted(rest for kind, *rest in readings if kind == "control") == [
        ["transactions", "EPN", month] for month in months
    ]
    log.unlink()
    extract(source, workspace.raw_store, SCOPE)  # nothing changed: no control reading is needed
    assert "control" not in log.read_text(encoding="utf-8")


def test_the_command_says_which_sheets_it_loaded_and_why(installation: Installation) -> None:
    period = ("extract", "--entity", "EPN", "--period", "2026-03")
    first = installation.atlas(*period).stdout.splitlines()
    assert first[0] == "EPN 2026-03 transactions: transactions not loaded yet"
    assert [line.split()[2] for line in first] == [
        "transactions:",
        "students:",
        "targets:",
        "marketing_activity:",
    ]
    assert "No sheet changed." in installation.atlas(*period).stderr

    def edit(book: openpyxl.Workbook) -> None:
        book["MARET"]["O8"] = 123_000

    saved(installation, edit)
    assert installation.atlas(*period).stdout.splitlines() == [
        f"EPN 2026-03 transactions: {NAME}, sheet MARET changed"
    ]
