"""Both sides of every comparison are of the same months, however full of gaps the business is."""

import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from conftest import Installation

from atlas_assets.errors import ReportError
from atlas_assets.periods.calendar import Period
from atlas_assets.report.assemble import assemble
from atlas_assets.report.model import Coverage, Report
from atlas_assets.warehouse.connection import Warehouse


@pytest.fixture(scope="module")
def warehouse(
    built: Installation, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    copied = shutil.copy(built.settings.duckdb_path, tmp_path_factory.mktemp("copy"))
    with Warehouse(Path(copied)).connect(read_only=False) as connection:
        yield connection


@pytest.fixture
def spoiled(warehouse: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse whose marts may be changed; they are as they were afterwards."""
    warehouse.begin()
    yield warehouse
    warehouse.rollback()


def report(
    built: Installation, connection: Any, period: str, units: tuple[str, ...] = ()
) -> Report:
    registry = built.workspace.configuration.registry
    return assemble(connection, registry, "IONS", Period.parse(period), locale="en", units=units)


def test_a_program_is_held_against_the_months_in_which_it_has_a_target(
    built: Installation, spoiled: duckdb.DuckDBPyConnection
) -> None:
    spoiled.execute("DELETE FROM marts.mart_targets WHERE month_key > DATE '2026-01-01'")
    quarter, january = (report(built, spoiled, text) for text in ("2026-Q1", "2026-01"))
    for code, unit in quarter.units.items():
        alone = {
            row.product_name: row.gap_to_target
            for row in january.units[code].programs
            if row.customer_type == "all" and row.target_revenue is not None
        }
        for row in unit.programs:
            if row.target_revenue is not None:
                assert row.gap_to_target == alone[row.product_name]


def test_closings_of_months_without_leads_are_no_conversion(
    built: Installation, spoiled: duckdb.DuckDBPyConnection
) -> None:
    spoiled.execute(
        "UPDATE marts.mart_channel_marketing SET leads = NULL, follow_ups = NULL, "
        "target_leads = NULL WHERE month_key > DATE '2026-01-01'"
    )
    quarter, january = (report(built, spoiled, text) for text in ("2026-Q1", "2026-01"))
    told = {row.channel_name: row.conversion_pct for row in january.totals.channels if row.leads}
    for row in quarter.totals.channels:
        if row.customer_type == "all" and row.leads:
            assert row.conversion_pct == told[row.channel_name]
    assert quarter.totals.funnel.conversion_pct == quarter.totals.funnel.conversion_pct.model_copy(
        update={"value": january.totals.funnel.conversion_pct.value}
    )


def test_leads_are_held_against_the_targets_of_channels_that_have_leads(
    built: Installation, spoiled: duckdb.DuckDBPyConnection
) -> None:
    spoiled.execute(
        "UPDATE marts.mart_channel_marketing SET leads = NULL WHERE channel_name = 'Referral'"
    )
    funnel = report(built, spoiled, "2026-10").totals.funnel
    (target,) = spoiled.execute(
        "SELECT sum(target_leads) FROM marts.mart_channel_marketing WHERE leads IS NOT NULL "
        "AND entity_code = 'IONS' AND month_key = DATE '2026-10-01' AND customer_type = 'all'"
    ).fetchone() or (None,)
    assert funnel.leads.value is not None
    assert funnel.leads_gap == funnel.leads.value - target


def test_the_best_year_of_a_unit_has_all_its_months(
    built: Installation, spoiled: duckdb.DuckDBPyConnection
) -> None:
    spoiled.execute(
        "DELETE FROM marts.mart_revenue WHERE unit_code = 'TM' AND month_key < DATE '2025-02-01'"
    )
    spoiled.execute(
        "UPDATE marts.mart_revenue SET revenue_actuals = revenue_actuals * 10 "
        "WHERE year(month_key) = 2025"
    )
    best = report(built, spoiled, "2026-Q1").units["TM"].revenue.best_year
    assert best
    assert (best.period, best.coverage) == ("2026-Q1", Coverage(have=3, of=3))


def test_steps_of_equal_gaps_follow_each_other(
    built: Installation, spoiled: duckdb.DuckDBPyConnection
) -> None:
    spoiled.execute("DELETE FROM marts.mart_targets")
    spoiled.execute(
        "INSERT INTO marts.mart_targets (entity_code, unit_code, product_name, month_key, "
        "target_revenue) SELECT entity_code, unit_code, 'P', month_key, revenue_actuals + 1000000 "
        "FROM marts.mart_revenue"
    )
    bridge = report(built, spoiled, "2026-10").bridge.period
    ends = [step.after for step in bridge.steps]
    assert [step.before for step in bridge.steps][1:] == ends[:-1]
    assert {step.delta for step in bridge.steps} == {Decimal(-1_000_000)}


def test_a_month_that_is_missing_is_told(
    built: Installation, spoiled: duckdb.DuckDBPyConnection
) -> None:
    spoiled.execute("DELETE FROM marts.mart_revenue WHERE month_key = DATE '2026-04-01'")
    made = report(built, spoiled, "2026-10")
    assert (made.totals.ytd.loaded_months, made.totals.ytd.of_months) == (9, 10)
    assert made.totals.outlook is None
    assert made.totals.ytd.coverage.last_year == Coverage(have=81, of=90)


def test_a_report_of_one_unit_has_its_outlook_and_retention_in_total(
    built: Installation, spoiled: duckdb.DuckDBPyConnection
) -> None:
    alone, both = (report(built, spoiled, "2026-10", of) for of in (("TM",), ("TM", "NP")))
    unit = alone.units["TM"]
    assert alone.totals.outlook == unit.outlook is not None
    assert alone.totals.retention == unit.retention is not None
    assert (both.totals.outlook, both.totals.retention) == (None, None)


def test_without_a_target_the_bridge_starts_from_last_year(
    built: Installation, spoiled: duckdb.DuckDBPyConnection
) -> None:
    spoiled.execute("UPDATE marts.mart_targets SET target_revenue = 0")
    bridge = report(built, spoiled, "2026-10").bridge
    assert (bridge.period.reference, bridge.ytd.reference) == ("last_year", "last_year")


def test_units_that_nobody_knows_are_refused(
    built: Installation, spoiled: duckdb.DuckDBPyConnection
) -> None:
    with pytest.raises(ReportError, match=r"IONS has no unit XX\. Known: REAL, WLC_ENGLISH"):
        report(built, spoiled, "2026-10", ("XX",))
    spoiled.execute("DELETE FROM raw.registry_units WHERE unit_code = 'TM'")
    with pytest.raises(ReportError, match=r"does not know the unit TM of IONS.*Run `atlas build"):
        report(built, spoiled, "2026-10")
