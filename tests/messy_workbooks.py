"""Workbooks of one entity and year as people keep them: each month has its own kinds of disorder.

Every month has eight sound receipt lines of Rp 1,000,000 in rows 7 to 14, of which its function spoils
some. The evaluation workbook also has what office programs leave behind and Excel opens all the same: an
empty fill among the styles, and in September a dimension that is too small.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from typing import TYPE_CHECKING, Any

import xlsxwriter

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

EVALUATION, STUDENTS = "LAPORAN EVALUASI EPN 2026.xlsx", "DATABASE SISWA EPN 2026.xlsx"
MONTHS = [
    *("JANUARI", "FEBRUARI", "MARET", "APRIL", "MEI", "JUNI", "JULI", "AGUSTUS", "SEPTEMBER"),
    *("OKTOBER", "NOVEMBER", "DESEMBER"),
]
HEAD = [
    *("NO", "TANGGAL", "NO. KWITANSI", "NAMA SISWA", "TENANT", "PROGRAM", "KATEGORI PROGRAM"),
    *("NAMA KELAS", "INTAKE", "ASAL SEKOLAH", "JENJANG", "SUMBER INFORMASI", "POLA PEMBAYARAN"),
    *("CARA BAYAR", "JUMLAH", "PETUGAS", "KETERANGAN", "SALDO BERJALAN"),
]
DATE, RECEIPT, STUDENT, UNIT, PROGRAM, INTAKE, SCHOOL, AMOUNT = 1, 2, 3, 4, 5, 8, 9, 14
NAMES = [
    *("Arga Wibisana", "Dewi Lestarini", "Bagus Pranoto", "Citra Maheswari", "Eka Nugraha"),
    *("Fajar Santosa", "Gita Puspa", "Hana Kirana"),
]
STUDENT_HEAD = [
    *("NO", "TENANT", "BULAN", "INTAKE", "NO. INDUK", "NAMA SISWA", "JENIS KELAMIN"),
    *("TEMPAT LAHIR", "TANGGAL LAHIR", "NO. IDENTITAS", "ALAMAT", "KOTA", "NO. HP", "EMAIL"),
    *("NAMA ORANG TUA", "NO. HP ORANG TUA", "ASAL SEKOLAH", "JENJANG", "KELAS", "PROGRAM"),
    *("KATEGORI PROGRAM", "NAMA KELAS", "SUMBER INFORMASI", "TANGGAL DAFTAR", "KETERANGAN"),
]
RECAPS = ["REKAP FEBUARI" if month == "FEBRUARI" else f"REKAP {month}" for month in MONTHS]

Lines = list[list[Any]]


def sound_lines(month: int) -> Lines:
    return [
        [
            *(n, dt.datetime(2026, month, n + 1), f"BB.026.{month:02d}.{n:04d}", NAMES[n - 1]),  # noqa: DTZ001
            *("BIMBEL", "Intensif SNBT", "Reguler", "SNBT A", f"{MONTHS[month - 1]} 2026", "SMA 1"),
            *("SMA", "Website", "LUNAS", "TUNAI", 1_000_000, "Rina", None, 1_000_000 * n),
        ]
        for n in range(1, 9)
    ]


def february_amounts_as_text(lines: Lines) -> None:
    texts = ["1.500,000", "Rp 2,750.000", "1500000.000", "(1.500.000,-)", "1\u202f500\u202f000"]
    for line, text in zip(lines, texts, strict=False):
        line[AMOUNT] = text


def march_invisible_characters(lines: Lines) -> None:
    lines[0][STUDENT], lines[0][PROGRAM] = "Arga\u00a0Wibisana@R@", "Intensif@R@\nSNBT"
    lines[1][INTAKE], lines[1][DATE] = "MARET\u00a02026", "5\u00a0Maret\u00a02026\n"
    lines[2][AMOUNT], lines[2][RECEIPT] = "\u200e1.500.000@R@", "BB.026.03.0003\u200b"
    lines[3][SCHOOL], lines[3][STUDENT] = "SMA\x1f 1", "Citra\x02 Maheswari"
    lines[4][UNIT], lines[4][PROGRAM] = "ＢＩＭＢＥＬ ", "Intensif\x0bSNBT"
    lines[5][DATE], lines[5][AMOUNT] = "０７/０３/２０２６", "１.０００.０００"


def april_twins(lines: Lines) -> None:
    twin = list(lines[3])
    twin[0], twin[DATE], twin[STUDENT], twin[-1] = 9, "05/04/2026", "CITRA  MAHESWARI.", 9_000_000
    twin[UNIT], twin[AMOUNT] = "Bimbingan Belajar", "Rp 1.000.000,-"
    other = list(lines[4])
    other[0], other[AMOUNT] = 10, 2_000_000
    suffixed = list(lines[5])
    suffixed[0], suffixed[RECEIPT], suffixed[STUDENT] = 11, "BB.026.04.0005/2", "Ira Kusuma"
    lines += [twin, other, suffixed]


def may_totals(lines: Lines) -> None:
    empty = [None] * len(HEAD)

    def row(**cells: object) -> list[Any]:
        at = {"student": STUDENT, "amount": AMOUNT, "number": 0}
        line = list(empty)
        for name, value in cells.items():
            line[at[name]] = value
        return line

    first, second = lines[:4], lines[4:]
    lines[:] = [
        *first,
        row(amount=4_000_000),  # row 11: the sum of the rows above
        *second,
        row(student="T O T A L", amount=8_000_000),  # row 16
        row(student="Jml.", amount=8_000_000),
        row(student="Σ", amount="Rp 8.000.000"),
        row(amount=8_000_000),  # row 19
        row(amount="081234567890"),  # row 20: a telephone number
        row(student="Total pendapatan bulan Mei", amount=8_000_000),
    ]


def july_one_name_two_things(lines: Lines) -> None:
    for line in lines[:3]:
        line[PROGRAM], line[AMOUNT] = "Intensif SNBT+", 3_000_000
    lines[3][PROGRAM] = "INTENSIF. SNBT"
    lines[5][STUDENT] = "An Nisa Rahmawati"
    lines[6][STUDENT], lines[6][SCHOOL] = "Nisa Rahmawati", "SMA 9"


def august_dates(lines: Lines) -> None:
    lines[0][DATE], lines[1][DATE], lines[2][DATE] = "12/08/0001", "31/12/9999", "12/08/1926"
    lines[3][INTAKE], lines[4][INTAKE] = "12/08/2026", "3 Agustus 2026"


def november_content_that_means_nothing(lines: Lines) -> None:
    lines[0][SCHOOL], lines[1][PROGRAM] = "-", "--"
    lines[2][UNIT], lines[2][DATE], lines[2][INTAKE] = "TEANANT X", "besok", "nanti"
    lines[3][STUDENT] = "..."
    lines.append(list(range(1, len(HEAD) + 1)))  # numbers the columns


def december_numbers_and_receipts(lines: Lines) -> None:
    lines[0][AMOUNT], lines[1][AMOUNT] = 1_234_567.125, 1_000_000.123456789
    lines[0][0] = "#REF!"
    lines[4][RECEIPT], lines[5][RECEIPT] = "-", "-"
    lines[6][STUDENT], lines[7][STUDENT] = "Sdr.", "#n/a"
    twin = list(lines[2])
    twin[0], twin[RECEIPT] = 9, "BB.026.12. 0003."
    lines.append(twin)


SPOILED: dict[int, Callable[[Lines], None]] = {
    2: february_amounts_as_text,
    3: march_invisible_characters,
    4: april_twins,
    5: may_totals,
    7: july_one_name_two_things,
    8: august_dates,
    11: november_content_that_means_nothing,
    12: december_numbers_and_receipts,
}


def write(folder: Path) -> None:
    """Write both workbooks into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    _write_evaluation(folder / EVALUATION)
    _write_students(folder / STUDENTS)
    replace_part(folder / EVALUATION, r"xl/sharedStrings\.xml", b"@R@", b"_x000D_")
    replace_part(
        folder / EVALUATION, r"xl/styles\.xml", b'<fills count="2">', b'<fills count="3"><fill/>'
    )
    replace_part(
        folder / EVALUATION,
        r"xl/worksheets/sheet9\.xml",
        b'<dimension ref="A6:R14"/>',
        b'<dimension ref="A1"/>',
    )
    replace_part(folder / EVALUATION, r"xl/worksheets/sheet10\.xml", b">#NAME?<", b">#SPILL!<")


