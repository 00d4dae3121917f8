"""Whatever was loaded, corrected and built in whatever order: the marts equal a full refresh."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING

import polars as pl
import pytest
from conftest import CONFIG_DIR, Installation
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from atlas_assets.periods import Month
from atlas_assets.scope import Scope
from atlas_assets.sources.adapter import Column, RawPartition, SheetManifest
from atlas_assets.sources.control import ControlSums
from atlas_assets.staleness import input_hashes, unverified
from atlas_assets.transform import Transform

if TYPE_CHECKING:
    from pathlib import Path

    from dbt.contracts.graph.manifest import Manifest

    from atlas_assets.workspace import Workspace

# More than a year from the first to the last, so that every customer type occurs.
MONTHS = [Month(2024, 12), Month(2025, 1), Month(2025, 12), Month(2026, 1), Month(2026, 2)]
UNITS = {"IONS": ["TM", "REAL"], "EPN": ["BIMBEL", "PRIVAT"]}
MARTS = [
    *("mart_revenue", "mart_program_progress", "mart_channel_marketing", "mart_school_progress"),
    *("mart_targets", "built_months", "reconciliation"),
]
TEXTS = [
    *("row_number", "transaction_date", "receipt_number", "student_name", "unit", "product_name"),
    *("intake", "organization_name", "channel", "payment_pattern", "amount"),
]
SCHEDULES = int(os.environ.get("ATLAS_SCHEDULES", "50"))


@dataclass(frozen=True)
class Row:
    """A receipt line. What reaches across months is in it: dates of other months, an intake that
    orders of two months share, a receipt number that is used again, a word spelled otherwise.
    """

    student: str
    unit: int
    days: int
    receipt: str | None
    program: str
    intake: str
    school: str
    channel: str
    amount: int


rows = st.lists(
    st.builds(
        Row,
        student=st.sampled_from(["Ani", "ANI.", "Budi", "Citra"]),
        unit=st.integers(0, 1),
        days=st.one_of(st.integers(0, 27), st.integers(-40, 40)),
        receipt=st.sampled_from([None, None, "A.1", "A.2"]),
        program=st.sampled_from(["Regular", "REGULAR"]),
        intake=st.sampled_from(["2025-01-01", "2025-12-01", "2026-02-01"]),
        school=st.sampled_from(["SMA 1", "Sma 1", "SMA 2"]),
        channel=st.sampled_from(["Website", "Email"]),
        amount=st.integers(-2, 9),
    ),
    max_size=5,
)
entities = st.sampled_from(list(UNITS))
scopes = st.tuples(st.sets(entities, min_size=1), st.sets(st.sampled_from(MONTHS), min_size=1)).map(
    lambda chosen: Scope(tuple(sorted(chosen[0])), tuple(sorted(chosen[1])))
)


@dataclass(frozen=True)
class Load:
    """A month's sheet is loaded, corrected, or comes late: from now on it has these rows."""

    entity: str
    month: Month
    rows: list[Row] = field(default_factory=list)


steps = st.lists(
    st.one_of(st.builds(Load, entities, st.sampled_from(MONTHS), rows), scopes),
    min_size=3,
    max_size=7,
)


def load(workspace: Workspace, step: Load) -> None:
    frame = pl.DataFrame(
        [
            {
                "source_row": position,
                "row_number": str(position),
                "transaction_date": str(step.month.first_day + timedelta(days=row.days)),
                "receipt_number": row.receipt,
                "student_name": row.student,
                "unit": UNITS[step.entity][row.unit],
                "product_name": row.program,
                "intake": row.intake,
                "organization_name": row.school,
                "channel": row.channel,
                "payment_pattern": "LUNAS",
                "amount": str(row.amount * 1000),
            }
            for position, row in enumerate(step.rows, start=7)
        ],
        schema={"source_row": pl.Int64, **dict.fromkeys(TEXTS, pl.String)},
    )
    count = len(step.rows)
    columns = [Column("A", "X", name) for name in frame.columns]
    place = ("book.xlsx", str(step.month), repr(step.rows), "layout")
    manifest = SheetManifest(*place, [6], columns, count, count)
    partition = RawPartition("transactions", step.entity, step.month, frame, manifest)
    workspace.raw_store.load(partition, Source())
    total = sum(row.amount for row in step.rows) * 1000
    workspace.raw_store.keep_control(partition, ControlSums(total, None))


class Source:
    """Stands for where the rows come from; the store only notes its name."""

    name = "test"


@cache
def parsed(home: Path) -> Manifest:
    """Return dbt's manifest, which is the same for every installation."""
    return Transform(Installation(home).settings)._manifest


def build(workspace: Workspace, scope: Scope) -> None:
    transform = Transform(workspace.settings)
    vars(transform)["_manifest"] = parsed(workspace.settings.duckdb_path.parents[2])
    with workspace.runs.stage("transform", scope, "run"):
        results = transform.build(
            workspace.warehouse, workspace.raw_store, workspace.configuration, scope, []
        )
        assert all(result.passed for result in results)
    with workspace.runs.stage("validate", scope, "run") as stage:
        stage.source_hashes.update(input_hashes(workspace))


def marts(workspace: Workspace, loaded: list[tuple[str, Month]]) -> dict[str, list[tuple]]:
    keys = [f"{entity}{month.first_day}" for entity, month in loaded]
    with workspace.warehouse.connect() as connection:
        return {
            mart: connection.execute(
                f"SELECT * FROM marts.{mart} "
                "WHERE list_contains(?, entity_code || month_key) ORDER BY ALL",
                [keys],
            ).fetchall()
            for mart in MARTS
        }


def installed(root: Path) -> Workspace:
    shutil.copytree(CONFIG_DIR, root / "source" / "config")
    return Installation(root).workspace


@pytest.mark.slow
@pytest.mark.parametrize("half", [1, 2])
def test_marts_equal_a_full_refresh_after_any_schedule(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, half: int
) -> None:
    monkeypatch.setenv("DBT_EXCLUDE_RESOURCE_TYPES", "test")  # the comparison is the test

    @settings(
        max_examples=SCHEDULES // 2,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate],
    )
    @given(schedule=steps)
    def check(schedule: list[Load | Scope]) -> None:
        root = tmp_path_factory.mktemp(f"schedule{half}-")
        workspace = installed(root / "one")
        workspace.raw_store.prepare()
        for step in schedule:
            if isinstance(step, Load):
                load(workspace, step)
            else:
                build(workspace, step)
        # What is loaded anew, and then what those corrections have changed elsewhere.
        for _ in range(2):
            for entity in UNITS:
                stale = tuple(month for code, month in unverified(workspace) if code == entity)
                if stale:
                    build(workspace, Scope((entity,), stale))
        assert not unverified(workspace)
        loaded = list(workspace.raw_store.partition_hashes())
        if not loaded:
            return
        whole = installed(root / "two")
        shutil.copytree(workspace.settings.raw_dir, whole.settings.raw_dir)
        build(whole, Scope(tuple(sorted(UNITS)), tuple(MONTHS)))
        assert marts(workspace, loaded) == marts(whole, loaded)
        shutil.rmtree(root)

    check()
