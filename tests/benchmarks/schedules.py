"""500 random schedules of loads, corrections and builds, each compared with a full refresh.

    uv run --group test python tests/benchmarks/schedules.py [--schedules 500]

The tests try 50. It ends with status 0 when every mart was equal, row for row, after every schedule.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import pytest


def main() -> None:
    """Run the test of the schedules with more of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schedules", type=int, default=500)
    os.environ["ATLAS_SCHEDULES"] = str(parser.parse_args().schedules)
    test = Path(__file__).parents[1] / "warehouse" / "test_any_order.py"
    raise SystemExit(pytest.main(["-m", "slow", str(test)]))


if __name__ == "__main__":
    main()
