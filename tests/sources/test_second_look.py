"""What the reader does not see, and what the second reader does: on real workbooks of every format."""

import errno
import os
import time
import unicodedata
from decimal import Decimal
from pathlib import Path

import broken_workbooks as broken
import openpyxl
import polars as pl
import pytest
import xlsxwriter
import xlwt
from broken_workbooks import part_replaced
from conftest import CONFIG_DIR

from atlas_assets.configuration.configuration import Configuration
from atlas_assets.errors import FaultError, SourceError
from atlas_assets.faults.explanation import fault_of
from atlas_assets.periods.calendar import Month
from atlas_assets.sources.adapter import ControlAmount, ControlReading, RawPartition
from atlas_assets.sources.isolation import IsolatedSource
from atlas_assets.sources.raw_store import RawStore
from atlas_assets.sources.workbook.adapter import WorkbookAdapter
from atlas_assets.sources.workbook.number_format import shown_instead

FEBRUARY = Month(2026, 2)
FEBRUARY_PART = r"xl/worksheets/sheet2\.xml"


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    return tmp_path / broken.NAME


def adapter(workbook: Path) -> WorkbookAdapter:
    return WorkbookAdapter(workbook.parent, Configuration(CONFIG_DIR))


def february(workbook: Path) -> RawPartition:
    return adapter(workbook).read("transactions", "IONS", FEBRUARY)


def control(workbook: Path) -> ControlReading:
    return adapter(workbook).control(february(workbook))


SOUND = [
    ControlAmount(6 + number, Decimal(1_000_000 + number), is_total=False)
    for number in range(1, broken.ROWS + 1)
]


@pytest.mark.parametrize(
    "make",
    [
        broken.sound,
        broken.old_xls,
        broken.binary_xlsb,
        broken.open_document,
        lambda path: part_replaced(
            broken.sound(path), FEBRUARY_PART, lambda xml: xml.replace(b'ref="A1:Q18"', b'ref="A1"')
        ),
        lambda path: part_replaced(
            broken.sound(path),
            r"xl/styles\.xml",
            lambda xml: xml.replace(b"<fonts", b"<fill/><fonts"),
        ),
        lambda path: part_replaced(
            broken.sound(path),
            FEBRUARY_PART,  # attributes in another order
            lambda xml: xml.replace(b'<c r="O7">', b'<c s="0" r="O7">'),
        ),
    ],
)
def test_the_second_reader_has_the_same_amounts(workbook: Path, make: object) -> None:
    make(workbook)  # type: ignore[operator]
    assert control(workbook) == ControlReading(SOUND)


@pytest.mark.parametrize("odd", [b"<c", b"<c r='A7'", b'<c\n r="A7"'])
def test_what_the_second_reader_cannot_read_is_read_once_only(workbook: Path, odd: bytes) -> None:
    broken.sound(workbook)
    part_replaced(workbook, FEBRUARY_PART, lambda xml: xml.replace(b'<c r="A7"', odd))
    reading = control(workbook)
    assert reading.amounts == []
    assert reading.problem
    assert "its cells do not say where they stand" in reading.problem
    assert "could not be inspected" in february(workbook).manifest.warnings[0]  # type: ignore[union-attr]


