"""CSV files in the place of workbooks: the same rows and hash, nothing lost in silence."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import TYPE_CHECKING

import broken_workbooks as sheets
import pytest
from conftest import CONFIG_DIR
from hypothesis import given
from hypothesis import strategies as st

from atlas_assets.configuration.configuration import Configuration
from atlas_assets.configuration.workbook_year import TextFormat
from atlas_assets.errors import SourceError
from atlas_assets.periods.calendar import Month
from atlas_assets.sources.delimited.text import SEPARATORS, delimited_text
from atlas_assets.sources.workbook.adapter import WorkbookAdapter

if TYPE_CHECKING:
    from pathlib import Path

    from atlas_assets.sources.adapter import RawPartition

FEBRUARY = Month(2026, 2)
CELL = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8) | st.sampled_from(
    ["", '"', "a\nb", "1.250,00", "x;y", "é", "0812", "a|b", "\t"]
)


def text_of(rows: list[list[object]], separator: str = ";", ending: str = "\r\n") -> str:
    """Return rows as an office program saves them: whole numbers and ISO dates."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=separator, lineterminator=ending)
    for row in rows:
        writer.writerow(
            [cell.date().isoformat() if isinstance(cell, datetime) else cell for cell in row]
        )
    return file.getvalue()


def adapter(folder: Path, **options: str) -> WorkbookAdapter:
    """Return the adapter of a folder in which the evaluation of IONS in 2026 is a folder of text files."""
    configuration = Configuration(CONFIG_DIR)
    year = configuration.years["IONS", 2026]
    configuration.years["IONS", 2026] = year.model_copy(
        update={
            "workbooks": {**year.workbooks, "evaluation": "evaluation"},
            "csv": TextFormat.model_validate(options),
        }
    )
    return WorkbookAdapter(folder, configuration)


def read(
    folder: Path, content: bytes | str, name: str = "FEBRUARI.csv", **options: str
) -> RawPartition:
    (folder / "evaluation").mkdir(exist_ok=True)
    path = folder / "evaluation" / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return adapter(folder, **options).read("transactions", "IONS", FEBRUARY)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", SEPARATORS)
def test_a_sheet_is_the_same_as_a_text_file(tmp_path: Path, encoding: str, separator: str) -> None:
    sheets.sound(tmp_path / sheets.NAME)
    workbook = WorkbookAdapter(tmp_path, Configuration(CONFIG_DIR))
    before = workbook.read("transactions", "IONS", FEBRUARY)
    content = text_of(sheets.lines("FEBRUARI"), separator).encode(encoding)
    after = read(tmp_path, content)
    assert before.manifest
    assert after.manifest
    assert after.frame.equals(before.frame)
    assert after.manifest.source_hash == before.manifest.source_hash
    assert after.manifest.source_file == "evaluation/FEBRUARI.csv"
    assert after.manifest.warnings == []
    reading = adapter(tmp_path).control(after)
    assert reading.problem is None
    assert reading.amounts == workbook.control(before).amounts


def test_what_is_not_utf_8_is_read_as_configured_with_a_warning(tmp_path: Path) -> None:
    rows = [
        *sheets.lines("FEBRUARI")[:-1],
        ["René" if c == "Rina" else c for c in sheets.record("FEBRUARI", 12)],
    ]
    windows = read(tmp_path, text_of(rows).encode("cp1252"))
    assert windows.frame["recorded_by"].to_list()[-1] == "René"
    assert windows.manifest
    (warning,) = windows.manifest.warnings
    assert "is not UTF-8, and was read as cp1252" in warning
    dos = read(tmp_path, text_of(rows).encode("cp850"), encoding="cp850")
    assert dos.frame["recorded_by"].to_list()[-1] == "René"


