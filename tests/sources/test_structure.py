"""Sheets of any structure: whatever was put into them comes out, with every other row named."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import broken_workbooks as sheets
import pytest
import xlsxwriter
from conftest import CONFIG_DIR
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from atlas_assets.configuration.configuration import Configuration
from atlas_assets.configuration.header_text import normalized_header
from atlas_assets.errors import SourceError
from atlas_assets.periods.calendar import Month
from atlas_assets.sources.workbook.adapter import WorkbookAdapter

if TYPE_CHECKING:
    from pathlib import Path

    from atlas_assets.sources.adapter import RawPartition

CONFIGURED_ROW = 6
FEBRUARY = Month(2026, 2)
LOOK_ALIKES = str.maketrans("AEO", "АЕО")  # to Cyrillic
SPELLINGS = [
    str,
    str.lower,
    str.title,
    lambda header: header.replace(" ", "\n"),
    lambda header: header.replace(" ", "   "),
    lambda header: header.replace(". ", " "),
    lambda header: f" {header}\u00a0",
    lambda header: f"{header}.",
    lambda header: f"\u200b{header}",
    lambda header: header.translate(LOOK_ALIKES),
]
KINDS = ["record"] * 6 + ["blank", "blank", "header", "total"]


@dataclass(frozen=True)
class Structure:
    """How a sheet is built: rows above the header, its spelling and order, the rows below."""

    title_rows: int
    spellings: list[int]
    order: list[int]
    first_column: int
    extra_column: bool
    rows: list[str]
    has_signature: bool


@st.composite
def structures(draw: st.DrawFn) -> Structure:
    columns = len(sheets.HEADERS)
    order = draw(st.one_of(st.just(list(range(columns))), st.permutations(range(columns))))
    return Structure(
        title_rows=draw(st.integers(0, 15)),
        spellings=draw(
            st.lists(st.integers(0, len(SPELLINGS) - 1), min_size=columns, max_size=columns)
        ),
        order=list(order),
        first_column=draw(st.integers(0, 3)),
        extra_column=draw(st.booleans()),
        rows=draw(st.lists(st.sampled_from(KINDS), max_size=25)),
        has_signature=draw(st.booleans()),
    )


def written(path: Path, structure: Structure) -> dict[str, list[int]]:
    """Write the sheet; return the rows of each kind, as the spreadsheet shows them."""
    placed: dict[str, list[int]] = {kind: [] for kind in ("record", "header", "total", "signature")}
    headers = [SPELLINGS[s](h) for s, h in zip(structure.spellings, sheets.HEADERS, strict=True)]
    with xlsxwriter.Workbook(str(path), {"default_date_format": "dd/mm/yyyy"}) as book:
        sheet = book.add_worksheet("FEBRUARI")

        def put(row: int, cells: list[object]) -> None:
            in_order = [cells[position] for position in structure.order]
            sheet.write_row(row, structure.first_column, in_order)
            if structure.extra_column:
                sheet.write(row, structure.first_column + len(cells), cells[0] and "extra")

        for row in range(structure.title_rows):
            sheet.write(row, structure.first_column, f"LAPORAN {row}" if row % 2 else None)
        put(structure.title_rows, headers)
        row = structure.title_rows
        for kind in structure.rows:
            row += 1
            if kind == "record":
                put(row, sheets.record("FEBRUARI", len(placed["record"]) % 28 + 1))
            elif kind == "header":
                put(row, headers)
            elif kind == "total":
                amount = structure.order.index(sheets.HEADERS.index("JUMLAH"))
                label = (
                    0 if amount else 1
                )  # the label stands beside the amount, never in its column
                sheet.write(row, structure.first_column + label, "TOTAL")
                sheet.write(row, structure.first_column + amount, 99)
            if kind != "blank":
                placed[kind].append(row + 1)
        if structure.has_signature and placed["record"]:
            sheet.write(row + 3, structure.first_column + 8, "Yogyakarta, 28-02-2026")
            sheet.write(row + 6, structure.first_column + 8, "(Rina)")
            placed["signature"] = [row + 4, row + 7]
    return placed


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(structure=structures())
def test_what_was_put_into_a_sheet_comes_out(
    tmp_path: Path, configuration: Configuration, structure: Structure
) -> None:
    placed = written(tmp_path / sheets.NAME, structure)
    adapter = WorkbookAdapter(tmp_path, configuration)
    partition = adapter.read("transactions", "IONS", FEBRUARY)
    manifest = partition.manifest
    assert manifest
    names = ["row_number", "student_name", "product_name", "amount", "note"]
    records = [
        sheets.record("FEBRUARI", number % 28 + 1) for number in range(len(placed["record"]))
    ]
    assert partition.frame.select("source_row", *names).rows() == [
        (row, str(cells[0]), cells[3], cells[5], str(cells[14]), cells[16])
        for row, cells in zip(placed["record"], records, strict=True)
    ]
    found = {
        reason: [
            row
            for rows in manifest.not_data
            if rows.reason == reason
            for row in range(rows.first_row, rows.last_row + 1)
        ]
        for reason in ("header", "total", "signature")
    }
    assert found == {reason: placed[reason] for reason in found}
    assert manifest.rows_read == manifest.rows_kept + sum(r.count for r in manifest.not_data)
    assert manifest.header_rows == [structure.title_rows + 1]
    told_of_row = f"the header stands in row {structure.title_rows + 1}, not in row 6"
    assert (told_of_row in manifest.warnings) == (structure.title_rows + 1 != CONFIGURED_ROW)
    moved = any("stands elsewhere" in warning for warning in manifest.warnings)
    assert moved == (structure.order != sorted(structure.order))
    unknown = any("is not in the configuration" in warning for warning in manifest.warnings)
    assert unknown == structure.extra_column


def test_a_header_in_two_rows_that_moved_is_found(tmp_path: Path) -> None:
    configuration = Configuration(CONFIG_DIR)
    layout = configuration.years["IONS", 2023].tables["transactions"]
    headers = list(layout.columns)
    with xlsxwriter.Workbook(str(tmp_path / sheets.NAME.replace("2026", "2023"))) as book:
        sheet = book.add_worksheet("FEBRUARI")
        grouped = range(headers.index("PROGRAM"), headers.index("JUMLAH") + 1)
        sheet.merge_range(8, grouped[0], 8, grouped[-1], "PENDAPATAN")
        for column, header in enumerate(headers):
            sheet.write(9 if column in grouped else 8, column, header)
        sheet.write_row(10, 0, range(11, len(headers) + 11))
    partition = WorkbookAdapter(tmp_path, configuration).read(
        "transactions", "IONS", Month(2023, 2)
    )
    assert partition.manifest
    assert partition.manifest.warnings == ["the header stands in row 9 and 10, not in row 6 and 7"]
    assert partition.frame.rows() == [(11, *(str(n) for n in range(11, len(headers) + 11)))]


def test_blocks_that_moved_aside_are_found(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "DATABASE SISWA IONS 2026 TM-WLC.xlsx")) as book:
        sheet = book.add_worksheet("Referensi ")
        for column, header in {1: "PROGRAM", 2: "KATEGORI PROGRAM"}.items():
            sheet.write(2, column, header)
        for column, header in enumerate(["NO", "NAMA SEKOLAH", "JENJANG", "KOTA"], start=4):
            sheet.write(2, column, header)
        sheet.write_row(3, 1, ["HSK 1", "Regular"])
        sheet.write_row(3, 4, [1, "SMA 1", "SMA", "Sleman"])
        sheet.write_row(4, 1, ["HSK 2", "Regular"])
    partition = WorkbookAdapter(tmp_path, Configuration(CONFIG_DIR)).read(
        "organizations", "IONS", Month(2026, 1)
    )
    assert partition.frame.rows() == [(4, "1", "SMA 1", "SMA", "Sleman")]
    assert partition.manifest
    assert partition.manifest.warnings == [
        "the sheet is called 'Referensi ', not 'REFERENSI'",
        "the columns begin in column E, not in A",
    ]


def renamed(path: Path, header: str, other: str) -> WorkbookAdapter:
    with xlsxwriter.Workbook(
        str(path / sheets.NAME), {"default_date_format": "dd/mm/yyyy"}
    ) as book:
        sheet = book.add_worksheet("FEBRUARI")
        for row, cells in enumerate(sheets.lines("FEBRUARI")):
            sheet.write_row(row, 0, [other if cell == header else cell for cell in cells])
    return WorkbookAdapter(path, Configuration(CONFIG_DIR))


def test_a_missing_header_names_the_nearest_and_the_line_to_add(tmp_path: Path) -> None:
    adapter = renamed(tmp_path, "NAMA SISWA", "NAMA SISWI")
    with pytest.raises(SourceError) as refused:
        adapter.read("transactions", "IONS", FEBRUARY)
    told = str(refused.value)
    assert f"{sheets.NAME}, sheet 'FEBRUARI': there is no column 'NAMA SISWA' in row 6" in told
    assert "Did you mean 'NAMA SISWI'?" in told
    assert "`'NAMA SISWI': student_name` under `columns` of this table in ions-2026.yaml" in told


def test_the_line_that_the_message_advises_lets_the_sheet_load(tmp_path: Path) -> None:
    adapter = renamed(tmp_path, "NAMA SISWA", "NAMA SISWI")
    layout = adapter.configuration.years["IONS", 2026].tables["transactions"]
    layout.columns["NAMA SISWI"] = "student_name"
    frame = adapter.read("transactions", "IONS", FEBRUARY).frame
    assert frame["student_name"].to_list()[0] == "Siswa 1"


def test_a_column_that_no_figure_needs_may_be_missing(tmp_path: Path) -> None:
    partition = renamed(tmp_path, "PETUGAS", "ADMIN").read("transactions", "IONS", FEBRUARY)
    assert partition.frame["admin"].to_list()[0] == "Rina"
    assert partition.manifest
    assert partition.manifest.warnings == [
        "there is no column 'PETUGAS'; it is left empty",
        "column P (ADMIN) is not in the configuration; kept as 'admin'",
    ]


def read(path: Path, lines: list[list[object]], year: int = 2026) -> RawPartition:
    """Return the transactions of a sheet with these lines, the header in row 6."""
    with xlsxwriter.Workbook(
        str(path / sheets.NAME), {"default_date_format": "dd/mm/yyyy"}
    ) as book:
        sheet = book.add_worksheet("FEBRUARI")
        for row, cells in enumerate(lines):
            sheet.write_row(row, 0, cells)
    adapter = WorkbookAdapter(path, Configuration(CONFIG_DIR))
    return adapter.read("transactions", "IONS", Month(year, 2))


def with_cells(**cells: object) -> list[object]:
    """Return a row without a number, with cells under the given headers."""
    return [cells.get(header.replace(" ", "_")) for header in sheets.HEADERS]


def reasons(partition: RawPartition) -> list[tuple[str, int]]:
    assert partition.manifest
    return [(rows.reason, rows.first_row) for rows in partition.manifest.not_data]


def test_no_record_is_lost_above_a_complete_header_further_down(tmp_path: Path) -> None:
    lines = sheets.lines("FEBRUARI")
    lines.insert(14, list(sheets.HEADERS))
    lines[5][sheets.HEADERS.index("PETUGAS")] = "ADMIN"
    partition = read(tmp_path, lines)
    assert partition.frame.height == sheets.ROWS
    assert reasons(partition) == [("header", 15)]


def test_a_header_in_another_order_further_down_is_refused(tmp_path: Path) -> None:
    lines = [*sheets.lines("FEBRUARI"), [], list(reversed(sheets.HEADERS))]
    with pytest.raises(SourceError, match="row 20 repeats the header with its columns in another"):
        read(tmp_path, [*lines, list(reversed(sheets.record("FEBRUARI", 20)))])


def test_a_total_is_known_by_its_label_wherever_it_stands(tmp_path: Path) -> None:
    totals = [
        with_cells(CARA_BAYAR="TOTAL", JUMLAH=78),
        with_cells(NO="JUMLAH :", JUMLAH=78, KETERANGAN="lunas"),
        with_cells(NAMA_SISWA="TOTAL BULAN FEBRUARI", JUMLAH=78),
        with_cells(PROGRAM="Month total", JUMLAH=78),
        with_cells(PROGRAM="Sub.Total.", JUMLAH=78),
    ]
    partition = read(tmp_path, [*sheets.lines("FEBRUARI"), *totals])
    assert reasons(partition) == [("total", 19)]
    assert partition.frame.height == sheets.ROWS


def test_a_record_that_sounds_like_a_total_stays_a_record(tmp_path: Path) -> None:
    records = [
        with_cells(NAMA_SISWA="Total Wijaya", TENANT="TM", JUMLAH=750_000),
        with_cells(TENANT="TM", PROGRAM="Sum Total", JUMLAH=500_000),
    ]
    partition = read(tmp_path, [*sheets.lines("FEBRUARI"), *records])
    assert partition.frame["amount"].to_list()[-2:] == ["750000", "500000"]


@pytest.mark.parametrize("amount", ["2 juta", "(500.000)", "IDR 500.000", "−500.000"])
def test_a_last_row_with_anything_for_an_amount_is_no_signature(
    tmp_path: Path, amount: str
) -> None:
    last = with_cells(NAMA_SISWA="Budi", TENANT="TM", JUMLAH=amount)
    partition = read(tmp_path, [*sheets.lines("FEBRUARI"), last])
    assert partition.frame["amount"].to_list()[-1] == amount


def test_rows_that_were_only_numbered_are_blank(tmp_path: Path) -> None:
    numbered = [[number] for number in range(13, 40)]
    partition = read(tmp_path, [*sheets.lines("FEBRUARI"), *numbered])
    assert partition.frame.height == sheets.ROWS
    assert reasons(partition) == [("blank", 19)]


def test_a_duration_beside_a_text_amount_is_read(tmp_path: Path) -> None:
    last = with_cells(NAMA_SISWA="Budi", TENANT="TM", JUMLAH="750.000")
    last[-1] = timedelta(hours=30)
    frame = read(tmp_path, [*sheets.lines("FEBRUARI"), last]).frame
    assert frame["amount"].to_list()[-1] == "750.000"


@given(st.text(max_size=30))
def test_normalizing_a_header_twice_changes_nothing(text: str) -> None:
    assert normalized_header(normalized_header(text)) == normalized_header(text)