def test_texts_of_digits_stay_texts_in_a_format_without_xml(workbook: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("FEBRUARI")
    texts = ["0012", "012", "20260100000000001", "20260100000000002", "1.500"]
    for row, cells in enumerate(broken.lines("FEBRUARI")[:11]):
        for column, value in enumerate(cells):
            is_receipt = row >= 6 and column == 2
            sheet.write(row, column, texts[row - 6] if is_receipt else str(value or ""))
    book.save(str(workbook))
    assert february(workbook).frame["receipt_number"].to_list() == texts


@pytest.mark.parametrize(
    "label", ["∑", "T O T A L", "ＴＯＴＡＬ", "Jml.", "TO\u200bTAL", "_x000D_Total"]
)
def test_both_readers_see_a_total_whatever_its_form(workbook: Path, label: str) -> None:
    def write(book: openpyxl.Workbook) -> None:
        book["FEBRUARI"]["N20"], book["FEBRUARI"]["O20"] = label, 7_000_000

    broken.edited(workbook, write)
    reading = control(workbook)
    assert [amount.row for amount in reading.amounts if amount.is_total] == [20]
    assert february(workbook).rows_kept == broken.ROWS


@pytest.mark.parametrize("dimension", [b'ref=""', b'ref="foo"'])
def test_a_dimension_that_is_none_matters_to_nobody(workbook: Path, dimension: bytes) -> None:
    broken.sound(workbook)
    part_replaced(workbook, FEBRUARY_PART, lambda xml: xml.replace(b'ref="A1:Q18"', dimension, 1))
    assert february(workbook).rows_kept == broken.ROWS
    assert control(workbook) == ControlReading(SOUND)


def test_an_unknown_error_concerns_its_cell_only(workbook: Path) -> None:
    with xlsxwriter.Workbook(str(broken.sound(workbook))) as book:
        for name in broken.SHEETS:
            sheet = book.add_worksheet(name)
            for row, cells in enumerate(broken.lines(name)):
                sheet.write_row(row, 0, cells)
            sheet.write_formula("O9", "=1/0", None, "#VALUE!")
            sheet.write_formula("O8", "=LET(x,1)", None, "#NAME?")
    part_replaced(workbook, FEBRUARY_PART, lambda xml: xml.replace(b">#NAME?<", b">#WERT#<"))
    amounts = february(workbook).frame["amount"].to_list()
    assert amounts[:4] == ["1000001", "#ERROR! #WERT#", "#VALUE!", "1000004"]


def test_errors_of_an_open_document_are_no_empty_cells(workbook: Path) -> None:
    broken.open_document(workbook)
    part_replaced(
        workbook,
        r"content\.xml",
        lambda xml: xml.replace(
            b'<table:table-cell office:value-type="float" office:value="1000002"/>',
            b'<table:table-cell table:formula="of:=1/0" office:value-type="string" '
            b'office:string-value=""><text:p>#DIV/0!</text:p></table:table-cell>',
        ),
    )
    assert february(workbook).frame["amount"].to_list()[1] == "#DIV/0!"
    assert [amount.row for amount in control(workbook).amounts] == [7, *range(9, 19)]


@pytest.mark.parametrize("prefix", [b"", b"x:"])
def test_days_are_counted_from_1904_in_what_excel_saves_today(
    workbook: Path, prefix: bytes
) -> None:
    broken.sound(workbook, date_1904=True)
    main = (
        b' xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"' if prefix else b""
    )
    part_replaced(
        workbook,
        r"xl/workbook\.xml",
        lambda xml: xml.replace(b"<workbookPr ", b"<" + prefix + b"workbookPr" + main + b" "),
    )
    extension = (
        b"<extLst><ext uri='{140A7094-0E35-4892-8432-C4D2E57EDEB5}' xmlns:x15='http://schemas."
        b"microsoft.com/office/spreadsheetml/2010/11/main'><x15:workbookPr chartTrackingRefBase='1'/>"
        b"</ext></extLst></workbook>"
    )
    part_replaced(workbook, r"xl/workbook\.xml", lambda xml: xml.replace(b"</workbook>", extension))
    # A bare number in the date column, 12 February 2026 counted from 1904.
    part_replaced(
        workbook,
        FEBRUARY_PART,
        lambda xml: xml.replace(b'<c r="B8" s="1"><v>44593<', b'<c r="B8"><v>44603<'),
    )
    days = february(workbook).frame["transaction_date"].to_list()
    assert days[0] == "2026-02-01"
    assert days[1] == str(44603 + 1462)  # days from 1900, as the models count


def test_numbers_keep_all_their_digits(workbook: Path) -> None:
    numbers = [0.06688884219206157, 1234567.123456789, 100.125, 1e-7, 3404010112345678, 1500000.5]

    def write(book: openpyxl.Workbook) -> None:
        for row, number in enumerate(numbers, start=7):
            book["FEBRUARI"][f"O{row}"] = number
        book["FEBRUARI"]["O13"] = "100.125"

    broken.edited(workbook, write)
    assert february(workbook).frame["amount"].to_list()[:7] == [
        *("0.06688884219206157", "1234567.123456789", "100.1250", "0.0000001"),
        *("3404010112345678", "1500000.5", "100.125"),
    ]


@pytest.mark.parametrize(
    ("code", "number", "shown"),
    [
        ('"BB.026.02."0000', "1", "BB.026.02.0001"),
        ("\\B\\B\\.0000", "12", "BB.0012"),
        ("00000000", "812345", "00812345"),
        ("0000", "12345", None),
        ("0", "812345678901", None),
        ("#,##0", "12345", None),
        ("@", "12", None),
        ("dd/mm/yyyy", "46000", None),
        ("General", "81234567890", None),
        ("General", "812345678901", "8.12346E+11"),
        ("0.00E+00", "3404010100000001", "3.40E+15"),
        ("0000-0000-0000", "81234567890", "0812-3456-7890"),
        ('[Red]"K-"0;"M-"0', "-7", "M-7"),
    ],
)
def test_what_a_number_shows(code: str, number: str, shown: str | None) -> None:
    assert shown_instead(code, number) == shown


def test_an_owner_file_of_yesterday_blocks_nothing(workbook: Path) -> None:
    broken.sound(workbook)
    owner = workbook.with_name(f"~${workbook.name}")
    owner.touch()
    assert any(
        "is open in the office program" in w for w in adapter(workbook).warnings("IONS", 2026)
    )
    yesterday = time.time() - 25 * 60 * 60
    os.utime(owner, (yesterday, yesterday))
    assert not any("is open" in w for w in adapter(workbook).warnings("IONS", 2026))


def test_names_are_the_same_whether_composed_or_not(tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.mkdir()
    name = "LAPORAN ÉVALUASI.xlsx"
    for file in ("registry.yaml", "ions-2026.yaml"):
        text = (CONFIG_DIR / file).read_text(encoding="utf-8").replace(broken.NAME, name)
        (config / file).write_text(text, encoding="utf-8")
    broken.sound(tmp_path / unicodedata.normalize("NFD", name))
    source = WorkbookAdapter(tmp_path, Configuration(config))
    assert FEBRUARY in source.months("IONS")
    assert source.read("transactions", "IONS", FEBRUARY).rows_kept == broken.ROWS


def test_a_workbook_that_leads_nowhere_concerns_itself_only(workbook: Path) -> None:
    workbook.symlink_to(workbook)  # a loop
    with pytest.raises(SourceError, match=r"TM-WLC.xlsx is a link that leads nowhere"):
        february(workbook)
    long = Configuration(CONFIG_DIR)
    long.years["IONS", 2026].workbooks["evaluation"] = "x" * 300 + ".xlsx"
    source = WorkbookAdapter(workbook.parent, long)
    with pytest.raises(SourceError, match=r"xxx.xlsx cannot be opened: File name too long"):
        source.read("transactions", "IONS", FEBRUARY)


def test_a_folder_that_takes_no_files_is_not_blamed_on_the_workbook(
    workbook: Path, tmp_path: Path
) -> None:
    broken.sound(workbook)
    source = IsolatedSource(adapter(workbook))
    store = RawStore(tmp_path / "raw")
    folder = store.raw_dir / "transactions"
    folder.parent.mkdir()
    folder.symlink_to("/dev/full")
    with pytest.raises(FaultError, match=r"No workbook is wrong"):
        source.load(store, "transactions", "IONS", FEBRUARY)


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (errno.ENOSPC, "The disk is full. Free some space"),
        (errno.EACCES, "Atlas may not read or write here"),
        (errno.EROFS, "The disk is read-only"),
        (errno.EIO, "The disk or the network failed"),
    ],
)
def test_what_the_machine_lacks_is_said(code: int, told: str) -> None:
    text = str(fault_of(OSError(code, os.strerror(code), "w-raw/targets")))
    assert text.startswith(f"{os.strerror(code)} at w-raw/targets. {told}")
    assert text.endswith("No workbook is wrong, and what was there before is unchanged.")


def test_a_changed_label_judges_the_second_reading_anew(tmp_path: Path) -> None:
    workbook = broken.sound(tmp_path / broken.NAME)
    broken.cells_added(workbook, (20, "D", "Setoran"), (20, "P", "Rina"))
    part_replaced(
        workbook,
        FEBRUARY_PART,
        lambda xml: xml.replace(b'<c r="P20"', b'<c r="O20"><v>5000</v></c><c r="P20"'),
    )
    store = RawStore(tmp_path / "raw")

    def sums(labels: list[str]) -> tuple[int, int]:
        configuration = Configuration(CONFIG_DIR)
        configuration.registry.total_row_labels[:] = labels
        source = IsolatedSource(WorkbookAdapter(tmp_path, configuration))
        rows = source.load(store, "transactions", "IONS", FEBRUARY).partition.rows_kept
        totals = pl.read_parquet(store.raw_dir / "sheet_controls")["total_rows"].item()
        return rows, len(totals)

    assert sums(["TOTAL"]) == (broken.ROWS + 1, 0)
    assert sums(["setoran"]) == (broken.ROWS, 1)
    assert sums(["TOTAL"]) == (broken.ROWS + 1, 0)
