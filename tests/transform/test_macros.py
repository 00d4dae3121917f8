"""The parsing macros, run by dbt itself on cells as they stand in sheets."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import Installation
from dbt.cli.main import dbtRunner

from atlas_assets.sources.control import _amount
from atlas_assets.transform import DBT_PROJECT_DIR

AMOUNTS = {
    "100,000": 100_000,
    "Rp 1.250.000": 1_250_000,
    "1.250.000,00": 1_250_000,
    "1250000,-": 1_250_000,
    "Rp 1.250.000, -": 1_250_000,
    " 750.000 ": 750_000,
    "1250.000": 1_250_000,
    "1250,000.50": Decimal("1250000.5"),
    "12,5": Decimal("12.5"),
    "IDR 1.000.000": 1_000_000,
    "-500000": -500_000,
    "-Rp 500.000": -500_000,
    "(Rp 500.000)": -500_000,
    "−500.000": -500_000,
    "seratus ribu": None,
    "1.2.3": None,
    "#REF!": None,
    "1E6": None,
    "1_000": None,
    "500.000)": None,
    "(-500.000)": None,
    "１００": None,
    "12345678901234567890": None,
}
DATES = {
    "2026-02-12": date(2026, 2, 12),
    "12/02/2026": date(2026, 2, 12),
    "12-02-26": date(2026, 2, 12),
    "12.2.2026": date(2026, 2, 12),
    "12 Februari 2026": date(2026, 2, 12),
    "12 Feb 2026": date(2026, 2, 12),
    "12 FEBUARI 26": date(2026, 2, 12),
    "46065": date(2026, 2, 12),
    "46065.75": date(2026, 2, 12),
    "31/02/2026": None,
    "2026": None,
    "besok": None,
}
INTAKES = {
    "FEBRUARI 2026": date(2026, 2, 1),
    "Feb-26": date(2026, 2, 1),
    "AGT 2025": date(2025, 8, 1),
    "NOP 2025": date(2025, 11, 1),
    "2026-02-01": date(2026, 2, 1),
    "SEPTEMBER 2032": date(2032, 9, 1),
    "TRIWULAN 2026": None,
}
NAMES = {
    "ADI  SANTOSO.": "ADI SANTOSO",
    "Adi Santoso": "ADI SANTOSO",
    "Al-Farisi": "AL FARISI",
    "Sdr. Budi": "BUDI",
    "Ibu Ani": "ANI",
    "Ibunda Ani": "IBUNDA ANI",
    "Nur’aini": "NUR'AINI",
    "ＡＤＩ santoso": "ADI SANTOSO",
    "...": None,
}

Evaluate = Callable[[str, list[str]], dict[str, object]]


@pytest.fixture(scope="module")
def evaluate(built: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Evaluate]:
    """Run a macro over cells, on a copy of the built warehouse."""
    copy = tmp_path_factory.mktemp("macros")
    shutil.copy(built.root / "warehouse.db", copy)
    settings = Installation(copy).settings

    def run(macro: str, cells: list[str]) -> dict[str, object]:
        quoted = ", ".join("('{}')".format(cell.replace("'", "''")) for cell in cells)
        select = (
            f"select cell, {{{{ {macro}('cell') }}}} as value from (values {quoted}) as t(cell)"
        )
        target = str(settings.dbt_target_dir)
        options = ["--project-dir", str(DBT_PROJECT_DIR), "--profiles-dir", str(DBT_PROJECT_DIR)]
        options += ["--target-path", target, "--log-path", target, "--limit", "-1"]
        outcome = dbtRunner().invoke(["--quiet", "show", "--inline", select, *options])
        assert outcome.success, outcome.exception
        return {row[0]: row[1] for row in outcome.result.results[0].agate_table.rows}

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ATLAS_DUCKDB", str(settings.duckdb_path))
        patch.setenv("ATLAS_RAW_DIR", str(built.settings.raw_dir))
        before = Path.cwd()
        yield run
        os.chdir(before)  # dbt goes into its project


@pytest.mark.parametrize(
    ("macro", "cases"),
    [
        ("parse_amount", AMOUNTS),
        ("parse_date", DATES),
        ("parse_intake", INTAKES),
        ("normalized_name", NAMES),
    ],
)
def test_cells_are_read_as_a_person_reads_them(
    evaluate: Evaluate, macro: str, cases: dict[str, object]
) -> None:
    assert evaluate(macro, list(cases)) == cases


def test_the_second_reader_of_amounts_agrees_with_the_first() -> None:
    assert {cell: _amount(cell) for cell in AMOUNTS} == AMOUNTS
