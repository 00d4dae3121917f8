"""While one build after the other is published, no request fails, and no page is of two builds."""

from __future__ import annotations

import json
import re
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
import requests
from conftest import Installation
from dashboard_server import serving

if TYPE_CHECKING:
    from pathlib import Path

    from dashboard_server import Served

REQUESTS, CLIENTS, SECONDS = 10_000, 4, 3
PATHS = (
    *("/?entity=IONS&period=2026-10", "/revenue?entity=IONS&period=2026-10", "/orders?entity=EPN"),
    *("/programs?entity=IONS&period=2026-10", "/quality?entity=IONS", "/students?entity=IONS"),
)
REVENUE = "/trace?entity=IONS&period=2026-10&figure=totals.revenue.revenue_actuals&lang=en"


class Builder:
    """Publishes builds in which all revenue is multiplied by their number."""

    def __init__(self, installation: Installation) -> None:
        self.workspace = installation.workspace
        self.factors: dict[str, int] = {}
        self.stopped = threading.Event()

    def publish(self, factor: int) -> None:
        warehouse, snapshots = self.workspace.warehouse, self.workspace.snapshots
        with warehouse.locked(), warehouse.connect(read_only=False) as writer:
            for table, column in (
                ("marts.mart_revenue", "revenue_actuals"),
                ("intermediate.int_revenue", "amount"),
            ):
                writer.execute(
                    f"UPDATE {table} SET {column} = {column} / {max(factor - 1, 1)} * {factor}"
                )
        build = snapshots.publish(warehouse, self.workspace.store).build
        self.factors[build[-8:]] = factor

    def run(self) -> None:
        factor = 1
        while not self.stopped.wait(SECONDS):  # what a small build takes at least
            self.publish(factor := factor + 1)


def ask(served: Served, builder: Builder, count: int, base: int) -> list[str]:
    """Ask for pages, and return what was wrong with the answers."""
    wrong: list[str] = []
    with requests.Session() as session:
        for number in range(count):
            path = REVENUE if number % 5 == 0 else PATHS[number % len(PATHS)]
            answer = served.get(path, session)
            if answer.status_code != 200:
                wrong.append(f"{path}: {answer.status_code}")
            elif path == REVENUE:
                build = re.search(r"build (\w{8})", answer.text)
                told = re.search(r"([\d,]+) = cash received", answer.text)
                assert build
                assert told
                factor = builder.factors.get(build[1])
                shown = int(told[1].replace(",", ""))
                if factor and abs(shown - base * factor) > base / 1_000:
                    wrong.append(f"{shown} in build {build[1]}, which has {base * factor}")
                if "adds up to this figure" not in answer.text:
                    wrong.append(f"{build[1]} does not add up")
    return wrong


@pytest.mark.slow
def test_no_request_fails_and_no_page_is_of_two_builds(built: Installation, tmp_path: Path) -> None:
    shutil.copytree(built.root, tmp_path / "atlas")
    installation = Installation(tmp_path / "atlas")
    base = int(built.report("IONS", "2026-10")["totals"]["revenue"]["revenue_actuals"])
    builder = Builder(installation)
    builder.publish(1)
    with serving(installation, "--no-auth") as served, ThreadPoolExecutor(CLIENTS + 1) as pool:
        building = pool.submit(builder.run)
        asked = [
            pool.submit(ask, served, builder, REQUESTS // CLIENTS, base) for _ in range(CLIENTS)
        ]
        wrong = [problem for one in asked for problem in one.result()]
        builder.stopped.set()
        building.result()
    assert wrong == []
    assert len(builder.factors) > 5
    pointer = json.loads((installation.root / "output/serving/current.json").read_text("utf-8"))
    assert pointer["build"][-8:] in builder.factors
