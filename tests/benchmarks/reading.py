"""Lines about reading workbooks: one entity and year, by Atlas and by other readers."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZipFile

import yaml

from atlas_assets.configuration.configuration import Configuration
from tests.benchmarks.commands import running
from tests.benchmarks.installations import SCALES
from tests.benchmarks.process import MEBIBYTE, measured, measured_inside
from tests.benchmarks.runner import Pair, Row, Several, also_within, compared, ratio_within
from tests.text_files import replace_workbooks

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from tests.benchmarks.installations import Bench, Installation
    from tests.benchmarks.process import Figures
    from tests.benchmarks.runner import Line, Side, Sides

ENTITY, YEAR = "IONS", "2026"
LIMIT = "fastexcel alone"
MEMORY = "memory for more rows"

Sheets = dict[Path, dict[str, int]]  # the row of the header of each sheet, by workbook


def sheets(source: Path) -> Sheets:
    """Return the sheets that Atlas reads of the entity and year."""
    layout = yaml.safe_load(
        (source / "config" / f"{ENTITY.lower()}-{YEAR}.yaml").read_text("utf-8")
    )
    found: Sheets = {}
    for table in layout["tables"].values():
        header = table.get("header_row") or table["merge_header_rows"][0]
        workbook = source / layout["workbooks"][table["workbook"]]
        for name in table["sheets"].values() if "sheets" in table else [table["sheet"]]:
            found.setdefault(workbook, {})[name] = header
    return found


@contextmanager
def fastexcel_alone(source: str) -> Generator[Callable[[], int]]:
    """Read all sheets as text with fastexcel."""
    import fastexcel

    def read() -> int:
        rows = 0
        for path, headers in sheets(Path(source)).items():
            reader = fastexcel.read_excel(path)
            for name, header in headers.items():
                sheet = reader.load_sheet(name, header_row=header - 1, dtypes="string")
                rows += sheet.to_arrow().num_rows
        return rows

    yield read


@contextmanager
def duckdb_read_xlsx(source: str) -> Generator[Callable[[], object]]:
    """Read all sheets as text with DuckDB's extension `excel`."""
    import duckdb
    import duckdb_extensions

    folder = str(Path(source).parent / "extensions")
    connection = duckdb.connect(config={"extension_directory": folder})
    duckdb_extensions.import_extension("excel", con=connection)
    connection.execute("LOAD excel")

    def read() -> None:
        for path, headers in sheets(Path(source)).items():
            for name, header in headers.items():
                connection.execute(
                    "CREATE OR REPLACE TABLE sheet AS FROM read_xlsx(?, sheet = ?, range = ?, "
                    "header = true, all_varchar = true, stop_at_empty = true)",
                    [str(path), name, f"A{header}:BZ1048576"],
                )

    yield read
    connection.close()


@contextmanager
def pandas_with_openpyxl(source: str) -> Generator[Callable[[], object]]:
    """Read all sheets with pandas."""
    import pandas as pd

    def read() -> None:
        for path, headers in sheets(Path(source)).items():
            with pd.ExcelFile(path, engine="openpyxl") as book:
                for name, header in headers.items():
                    book.parse(name, header=header - 1, dtype=str)

    yield read


def _sampled(bench: Bench) -> Installation:
    return bench.sampled(YEAR, SCALES[bench.size])


def _reader(made: Installation, reader: str) -> Side:
    """Return the measuring of a reader, in a process of its own and with its imports."""
    return running(made.function(f"reading:{reader}", str(made.source)))


def _extract(bench: Bench, waits_for: str) -> Iterator[Row]:
    """Yield the whole command beside fastexcel, and what memory more rows take than those of size S."""
    made = _sampled(bench)
    sides = (_extracting(made), _reader(made, "fastexcel_alone"))
    mine, other, ratio = compared(sides, bench.rounds)
    rows = rows_of(made)
    text = f"{waits_for}, {rows:,} rows"
    row = Row("extract", text, mine, LIMIT, other, ratio, rows, goals=(ratio_within(3),))
    if bench.size != "S":
        small = bench.sampled(YEAR, SCALES["S"])
        more = mine.peak - _extracting(small)().peak
        found = {MEMORY: more / (largest_sheet(made) - largest_sheet(small))}
        row = replace(
            row, also=found, goals=(*row.goals, also_within(MEMORY, 3, "× largest sheet"))
        )
    yield row


def _extracting(made: Installation) -> Side:
    """Return the measuring of the command where nothing is loaded yet."""
    command = made.atlas("extract", "--entity", ENTITY, "--year", YEAR)

    def side() -> Figures:
        made.forget()
        return measured(command)

    return side


def largest_sheet(made: Installation) -> float:
    """Return the size of the largest sheet that is read: its XML unpacked, in MiB."""
    sizes = []
    for path in sheets(made.source):
        with ZipFile(path) as archive:
            parts = archive.infolist()
            sizes += [part.file_size for part in parts if "/worksheets/" in part.filename]
    return max(sizes) / MEBIBYTE


def rows_of(made: Installation) -> int:
    """Return the number of rows below the headers of all sheets."""
    with fastexcel_alone(str(made.source)) as read:
        return read()


def _functions(bench: Bench) -> tuple[Side, Side]:
    """Return the functions of Atlas without Dagster, and fastexcel; imports do not count."""
    made = _sampled(bench)
    mine = made.function("stages:extracting", ENTITY, YEAR)
    other = made.function("reading:fastexcel_alone", str(made.source))
    return lambda: measured_inside(mine), lambda: measured_inside(other)


def _text_files(bench: Bench) -> tuple[Side, Side]:
    """Return the functions of Atlas, for text files and for the workbooks with the same cells."""
    workbooks = _sampled(bench)
    text = workbooks.copy(bench.new_folder())
    years = Configuration(text.source / "config").years
    replace_workbooks(text.source, years[ENTITY, int(YEAR)])
    mine, other = (made.function("stages:extracting", ENTITY, YEAR) for made in (text, workbooks))
    return lambda: measured_inside(mine), lambda: measured_inside(other)


def _peer(name: str) -> Sides:
    """Return the sides of another reader, which is too slow for the size L."""

    def sides(bench: Bench) -> tuple[Side, Side]:
        if bench.size == "L":
            raise ValueError("too slow for this size; measured with S and M only")
        made = _sampled(bench)
        return _reader(made, name), _reader(made, "fastexcel_alone")

    return sides


LINES: list[Line] = [
    Several("extract", "`atlas extract` of a year, nothing loaded yet", _extract),
    Pair("extract-functions", "the same, without Dagster and imports", LIMIT, _functions),
    Pair(
        "extract-text",
        "the same from CSV files",
        "the workbooks",
        _text_files,
        goals=(ratio_within(1),),
    ),
    Pair("extract-duckdb", "DuckDB's read_xlsx of the same", LIMIT, _peer("duckdb_read_xlsx")),
    Pair(
        "extract-pandas", "pandas with openpyxl of the same", LIMIT, _peer("pandas_with_openpyxl")
    ),
]
