"""A correction makes exactly the partitions stale that it touches, for the command and in the UI."""

from pathlib import Path

import dagster as dg
import openpyxl
import pytest
from conftest import Installation
from dagster._core.definitions.assets.graph.base_asset_graph import BaseAssetGraph
from dagster._core.definitions.data_version import CachingStaleStatusResolver, StaleStatus
from dagster._core.loader import LoadingContextForTest

from atlas_assets.orchestration.build import build_definitions
from atlas_assets.periods.calendar import Month, Period

PERIOD = "2025-10..2026-03"
CORRECTED = Month(2025, 12)
MARTS = [
    *("mart_revenue", "mart_program_progress", "mart_channel_marketing", "mart_school_progress"),
    "mart_students",
]


def sync(installation: Installation, entity: str, period: str) -> None:
    installation.atlas("sync", "--entity", entity, "--period", period)


def mart_rows(installation: Installation, mart: str) -> dict[tuple[str, str], list[tuple]]:
    rows: dict[tuple[str, str], list[tuple]] = {}
    with installation.workspace.warehouse.reading() as connection:
        found = connection.execute(
            f"SELECT entity_code, strftime(month_key, '%Y-%m'), * FROM marts.{mart} ORDER BY ALL"
        )
        for entity, month, *row in found.fetchall():
            rows.setdefault((entity, month), []).append(tuple(row))
    return rows


def who_comes_back(installation: Installation) -> str:
    """Return a student who enrolls in the month to be corrected, and not in the next one but later."""
    with installation.workspace.warehouse.reading() as connection:
        name = connection.execute(
            """
            SELECT any_value(orders.student_name) FROM intermediate.int_enrollments AS enrollments
            INNER JOIN intermediate.int_orders AS orders USING (order_key)
            WHERE enrollments.entity_code = 'EPN' GROUP BY enrollments.student_key
            HAVING min(enrollments.month_key) = DATE '2025-12-01'
                AND count(*) FILTER (enrollments.month_key = DATE '2025-12-01') = 1
                AND count(*) FILTER (enrollments.month_key = DATE '2026-01-01') = 0
                AND count(*) FILTER (enrollments.month_key > DATE '2026-01-01') > 0
            ORDER BY 1 LIMIT 1
            """
        ).fetchone()
    assert name
    return name[0]


def rename(workbook_path: Path, sheet: str, student: str) -> None:
    workbook = openpyxl.load_workbook(workbook_path, data_only=True)  # keeps the totals
    for row in workbook[sheet].iter_rows():
        for cell in row:
            if cell.value == student:
                cell.value = "Somebody Else"
    workbook.save(workbook_path)


def stale_in_dagster(graph: BaseAssetGraph) -> dict[str, set[str]]:
    """Return the partitions of each mart that the web UI marks as stale."""
    with dg.DagsterInstance.get() as instance:
        resolver = CachingStaleStatusResolver(instance, graph, LoadingContextForTest(instance))
        return {
            mart: {
                partition
                for partition in instance.get_materialized_partitions(key)
                if resolver.get_status(key, partition) is StaleStatus.STALE
            }
            for mart in MARTS
            for key in [dg.AssetKey(["marts", mart])]
        }


@pytest.mark.slow
def test_a_correction_makes_exactly_what_it_touches_stale_and_rebuilding_restores_equality(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(installation.settings.dagster_home))
    graph = build_definitions(installation.workspace).resolve_asset_graph()
    months = Period.parse(PERIOD).months
    for entity in ("EPN", "IONS"):
        sync(installation, entity, PERIOD)
    before = {mart: mart_rows(installation, mart) for mart in MARTS}
    path = installation.root / "source" / "LAPORAN EVALUASI EPN 2025.xlsx"
    rename(path, "DESEMBER", who_comes_back(installation))

    sync(installation, "EPN", str(CORRECTED))

    told = {
        str(month): stale.reason
        for month, stale in installation.workspace.staleness.pending("EPN", months).items()
    }
    shown = stale_in_dagster(graph)
    assert installation.workspace.staleness.pending("IONS", months) == {}
    assert set(told.values()) == {"a correction of another month changed its figures"}

    sync(installation, "EPN", PERIOD)  # everything, whether stale or not

    after = {mart: mart_rows(installation, mart) for mart in MARTS}
    changed = {
        mart: {key for key in before[mart] if before[mart][key] != after[mart].get(key)}
        for mart in MARTS
    }
    touched = {month for keys in changed.values() for _, month in keys} - {str(CORRECTED)}
    assert touched
    assert set(told) == touched
    assert {f"EPN|{month}" for month in touched} == set.union(*shown.values())
    assert installation.workspace.staleness.pending("EPN", months) == {}
    assert not any(stale_in_dagster(graph).values())

    registry = installation.root / "source" / "config" / "registry.yaml"
    text = registry.read_text(encoding="utf-8")
    registry.write_text(text.replace("_days: 365", "_days: 30"), encoding="utf-8")
    assert list(installation.workspace.staleness.pending("EPN", months)) == months