def replace_part(path: Path, part: str, old: bytes, new: bytes) -> None:
    """Replace some bytes in the parts of a workbook whose name matches; they have to be there."""
    written, found = io.BytesIO(), False
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(written, "w") as after:
        for name in before.namelist():
            content = before.read(name)
            if re.fullmatch(part, name):
                found = found or old in content
                content = content.replace(old, new)
            after.writestr(name, content)
    assert found, (part, old)
    path.write_bytes(written.getvalue())


def _write_evaluation(path: Path) -> None:
    with xlsxwriter.Workbook(str(path), {"default_date_format": "dd/mm/yyyy"}) as book:
        as_receipt = book.add_format({"num_format": '"BB.026.06."0000'})
        for month, name in enumerate(MONTHS, 1):
            sheet = book.add_worksheet(name)
            lines = sound_lines(month)
            SPOILED.get(month, lambda _: None)(lines)
            sheet.write_row(5, 0, HEAD)
            for at, cells in enumerate(lines, 6):
                sheet.write_row(at, 0, cells)
            if month == 6:
                for n in range(1, 9):
                    sheet.write_number(5 + n, RECEIPT, n, as_receipt)
            if month == 10:
                sheet.write_formula("O7", "=SEQUENCE(9)", None, "#NAME?")
                sheet.write_formula("J8", "=VLOOKUP(1,A1:A2,1,FALSE)", None, "#N/A")
        _write_targets(book.add_worksheet("EVALUASI DATA SISWA"))
        for month, name in enumerate(RECAPS, 1):
            _write_recap(book.add_worksheet(" REKAP JULI" if month == 7 else name), month)


