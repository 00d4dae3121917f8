"""The line that checks random schedules: loads, corrections and builds in any order give the same marts."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tests.benchmarks.installations import ENVIRONMENT, PROJECT_DIR
from tests.benchmarks.process import Program, measured
from tests.benchmarks.runner import Row, Several, found_within

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.benchmarks.installations import Bench
    from tests.benchmarks.runner import Line

TEST = "tests/warehouse/test_any_order.py"


def _schedules(bench: Bench, waits_for: str) -> Iterator[Row]:
    """Yield the only row; a mart that differs from a full refresh is an error."""
    environment = ENVIRONMENT | {"ATLAS_SCHEDULES": str(bench.schedules)}
    command = (sys.executable, "-m", "pytest", "-m", "slow", TEST)
    figures = measured(Program(command, environment, PROJECT_DIR))
    same = found_within("marts that differ", 0, "", 0)
    yield Row("schedules", waits_for, figures, amount=bench.schedules, goals=(same,))


LINES: list[Line] = [
    Several("schedules", "random schedules, each compared with a full refresh", _schedules)
]
