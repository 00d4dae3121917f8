"""Workbooks as they really arrive: broken, foreign, hostile. Each function makes one, by code."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msoffcrypto
import odf.opendocument
import odf.table
import odf.text
import openpyxl
import pyxlsbwriter
import xlsxwriter
import xlwt
from msoffcrypto.format.ooxml import OOXMLFile

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NAME = "LAPORAN EVALUASI IONs 2026 TM-WLC.xlsx"
HEADERS = [
    *("NO", "TANGGAL", "NO. KWITANSI", "NAMA SISWA", "TENANT", "PROGRAM", "KATEGORI PROGRAM"),
    *("NAMA KELAS", "INTAKE", "ASAL SEKOLAH", "JENJANG", "SUMBER INFORMASI"),
    *("POLA PEMBAYARAN", "CARA BAYAR", "JUMLAH", "PETUGAS", "KETERANGAN"),
]
SHEETS = ["JANUARI", "FEBRUARI", "MARET"]
ROWS = 12
FEBRUARY_PART = "xl/worksheets/sheet2.xml"


def record(sheet: str, number: int) -> list[object]:
    month = SHEETS.index(sheet) + 1 if sheet in SHEETS else 4
    return [
        number,
        datetime(2026, month, number, tzinfo=UTC).replace(tzinfo=None),
        f"TM.026.{month:02d}.{number:04d}",
        f"Siswa {number}",
        *("TM", "HSK 1", "Test Preparation", "HSK 1 A", "FEBRUARI 2026", "SMA 1", "SMA"),
        *("Teman", "LUNAS", "TUNAI", 1_000_000 + number, "Rina", None),
    ]


def lines(sheet: str) -> list[list[object]]:
    """Return a sheet as rows of cells, the header in row 6."""
    title: list[list[object]] = [["LAPORAN"], [], ["BULAN"], [], []]
    return [*title, list(HEADERS), *(record(sheet, number) for number in range(1, ROWS + 1))]


def sound(path: Path, sheets: list[str] | None = None, **options: object) -> Path:
    """Write a workbook with nothing wrong."""
    with xlsxwriter.Workbook(str(path), {"default_date_format": "dd/mm/yyyy", **options}) as book:
        for name in sheets or SHEETS:
            sheet = book.add_worksheet(name)
            for row, cells in enumerate(lines(name)):
                sheet.write_row(row, 0, cells)
    return path


def part_replaced(path: Path, part: str, change: Callable[[bytes], bytes]) -> None:
    """Rewrite one part of a workbook's archive."""
    rewritten = io.BytesIO()
    with (
        zipfile.ZipFile(path) as before,
        zipfile.ZipFile(rewritten, "w", zipfile.ZIP_DEFLATED) as to,
    ):
        for name in before.namelist():
            content = before.read(name)
            to.writestr(name, change(content) if re.fullmatch(part, name) else content)
    path.write_bytes(rewritten.getvalue())


def edited(path: Path, edit: Callable[[openpyxl.Workbook], None]) -> None:
    book = openpyxl.load_workbook(sound(path))
    edit(book)
    book.save(path)