@given(
    st.lists(st.lists(CELL, min_size=2, max_size=5), min_size=1, max_size=6),
    st.sampled_from(SEPARATORS),
    st.sampled_from(["\r\n", "\n"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_every_cell_comes_back_with_its_line(
    rows: list[list[str]], separator: str, ending: str, encoding: str
) -> None:
    text = f"sep={separator}{ending}" + text_of(rows, separator, ending)  # type: ignore[arg-type]
    found = delimited_text(text.encode(encoding), "x.csv")
    assert [record.cells for record in found.records] == rows
    lines = text.split("\n")
    for record in found.records:
        first = record.cells[0].split("\n")[0].replace('"', '""')
        assert first.rstrip("\r") in lines[record.line - 1]


REFUSED = {
    "a quote is not closed": ('1;"Ani;TM\n2;Budi;TM\n', "line 1: the quotes do not match"),
    "zero bytes": (b"1;\0;2\n", "is no text: it has zero bytes"),
    "a character of no letter": (
        b"\xef\xbb\xbfA;\xff\n",
        "line 1: a character is not in the encoding",
    ),
}


@pytest.mark.parametrize(("content", "told"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_such_text_is_refused_with_its_line(content: bytes | str, told: str) -> None:
    with pytest.raises(SourceError, match=told):
        delimited_text(content if isinstance(content, bytes) else content.encode(), "x.csv")


def test_a_row_that_a_separator_divided_is_refused_with_its_line(tmp_path: Path) -> None:
    text = text_of(sheets.lines("FEBRUARI"))
    divided = text.replace("TM.026.02.0003;Siswa 3;", "TM.026.02.0003;Siswa; 3;")
    divided = divided.replace("1000003;Rina;", "1000003;Rina;x")
    told = r"FEBRUARI.csv, line 9: the row has 18 cells, and the header 17. A separator in a text"
    with pytest.raises(SourceError, match=told):
        read(tmp_path, divided)
    padded = "\n".join(line + ";;;" for line in text.splitlines())
    assert read(tmp_path, padded).rows_kept == sheets.ROWS  # blank cells at the end are nothing


def test_formulas_and_lost_digits_are_told(tmp_path: Path) -> None:
    text = text_of(sheets.lines("FEBRUARI"))
    text = text.replace("TM.026.02.0002", "8,12E+10").replace("1000003", "=O8+1")
    partition = read(tmp_path, text.replace("TM.026.02.0004", '"=""0812"""'))
    frame = partition.frame
    assert frame["receipt_number"].to_list()[3] == "0812"
    assert frame["amount"].to_list()[2] == "#UNCALCULATED!"
    assert "digits that were lost" in frame["not_as_shown"].to_list()[1]
    assert partition.manifest
    assert any("O9" in warning for warning in partition.manifest.warnings)


def test_only_carriage_returns_end_the_lines_of_old_programs(tmp_path: Path) -> None:
    partition = read(tmp_path, text_of(sheets.lines("FEBRUARI"), ending="\r"))
    assert partition.rows_kept == sheets.ROWS
    reading = adapter(tmp_path).control(partition)
    assert reading.problem is None
    assert len(reading.amounts) == sheets.ROWS


def test_a_workbook_may_be_called_csv_and_a_month_may_be_missing(tmp_path: Path) -> None:
    (tmp_path / "evaluation").mkdir()
    with pytest.raises(
        SourceError, match=r"evaluation has no sheet 'FEBRUARI'.*Sheets found: none"
    ):
        adapter(tmp_path).read("transactions", "IONS", FEBRUARY)
    configuration = Configuration(CONFIG_DIR)
    year = configuration.years["IONS", 2026]
    configuration.years["IONS", 2026] = year.model_copy(
        update={"workbooks": {**year.workbooks, "evaluation": "book.csv"}}
    )
    sheets.sound(tmp_path / "book.xlsx").rename(tmp_path / "book.csv")
    found = WorkbookAdapter(tmp_path, configuration).read("transactions", "IONS", FEBRUARY)
    assert found.rows_kept == sheets.ROWS
