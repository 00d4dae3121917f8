"""Whatever was loaded, corrected and built in whatever order: the marts equal a full refresh."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest
from hand_made_sheets import MONTHS, UNITS, Line, Sheet, build, installed, load, marts
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from atlas_assets.periods.scope import Scope

if TYPE_CHECKING:
    from atlas_assets.workspace import Workspace

SCHEDULES = int(os.environ.get("ATLAS_SCHEDULES", "50"))

# What reaches across months is in them: dates of other months, intakes that orders of several
# months share, receipt numbers that are used again, words that are spelled otherwise.
lines = st.builds(
    Line,
    student=st.sampled_from(["Ani", "ANI.", "Budi", "Citra"]),
    unit=st.integers(0, 1),
    days=st.one_of(st.integers(0, 27), st.integers(-40, 40)),
    receipt=st.sampled_from([None, None, "A.1", "A.2"]),
    program=st.sampled_from(["Regular", "REGULAR"]),
    intake=st.sampled_from(["2025-01-01", "2025-12-01", "2026-02-01"]),
    school=st.sampled_from(["SMA 1", "Sma 1", "SMA 2"]),
    channel=st.sampled_from(["Website", "Email"]),
    amount=st.integers(-2, 9),
)
entities = st.sampled_from(list(UNITS))
months = st.sampled_from(MONTHS)
sheets = st.builds(Sheet, entities, months, st.lists(lines, max_size=5))
scopes = st.tuples(st.sets(entities, min_size=1), st.sets(months, min_size=1)).map(
    lambda chosen: Scope(tuple(sorted(chosen[0])), tuple(sorted(chosen[1])))
)
schedules = st.lists(st.one_of(sheets, scopes), min_size=3, max_size=7)


def build_what_is_stale(workspace: Workspace) -> None:
    for entity in UNITS:
        stale = tuple(month for code, month in workspace.staleness.unverified() if code == entity)
        if stale:
            build(workspace, Scope((entity,), stale))


@pytest.mark.slow
@pytest.mark.parametrize("half", [1, 2])
def test_marts_equal_a_full_refresh_after_any_schedule(
    tmp_path_factory: pytest.TempPathFactory, half: int
) -> None:
    @settings(
        max_examples=SCHEDULES // 2,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate],
    )
    @given(schedule=schedules)
    def check(schedule: list[Sheet | Scope]) -> None:
        root = tmp_path_factory.mktemp(f"schedule{half}-")
        workspace = installed(root / "one")
        workspace.raw_store.prepare()
        for step in schedule:
            if isinstance(step, Sheet):
                load(workspace, step)
            else:
                build(workspace, step)
        build_what_is_stale(workspace)  # what was loaded since
        build_what_is_stale(workspace)  # what those corrections changed in other months
        assert not workspace.staleness.unverified()
        loaded = list(workspace.raw_store.partition_hashes())
        if not loaded:
            return
        whole = installed(root / "two")
        shutil.copytree(workspace.settings.raw_dir, whole.settings.raw_dir)
        build(whole, Scope(tuple(sorted(UNITS)), tuple(MONTHS)))
        assert marts(workspace, loaded) == marts(whole, loaded)
        shutil.rmtree(root)

    check()