def truncated(path: Path) -> None:
    content = sound(path).read_bytes()
    path.write_bytes(content[: len(content) // 2])


def half_copied(path: Path) -> None:
    content = sound(path).read_bytes()
    path.write_bytes(content[: len(content) // 2] + bytes(len(content) - len(content) // 2))


def nothing_in_it(path: Path) -> None:
    path.write_bytes(b"")


def protected_by_password(path: Path) -> None:
    encrypted = io.BytesIO()
    OOXMLFile(io.BytesIO(sound(path).read_bytes())).encrypt("secret", encrypted)
    path.write_bytes(encrypted.getvalue())
    with path.open("rb") as file:
        assert msoffcrypto.OfficeFile(file).is_encrypted()


def html(path: Path) -> None:
    path.write_text("<html><body><table><tr><td>NO</td></tr></table></body></html>", "utf-8")


def csv(path: Path) -> None:
    path.write_text("NO;TANGGAL;JUMLAH\n1;2026-02-01;100\n", "utf-8")


def another_archive(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("photo.jpg", b"no workbook")


def damaged_sheet(path: Path) -> None:
    part_replaced(sound(path), FEBRUARY_PART, lambda xml: xml[: len(xml) // 2])


def missing_part(path: Path) -> None:
    rewritten = io.BytesIO()
    sound(path)
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(rewritten, "w") as to:
        for name in before.namelist():
            if name != FEBRUARY_PART:
                to.writestr(name, before.read(name))
    path.write_bytes(rewritten.getvalue())


def zip_bomb(path: Path) -> None:
    """Spaces that pack a thousandfold."""
    sound(path)
    block = b" " * (1 << 24)
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("xl/media/image1.png", "w", force_zip64=True) as part,
    ):
        for _ in range(130):
            part.write(block)


def lying_zip_bomb(path: Path) -> None:
    """A sheet that unpacks to gigabytes, in an archive that claims it to be small."""
    sound(path)
    with zipfile.ZipFile(path) as before:
        parts = {name: before.read(name) for name in before.namelist()}
    head, tail = parts.pop(FEBRUARY_PART).split(b"</sheetData>")
    row = b'<row r="20"><c r="A20" t="inlineStr"><is><t>' + b"x" * 1000 + b"</t></is></c></row>"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
        with archive.open(FEBRUARY_PART, "w", force_zip64=True) as part:
            part.write(head)
            for _ in range(1300):
                part.write(row * 1000)
            part.write(b"</sheetData>" + tail)
        archive.getinfo(FEBRUARY_PART).file_size = 4000


def cells_added(path: Path, *cells: tuple[int, str, str], part: str = FEBRUARY_PART) -> None:
    """Add text cells to a sheet, February's if not said otherwise: row, column letters, text."""

    def add(xml: bytes) -> bytes:
        text = xml.decode()
        for row, column, value in cells:
            cell = f'<c r="{column}{row}" t="inlineStr"><is><t>{value}</t></is></c>'
            opened = re.search(rf'<row r="{row}"[^>]*>', text)
            if opened:
                end = text.index("</row>", opened.end())
                text = text[:end] + cell + text[end:]
            else:
                text = text.replace("</sheetData>", f'<row r="{row}">{cell}</row></sheetData>')
        return text.encode()

    part_replaced(path, part, add)


def formatted_to_the_last_row(path: Path) -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(19, 1_048_577)).encode()
    change = lambda xml: xml.replace(b"</sheetData>", rows + b"</sheetData>")  # noqa: E731
    part_replaced(sound(path), FEBRUARY_PART, change)


def uncalculated(path: Path) -> None:
    def edit(book: openpyxl.Workbook) -> None:
        book["FEBRUARI"]["O9"] = "=500000+1"
        book["FEBRUARI"]["D10"] = '="Siswa"&" 4"'

    edited(path, edit)


def merged(path: Path) -> None:
    edited(path, lambda book: book["FEBRUARI"].merge_cells("D9:D10"))


def hidden(path: Path) -> None:
    def edit(book: openpyxl.Workbook) -> None:
        sheet = book["FEBRUARI"]
        sheet.row_dimensions[8].hidden = True
        sheet.column_dimensions["O"].hidden = True
        sheet.auto_filter.ref = "A6:Q18"
        sheet.sheet_state = "hidden"

    edited(path, edit)


def sheet_protected(path: Path) -> None:
    def edit(book: openpyxl.Workbook) -> None:
        book["FEBRUARI"].protection.set_password("secret")

    edited(path, edit)


def rich_text(path: Path) -> None:
    with xlsxwriter.Workbook(str(path), {"default_date_format": "dd/mm/yyyy"}) as book:
        bold = book.add_format({"bold": True})
        for name in SHEETS:
            sheet = book.add_worksheet(name)
            for row, cells in enumerate(lines(name)):
                sheet.write_row(row, 0, cells)
            sheet.write_rich_string("D9", "Sis", bold, "wa", " 3")


def errors(path: Path) -> None:
    with xlsxwriter.Workbook(str(path), {"default_date_format": "dd/mm/yyyy"}) as book:
        for name in SHEETS:
            sheet = book.add_worksheet(name)
            for row, cells in enumerate(lines(name)):
                sheet.write_row(row, 0, cells)
            sheet.write_formula("O9", "=#REF!", value="#REF!")
            sheet.write_formula("J10", "=1/0", value="#DIV/0!")


def strict_ooxml(path: Path) -> None:
    """The other namespaces of ISO 29500, in which some office programs save."""
    sound(path)

    def strict(xml: bytes) -> bytes:
        for old, new in {
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main": (
                b"http://purl.oclc.org/ooxml/spreadsheetml/main"
            ),
            b"http://schemas.openxmlformats.org/officeDocument/2006/relationships": (
                b"http://purl.oclc.org/ooxml/officeDocument/relationships"
            ),
        }.items():
            xml = xml.replace(old, new)
        return xml

    part_replaced(path, r".*\.(xml|rels)", strict)


def old_xls(path: Path) -> None:
    book = xlwt.Workbook()
    dates = xlwt.easyxf(num_format_str="DD/MM/YYYY")
    for name in SHEETS:
        sheet = book.add_sheet(name)
        for row, cells in enumerate(lines(name)):
            for column, value in enumerate(cells):
                if isinstance(value, datetime):
                    sheet.write(row, column, value, dates)
                elif value is not None:
                    sheet.write(row, column, value)
    book.save(str(path))


def binary_xlsb(path: Path) -> None:
    with pyxlsbwriter.XlsbWriter(str(path)) as book:
        for name in SHEETS:
            book.add_sheet(name)
            book.write_sheet([cells + [None] * (17 - len(cells)) for cells in lines(name)])


def open_document(path: Path) -> None:
    book = odf.opendocument.OpenDocumentSpreadsheet()
    for name in SHEETS:
        table = odf.table.Table(name=name)
        for cells in lines(name):
            row = odf.table.TableRow()
            for value in cells:
                row.addElement(_ods_cell(value))
            table.addElement(row)
        book.spreadsheet.addElement(table)
    book.save(str(path))


def _ods_cell(value: object) -> object:
    if value is None:
        return odf.table.TableCell()
    if isinstance(value, datetime):
        return odf.table.TableCell(valuetype="date", datevalue=f"{value:%Y-%m-%d}")
    if isinstance(value, int):
        return odf.table.TableCell(valuetype="float", value=str(value))
    cell = odf.table.TableCell(valuetype="string")
    cell.addElement(odf.text.P(text=value))
    return cell
