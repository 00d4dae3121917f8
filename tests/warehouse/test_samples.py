"""Sample workbooks with defects, loaded and built: all defects are found, and every mart is right."""

import csv
from pathlib import Path

import independent_marts
import pytest
from conftest import CONFIG_DIR, ENTITIES, Installation
from polars.testing import assert_frame_equal

from atlas_assets.configuration.configuration import Configuration
from atlas_assets.orchestration.checks import SPECS
from atlas_assets.periods.calendar import Month, month_range
from atlas_assets.periods.scope import Scope
from atlas_assets.sample.workbooks import DEFECTS_FILE, write_samples
from atlas_assets.warehouse.reconciliation import reconciliations

pytestmark = pytest.mark.installation  # it builds its own


@pytest.mark.parametrize(
    ("years", "seed", "share"),
    [
        pytest.param(range(2023, 2027), 21, 0.1, marks=pytest.mark.slow),
        (range(2026, 2027), 22, 0.6),
        pytest.param(range(2025, 2027), 23, 0.0, marks=pytest.mark.slow),
    ],
)
def test_what_was_spoiled_is_found_all_sums_close_and_every_mart_is_right(
    tmp_path: Path, years: range, seed: int, share: float
) -> None:
    installation, configuration = Installation(tmp_path), Configuration(CONFIG_DIR)
    samples = write_samples(
        tmp_path / "source", configuration, years=years, seed=seed, scale=0.5, defects=share
    )
    installation.build_marts(years)
    assert_all_defects_found(installation, years, share)
    expected = independent_marts.marts(samples, configuration.registry)
    with installation.workspace.warehouse.reading() as connection:
        for mart, frame in expected.items():
            found = connection.execute(f"SELECT * FROM marts.{mart}").pl()
            assert_frame_equal(
                found,
                frame.select(found.columns),
                check_dtypes=False,
                check_row_order=False,
                rel_tol=1e-9,
            )


def assert_all_defects_found(installation: Installation, years: range, share: float) -> None:
    with (installation.root / "source" / DEFECTS_FILE).open(encoding="utf-8") as file:
        injected = list(csv.DictReader(file))
    expected = {
        (line["file"], line["sheet"], int(line["row"]), line["column"], line["reason"])
        for line in injected
        if line["reason"]
    }
    workspace = installation.workspace
    with workspace.warehouse.reading() as connection:
        found = connection.execute(
            "SELECT source_file, source_sheet, source_row, column_name, reason "
            "FROM intermediate.audit_flagged_rows"
        ).fetchall()
        scope = Scope(ENTITIES, tuple(month_range(Month(years[0], 1), Month(years[-1], 12))))
        pairs = reconciliations(connection, scope)
        places = connection.execute(
            "SELECT source_cell, source_row FROM intermediate.audit_flagged_rows"
        ).fetchall()
    assert set(found) == expected
    assert bool(expected) == bool(share)
    blocking = [pair for spec in SPECS if spec.blocking for pair in pairs[spec.name]]
    assert all(pair.passed for pair in blocking)
    assert share or all(pair.passed for found in pairs.values() for pair in found)
    assert len(pairs["sheet_amounts"]) == 2 * 12 * len(years)
    assert len(pairs["sheet_rows_read"]) > 2 * len(pairs["sheet_amounts"])
    assert set(pairs) >= {"sheet_rows_judged", "mart_revenue_by_unit", "mart_revenue_by_program"}
    assert all(cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == str(row) for cell, row in places)
