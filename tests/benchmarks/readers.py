"""How fast and how frugal the loader is, beside its own reader and its peers, in one run.

    uv run --group test --group benchmark python tests/benchmarks/readers.py

Each reader runs in a fresh process, imports excluded, several times in turn; the median counts.
The ratio is to fastexcel alone, which is the limit: the loader adds provenance, hashing, row
accounting and Parquet files to it. Atlas reads isolated: in processes of their own, one for each
processor. Memory is the peak above the process before reading.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import fastexcel
import xlsxwriter
from rich.console import Console
from rich.table import Table

from atlas_assets.configuration.configuration import Configuration
from atlas_assets.periods.calendar import Month
from atlas_assets.settings import PROJECT_DIR
from atlas_assets.sources.isolation import PROCESSES, IsolatedSource
from atlas_assets.sources.raw_store import RawStore
from atlas_assets.sources.workbook.adapter import WorkbookAdapter

if TYPE_CHECKING:
    from collections.abc import Callable

NAME = "LAPORAN EVALUASI IONs 2026 TM-WLC.xlsx"
CONFIGURATION = Configuration(PROJECT_DIR / "source" / "config")
LAYOUT = CONFIGURATION.years["IONS", 2026].tables["transactions"]
WARM_UP_NAME = "LAPORAN EVALUASI IONs 2025 TM-WLC.xlsx"
WARM_UP = Month(2025, 1)  # of a workbook without rows, read before the clock starts
WORKBOOKS = {"12 sheets × 5,000 rows": (12, 5_000), "1 sheet × 200,000 rows": (1, 200_000)}
ROUNDS = 5
LIMIT = "fastexcel alone"


def generate(path: Path, sheets: int, rows: int) -> None:
    """Write a workbook of sound transaction sheets."""
    random = Random(1)
    with xlsxwriter.Workbook(str(path), {"default_date_format": "dd/mm/yyyy"}) as book:
        for month in range(1, sheets + 1):
            sheet = book.add_worksheet(LAYOUT.sheet_for(month))
            sheet.write_row(LAYOUT.header_rows[0] - 1, 0, list(LAYOUT.columns))
            first = datetime(2026, month, 1)  # noqa: DTZ001  a spreadsheet's dates have no zone
            for number in range(1, rows + 1):
                cells = [
                    number,
                    first + timedelta(days=number % 28),
                    f"TM.026.{month:02d}.{number:06d}",
                    f"Siswa {random.randint(1, 10**6)} Nama",
                    *("TM", "HSK 1", "Test Preparation", "HSK 1 A", "FEBRUARI 2026"),
                    *("SMA Negeri 1 Yogyakarta", "SMA", "Teman", "LUNAS", "TUNAI"),
                    random.randint(100, 9_000) * 1_000,
                    "Rina",
                ]
                sheet.write_row(LAYOUT.first_data_row + number - 2, 0, cells)


def names(sheets: int) -> list[str]:
    return [str(LAYOUT.sheet_for(month)) for month in range(1, sheets + 1)]


def fastexcel_alone(path: Path, sheets: int) -> Callable[[], object]:
    def read(path: Path, sheets: list[str]) -> object:
        reader = fastexcel.read_excel(path)
        return [reader.load_sheet(name, header_row=5).to_arrow() for name in sheets]

    read(path.with_name(WARM_UP_NAME), ["JANUARI"])
    return lambda: read(path, names(sheets))


def fastexcel_as_text(path: Path, sheets: int) -> Callable[[], object]:
    def read(path: Path, sheets: list[str]) -> object:
        reader = fastexcel.read_excel(path)
        loaded = (reader.load_sheet(s, header_row=None, dtypes="string") for s in sheets)
        return [sheet.to_arrow_with_errors() for sheet in loaded]

    read(path.with_name(WARM_UP_NAME), ["JANUARI"])
    return lambda: read(path, names(sheets))


def loader(path: Path, sheets: int) -> Callable[[], object]:
    adapter = WorkbookAdapter(path.parent, CONFIGURATION)
    load_all(adapter, [WARM_UP] * 2)
    return lambda: load_all(adapter, months(sheets))


def loader_isolated(path: Path, sheets: int) -> Callable[[], object]:
    source = IsolatedSource(WorkbookAdapter(path.parent, CONFIGURATION))
    load_all(source, [WARM_UP] * 4 * PROCESSES)
    return lambda: load_all(source, months(sheets))


def second_reading(path: Path, sheets: int) -> Callable[[], object]:
    adapter = WorkbookAdapter(path.parent, CONFIGURATION)
    read = [adapter.read("transactions", "IONS", month) for month in months(sheets)]
    adapter.read("transactions", "IONS", WARM_UP)  # its sheet is the one that is kept
    return lambda: [adapter.control(partition) for partition in read]


def months(sheets: int) -> list[Month]:
    return [Month(2026, number) for number in range(1, sheets + 1)]


def load_all(source: WorkbookAdapter | IsolatedSource, wanted: list[Month]) -> object:
    with tempfile.TemporaryDirectory() as folder:
        store = RawStore(Path(folder))
        if isinstance(source, WorkbookAdapter):
            read = (source.read("transactions", "IONS", month) for month in wanted)
            return [store.load(partition) for partition in read]
        with ThreadPoolExecutor(max_workers=PROCESSES) as pool:
            load = partial(source.load, store, "transactions", "IONS")
            return list(pool.map(load, wanted))


def duckdb_read_xlsx(path: Path, sheets: int) -> Callable[[], object]:
    import duckdb
    import duckdb_extensions

    connection = duckdb.connect(config={"extension_directory": str(path.parent / "extensions")})
    duckdb_extensions.import_extension("excel", con=connection)
    connection.execute("LOAD excel")

    def read() -> object:
        for name in names(sheets):
            connection.execute(
                "CREATE OR REPLACE TABLE sheet AS FROM read_xlsx(?, sheet = ?, range = 'A6:Q1048576', "
                "header = true, all_varchar = true, stop_at_empty = true)",
                [str(path), name],
            )
        return None

    return read


def pandas_with_openpyxl(path: Path, sheets: int) -> Callable[[], object]:
    import pandas as pd

    return lambda: pd.read_excel(path, sheet_name=names(sheets), header=5, engine="openpyxl")


READERS = {
    LIMIT: fastexcel_alone,
    "fastexcel, as text with errors": fastexcel_as_text,
    "this loader, to Parquet": loader,
    "this loader, isolated": loader_isolated,
    "the second reading alone": second_reading,
    "DuckDB read_xlsx": duckdb_read_xlsx,
    "pandas + openpyxl": pandas_with_openpyxl,
}


def peak_memory() -> int:
    """Return the peak of this process and of its children, in bytes."""
    own = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
    processes = [os.getpid(), *map(int, own.read_text().split())]
    peaks = [Path(f"/proc/{process}/status").read_text("utf-8") for process in processes]
    return sum(int(text.split("VmHWM:")[1].split()[0]) * 1024 for text in peaks)


def measure(reader: str, path: Path, sheets: int) -> dict[str, float]:
    """Run one reader once, in this process."""
    read = READERS[reader](path, sheets)
    before = peak_memory()
    started = time.perf_counter()
    read()
    return {"seconds": time.perf_counter() - started, "bytes": peak_memory() - before}


def measured_apart(reader: str, path: Path, sheets: int) -> dict[str, float] | None:
    command = [sys.executable, __file__, "--reader", reader, "--path", str(path)]
    finished = subprocess.run(
        [*command, "--sheets", str(sheets)], capture_output=True, text=True, check=False
    )
    return json.loads(finished.stdout) if finished.returncode == 0 else None


def compare(title: str, path: Path, sheets: int) -> Table:
    """Measure every reader in turn, round by round, and return the table of medians."""
    found: dict[str, list[dict[str, float]]] = {reader: [] for reader in READERS}
    for number in range(ROUNDS):
        for reader in READERS:
            if reader == "pandas + openpyxl" and (number or not importlib.util.find_spec("pandas")):
                continue  # it takes long, and its place is clear after one round
            result = measured_apart(reader, path, sheets)
            if result:
                found[reader].append(result)
    table = Table("reader", "seconds", "ratio", "peak memory, MB", title=title)
    limit = statistics.median(result["seconds"] for result in found[LIMIT])
    for reader, results in found.items():
        if not results:
            table.add_row(reader, "-", "cannot be loaded here", "-")
            continue
        seconds = statistics.median(result["seconds"] for result in results)
        memory = statistics.median(result["bytes"] for result in results) / 1e6
        table.add_row(reader, f"{seconds:.2f}", f"{seconds / limit:.2f}", f"{memory:.0f}")
    return table


def main() -> None:
    """Generate the workbooks, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reader")
    parser.add_argument("--path", type=Path)
    parser.add_argument("--sheets", type=int)
    options = parser.parse_args()
    if options.reader:
        print(json.dumps(measure(options.reader, options.path, options.sheets)))
        return
    with tempfile.TemporaryDirectory() as folder:
        for title, (sheets, rows) in WORKBOOKS.items():
            path = Path(folder) / NAME
            generate(path, sheets, rows)
            generate(path.with_name(WARM_UP_NAME), 1, 0)
            Console().print(compare(title, path, sheets))


if __name__ == "__main__":
    main()
