"""A wrong figure in any layer is found by the check that stands after it, and nothing goes out."""

import shutil
from pathlib import Path

import pytest
from conftest import ENTITIES, Installation, make_installation

from atlas_assets.periods.calendar import Month, month_range
from atlas_assets.periods.scope import Scope
from atlas_assets.warehouse.reconciliation import (
    ReconciliationError,
    reconciliations,
    refuse_unreconciled,
)
from atlas_assets.warehouse.transform import transform

pytestmark = pytest.mark.installation  # it builds its own

YEAR = range(2026, 2027)
MONTH = Scope(("IONS",), (Month(2026, 2),))
EVERYTHING = Scope(ENTITIES, tuple(month_range(Month(2026, 1), Month(2026, 12))))
IN_MONTH = "entity_code = 'IONS' AND month_key = DATE '2026-02-01'"


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    installation = make_installation(
        tmp_path_factory.mktemp("sound") / "atlas", years=YEAR, scale=0.2
    )
    installation.build_marts(YEAR)
    return installation


@pytest.fixture
def copy(sound: Installation, tmp_path: Path) -> Installation:
    shutil.copytree(sound.root, tmp_path / "atlas")
    return Installation(tmp_path / "atlas")


def failing_checks(installation: Installation) -> set[tuple[str, str]]:
    """Return the blocking checks that fail, each with the partition."""
    with installation.workspace.warehouse.reading() as connection:
        found = reconciliations(connection, EVERYTHING)
        return {
            (name, pair.partition)
            for name, pairs in found.items()
            for pair in pairs
            if pair.is_blocking and not pair.passed
        }


def test_a_sound_warehouse_passes(sound: Installation) -> None:
    assert failing_checks(sound) == set()


@pytest.mark.parametrize(
    ("planted", "found_by"),
    [
        (
            "UPDATE marts.mart_revenue SET revenue_actuals = revenue_actuals + 1",
            "mart_revenue_by_unit",
        ),
        ("UPDATE marts.mart_revenue SET transaction_count = 0", "mart_transactions"),
        ("UPDATE marts.mart_revenue SET order_count = order_count + 1", "mart_orders_by_unit"),
        ("UPDATE marts.mart_revenue SET paying_student_count = 0", "mart_students"),
        ("UPDATE marts.mart_program_progress SET revenue = revenue * 2", "mart_revenue_by_program"),
        ("UPDATE marts.mart_program_progress SET order_count = 0", "mart_orders_by_program"),
        ("DELETE FROM marts.mart_school_progress", "mart_students"),
        (
            "UPDATE marts.mart_channel_marketing SET closings = closings + 1",
            "mart_orders_by_channel",
        ),
        ("UPDATE marts.mart_channel_marketing SET revenue = 0", "mart_revenue_by_channel"),
        ("UPDATE marts.mart_order_payments SET amount = amount + 1", "mart_revenue_by_order"),
        ("UPDATE marts.mart_channel_marketing SET leads = 0", "mart_funnel"),
        ("DELETE FROM marts.mart_students", "students_counted_once"),
        ("UPDATE marts.mart_students SET student_key = 'A'", "students_counted_once"),
        ("UPDATE marts.mart_targets SET target_revenue = target_revenue + 1", "mart_target"),
        ("DELETE FROM marts.mart_targets", "mart_target"),
        ("UPDATE intermediate.int_orders SET amount = amount + 1", "mart_revenue_by_unit"),
        (
            "UPDATE intermediate.int_enrollments SET is_first_of_year = NOT is_first_of_year",
            "mart_students",
        ),
        ("DELETE FROM intermediate.int_enrollments", "mart_orders_by_unit"),
    ],
)
def test_a_figure_changed_in_the_warehouse_is_found(
    copy: Installation, planted: str, found_by: str
) -> None:
    warehouse = copy.workspace.warehouse
    with warehouse.connect(read_only=False) as connection:
        changed = connection.execute(f"{planted} WHERE {IN_MONTH}").fetchone()
        assert changed
        assert changed[0]
    failing = failing_checks(copy)
    assert (found_by, "IONS|2026-02") in failing
    assert {partition for _, partition in failing} == {"IONS|2026-02"}
    with (
        warehouse.reading() as connection,
        pytest.raises(ReconciliationError, match=f"{found_by}: .*expected .*difference"),
    ):
        refuse_unreconciled(connection, MONTH)


LOST = "DELETE FROM staging.stg_{table} WHERE {first}"
TWICE = (
    "INSERT INTO staging.stg_{table} "
    "SELECT * REPLACE (9999 AS source_row) FROM staging.stg_{table} WHERE {first}"
)
OTHER_AMOUNT = "UPDATE staging.stg_{table} SET amount = 1 WHERE {first}"


def test_rows_changed_on_their_way_to_the_models_are_found(copy: Installation) -> None:
    spoiled = [
        ("transactions", "2026-02", LOST, "sheet_rows_judged"),
        ("transactions", "2026-03", TWICE, "sheet_rows_judged"),
        ("transactions", "2026-04", OTHER_AMOUNT, "sheet_amounts"),
        ("students", "2026-05", LOST, "sheet_rows_judged"),
        ("targets", "2026-06", LOST, "sheet_rows_judged"),
        ("marketing_activity", "2026-07", LOST, "sheet_rows_judged"),
    ]
    with copy.workspace.warehouse.connect(read_only=False) as connection:
        for table, month, spoil, _ in spoiled:
            of = f"entity_code = 'IONS' AND month_key = DATE '{month}-01'"
            first = f"{of} AND source_row = (SELECT min(source_row) FROM staging.stg_{table} WHERE {of})"
            (changed,) = connection.execute(spoil.format(table=table, first=first)).fetchone() or ()
            assert changed
    assert not transform(copy.workspace.dbt, EVERYTHING).problems
    expected = {(check, f"IONS|{month}") for _, month, _, check in spoiled}
    assert failing_checks(copy) >= expected
    assert {partition for _, partition in failing_checks(copy)} == {key for _, key in expected}
