"""The adapter on workbooks of every year's format, against what the generator wrote down."""

import shutil
from collections import Counter
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from conftest import CONFIG_DIR

from atlas_assets.configuration.configuration import Configuration
from atlas_assets.configuration.tables import TABLES
from atlas_assets.errors import SourceError
from atlas_assets.periods.calendar import Month
from atlas_assets.sample.business import Business, invent
from atlas_assets.sample.defects import intake_text
from atlas_assets.sample.workbooks import write_samples
from atlas_assets.sources.adapter import NotData
from atlas_assets.sources.workbook.adapter import WorkbookAdapter

SEED, SCALE = 3, 0.4
FEBRUARY = Month(2026, 2)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sound workbooks of all four years."""
    directory = tmp_path_factory.mktemp("source")
    write_samples(
        directory,
        Configuration(CONFIG_DIR),
        years=range(2023, 2027),
        seed=SEED,
        scale=SCALE,
        defects=0.0,
    )
    return directory


@pytest.fixture(scope="module")
def adapter(source: Path, configuration: Configuration) -> WorkbookAdapter:
    return WorkbookAdapter(source, configuration)


@pytest.fixture(scope="module")
def business(configuration: Configuration) -> Business:
    prefixes = {u.code: u.receipt_prefix for u in configuration.registry.entity("IONS").units}
    return invent("IONS", prefixes, Month(2023, 1), Month(2026, 10), seed=SEED, scale=SCALE)


@pytest.mark.parametrize("month", [Month(2023, 4), Month(2024, 7), Month(2025, 12), Month(2026, 9)])
def test_transactions_of_every_year_are_the_records_that_were_written(
    adapter: WorkbookAdapter, business: Business, month: Month
) -> None:
    frame = adapter.read("transactions", "IONS", month).frame
    wanted = [payment for payment in business.transactions if payment.month == month]
    read = frame.select(
        "transaction_date", "student_name", "product_name", "intake", "amount"
    ).rows()
    assert Counter(read) == Counter(
        (
            str(payment.paid_on),
            payment.order.student.name,
            payment.order.product_name,
            intake_text(payment.order.intake),
            str(payment.amount),
        )
        for payment in wanted
    )
    assert ("receipt_number" in frame.columns) == (month.year == 2026)


@pytest.mark.parametrize("month", [Month(2023, 4), Month(2025, 12), Month(2026, 9)])
def test_students_of_every_year_are_the_records_that_were_written(
    adapter: WorkbookAdapter, business: Business, month: Month
) -> None:
    frame = adapter.read("students", "IONS", month).frame
    wanted = [order for order in business.orders if Month.of(order.ordered_on) == month]
    assert Counter(frame["student_number"]) == Counter(order.student.number for order in wanted)
    assert ("sex" in frame.columns) == (month.year > 2023)
    assert ("intake" in frame.columns) == (month.year == 2026)


def test_targets_of_a_month_are_in_long_form_without_sub_totals(
    adapter: WorkbookAdapter, business: Business
) -> None:
    partition = adapter.read("targets", "IONS", FEBRUARY)
    planned = {(t.unit, t.product_name): t for t in business.targets if t.month == FEBRUARY}
    rows = partition.frame.select(
        "unit", "product_name", "target_students", "target_revenue"
    ).rows()
    assert rows == [
        (unit, product, str(target.students), str(target.revenue))
        for (unit, product), target in planned.items()
    ]
    assert partition.manifest
    totals = [rows.count for rows in partition.manifest.not_data if rows.reason == "total"]
    assert sum(totals) == 10  # nine units and the grand total


def test_organizations_come_from_their_own_block_and_belong_to_january(
    adapter: WorkbookAdapter,
) -> None:
    january = adapter.read("organizations", "EPN", Month(2025, 1))
    assert january.frame.columns == [
        "source_row",
        "row_number",
        "organization_name",
        "organization_level",
        "city",
    ]
    assert january.frame["source_row"].to_list()[0] == 4
    assert adapter.read("organizations", "EPN", Month(2025, 2)).manifest is None
    assert adapter.read("organizations", "EPN", Month(2023, 1)).manifest is None


@pytest.mark.parametrize("entity", ["IONS", "EPN"])
def test_every_row_below_the_header_is_kept_or_named_as_no_data(
    adapter: WorkbookAdapter, source: Path, configuration: Configuration, entity: str
) -> None:
    for month in (Month(2023, 6), Month(2026, 7)):
        for table in TABLES:
            partition = adapter.read(table, entity, month)
            if partition.manifest is None:
                continue
            manifest = partition.manifest
            not_data = {
                row
                for rows in manifest.not_data
                for row in range(rows.first_row, rows.last_row + 1)
            }
            kept = set(partition.frame["source_row"])
            letters = {column.letter for column in manifest.columns}
            layout = configuration.years[entity, month.year].tables[table]
            sheet = openpyxl.load_workbook(source / manifest.source_file)[manifest.source_sheet]
            filled = {
                cell.row
                for line in sheet.iter_rows(min_row=layout.first_data_row)
                for cell in line
                if cell.value is not None and cell.column_letter in letters
            }
            assert filled <= kept | not_data
            assert not kept & not_data
            assert manifest.rows_read == manifest.rows_kept + len(not_data)


def changed_copy(source: Path, tmp_path: Path, edit: str) -> WorkbookAdapter:
    """Return an adapter on a copy whose February 2026 transactions were edited."""
    target = tmp_path / "source"
    shutil.copytree(source, target)
    path = target / "LAPORAN EVALUASI IONs 2026 TM-WLC.xlsx"
    if edit == "missing file":
        path.rename(target / "LAPORAN EVALUASI IONs 2026 TM WLC.xlsx")
    elif edit == "no workbook":
        path.write_text("NO;TANGGAL\n1;2026-02-01\n", encoding="utf-8")
    else:
        workbook = openpyxl.load_workbook(path)
        sheet = workbook["FEBRUARI"]
        if edit == "renamed sheet":
            sheet.title = "FEBRUARY"
        elif edit == "renamed header":
            sheet["O6"] = "JUMLAH UANG"
        elif edit == "new column":
            sheet["R6"], sheet["R7"] = "No. Rekening", "0812"
        elif edit == "two headers":
            sheet["R6"] = "jumlah"
        workbook.save(path)
    return WorkbookAdapter(target, Configuration(CONFIG_DIR))


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        ("missing file", r"TM-WLC.xlsx is missing in .* Did you mean .*TM WLC.xlsx"),
        ("no workbook", r"TM-WLC.xlsx is named like a workbook.*save it as .xlsx again"),
        ("renamed sheet", r"no sheet 'FEBRUARI'. Did you mean 'FEBRUARY'.*ions-2026.yaml"),
        ("renamed header", r"'FEBRUARI': there is no column 'JUMLAH' in row 6.*ions-2026.yaml"),
        ("two headers", r"columns O and R both have the header of 'amount' in row 6"),
    ],
)
def test_what_cannot_be_read_names_file_sheet_and_what_to_do(
    source: Path, tmp_path: Path, edit: str, told: str
) -> None:
    adapter = changed_copy(source, tmp_path, edit)
    with pytest.raises(SourceError, match=told):
        adapter.read("transactions", "IONS", FEBRUARY)


def test_an_unknown_column_is_kept_and_told(source: Path, tmp_path: Path) -> None:
    partition = changed_copy(source, tmp_path, "new column").read("transactions", "IONS", FEBRUARY)
    assert partition.frame["no_rekening"].to_list()[0] == "0812"
    assert partition.manifest
    assert partition.manifest.warnings == [
        "column R (No. Rekening) is not in the configuration; kept as 'no_rekening'"
    ]


def edited_february(source: Path, tmp_path: Path, cells: dict[str, object]) -> WorkbookAdapter:
    """Return an adapter on a copy whose February 2026 transactions have other cells."""
    target = tmp_path / "source"
    shutil.copytree(source, target)
    path = target / "LAPORAN EVALUASI IONs 2026 TM-WLC.xlsx"
    workbook = openpyxl.load_workbook(path)
    for place, value in cells.items():
        workbook["FEBRUARI"][place] = value
    workbook.save(path)
    return WorkbookAdapter(target, Configuration(CONFIG_DIR))


def test_a_column_without_a_header_is_kept_and_told(source: Path, tmp_path: Path) -> None:
    adapter = edited_february(source, tmp_path, {"S7": "checked"})
    partition = adapter.read("transactions", "IONS", FEBRUARY)
    assert partition.frame["column_s"].to_list()[0] == "checked"
    assert partition.manifest
    assert "kept as 'column_s'" in partition.manifest.warnings[0]


def test_a_late_row_with_a_figure_is_no_signature(source: Path, tmp_path: Path) -> None:
    late = {"D300": "Budi Late", "E300": "TM", "O300": 750_000, "D302": "(Rina)"}
    partition = edited_february(source, tmp_path, late).read("transactions", "IONS", FEBRUARY)
    assert partition.frame.filter(pl.col("source_row") == 300)["amount"].to_list() == ["750000"]
    assert partition.manifest
    assert NotData("signature", 302, 302) in partition.manifest.not_data


def test_an_error_cell_is_shown_and_not_lost(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "source"
    shutil.copytree(source, target)
    path = target / "LAPORAN EVALUASI IONs 2026 TM-WLC.xlsx"
    workbook = openpyxl.load_workbook(path)
    cell = workbook["FEBRUARI"]["O9"]
    cell.value, cell.data_type = "#REF!", "e"
    workbook.save(path)
    adapter = WorkbookAdapter(target, Configuration(CONFIG_DIR))
    frame = adapter.read("transactions", "IONS", FEBRUARY).frame
    assert frame.filter(pl.col("source_row") == 9)["amount"].to_list() == ["#REF!"]
    assert frame["amount"].null_count() == 0