def _write_targets(sheet: Any) -> None:
    sheet.write_row(10, 0, ["NO", "TENANT", "PROGRAM"])
    sheet.write_row(11, 0, [1, "BIMBEL", "Intensif SNBT"])
    for month, name in enumerate(MONTHS):
        at = 3 + 4 * month
        sheet.write(9, at, name)
        sheet.write_row(10, at, ["TARGET SISWA", "REALISASI SISWA", "TARGET PENDAPATAN"])
        sheet.write(10, at + 3, "REALISASI PENDAPATAN")
        sheet.write_row(11, at, [10, None, 10_000_000])
        sheet.write_row(12, at, [10, None, 10_000_000])
    sheet.write_row(12, 1, ["BIMBEL", "TOTAL"])
    sheet.write_row(11, 3 + 4 * 1, ["12,5", None, "10.000,000"])  # of February
    sheet.write_formula(11, 3 + 4 * 9, "=1/0", None, "#DIV/0!")  # of October


def _write_recap(sheet: Any, month: int) -> None:
    head = ["MINGGU", "TENANT", "SUMBER INFORMASI", "JUDUL KEGIATAN", "TANGGAL", "TARGET"]
    sheet.write_row(6, 0, [*head, "RESPON MASUK", "FOLLOW UP", "CLOSING", "KETERANGAN"])
    day = dt.datetime(2026, month, 3)  # noqa: DTZ001
    sheet.write_row(7, 0, ["1", "BIMBEL", "Website", "Kampanye", day, 5, 4, 3, 2])
    sheet.write_row(8, 1, ["BIMBEL", "TOTAL", None, None, 5, 4, 3, 2])
    if month == 10:
        sheet.write_formula("G8", "=1/0", None, "#DIV/0!")


def _write_students(path: Path) -> None:
    with xlsxwriter.Workbook(str(path), {"default_date_format": "dd/mm/yyyy"}) as book:
        for month, name in enumerate(MONTHS, 1):
            sheet = book.add_worksheet(f"{name}26")
            sheet.write_row(6, 0, STUDENT_HEAD)
            for n in range(1, 9):
                sheet.write_row(6 + n, 0, _student(month, n))
            if month == 6:
                sheet.write_number("J8", 3404010100000001)
            if month == 7:
                sheet.write_row("F13", ["Arga Wibisana"])
        sheet = book.add_worksheet("REFERENSI")
        sheet.write_row(2, 0, ["NO", "NAMA SEKOLAH", "JENJANG", "KOTA"])
        sheet.write_row(3, 0, [1, "SMA 1", "SMA", "Sleman"])


def _student(month: int, n: int) -> list[object]:
    born, day = dt.datetime(2008, 5, n), dt.datetime(2026, month, n + 1)  # noqa: DTZ001
    name = MONTHS[month - 1]
    return [
        *(n, "BIMBEL", name, f"{name} 2026", f"{26000 + n}", NAMES[n - 1], "L", "Sleman", born),
        *(f"34040101{n:08d}", "Jl. Melati 1", "Sleman", f"0812000000{n}", None, "Pak Joko", None),
        *("SMA 1", "SMA", "12", "Intensif SNBT", "Reguler", "SNBT A", "Website", day),
    ]
