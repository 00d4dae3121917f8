"""The line that checks random schedules: loads, corrections and builds in any order give the same marts."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tests.benchmarks.installations import ENVIRONMENT, PROJECT_DIR
from tests.benchmarks.process import Program, measured
from tests.benchmarks.runner import Row, Several, also_within

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.benchmarks.installations import Bench
    from tests.benchmarks.runner import Line

TEST = "tests/warehouse/test_any_order.py"
DIFFER = "marts that differ"


def _schedules(bench: Bench, waits_for: str) -> Iterator[Row]:
    """Yield the only row; a mart that differs from a full refresh is an error."""
    environment = ENVIRONMENT | {"ATLAS_SCHEDULES": str(bench.schedules)}
    command = (sys.executable, "-m", "pytest", "-m", "slow", TEST)
    figures = measured(Program(command, environment, PROJECT_DIR))
    yield Row(
        "schedules",
        f"{bench.schedules} {waits_for}",
        figures,
        amount=bench.schedules,
        also={DIFFER: 0},
        goals=(also_within(DIFFER, 0, ""),),
    )


LINES: list[Line] = [
    Several("schedules", "random schedules, each compared with a full refresh", _schedules)
]
