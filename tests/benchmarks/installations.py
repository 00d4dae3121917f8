"""Installations of Atlas in temporary folders, with sample workbooks, and the programs run on them."""

from __future__ import annotations

import os
import shutil
import sys
import time
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

import openpyxl
import yaml

from tests.benchmarks.process import Program, measured

PROJECT_DIR = Path(__file__).parents[2]
PROGRAMS = Path(sys.executable).parent
# What the number of orders in the sample workbooks is multiplied by, so that one year of an entity has
# 10 and 100 times the rows. Some rows, such as targets and schools, do not become more.
SCALES = {"S": 1, "M": 14.4, "L": 158}
YEARS, NEWEST = "2023-2026", "2026-10"  # of the sample workbooks
FIRST = "2023-01"
TRUSTED_AFTER_SECONDS = 4
PARTITIONS = 92  # of two entities, from the first month to the newest

# Nothing of the shell that starts a benchmark changes it. LibreOffice is not found, so that no PDF
# is made: that would measure LibreOffice.
ENVIRONMENT = {
    "PATH": str(PROGRAMS),
    "HOME": os.environ.get("HOME", "/"),
    "LANG": "C.UTF-8",
    "TMPDIR": os.environ.get("TMPDIR", "/tmp"),  # noqa: S108  the usual place
}


@dataclass(frozen=True)
class Installation:
    """Settings that point into one folder, and the programs that run with them."""

    root: Path

    @property
    def environment(self) -> dict[str, str]:
        """The whole environment of its programs."""
        return ENVIRONMENT | {
            "ATLAS_SOURCE_DIR": str(self.source),
            "ATLAS_OUTPUT_DIR": str(self.root / "output"),
            "ATLAS_DUCKDB": str(self.root / "warehouse.db"),
            "DATABASE_URL": f"file:{self.root / 'operational.db'}",
            "DAGSTER_HOME": str(self.home),
            "ATLAS_DASHBOARD_DIR": str(self.root / "dashboard"),
        }

    @property
    def source(self) -> Path:
        """The folder of the workbooks."""
        return self.root / "source"

    @property
    def home(self) -> Path:
        """The folder of Dagster."""
        return self.root / "dagster"

    def atlas(self, *arguments: str) -> Program:
        """Return the command as a user types it."""
        return Program((str(PROGRAMS / "atlas"), *arguments), self.environment, self.root)

    def python(self, script: str) -> Program:
        """Return Python running a script."""
        command = (sys.executable, "-c", script)
        return Program(command, self.environment, self.root)

    def function(self, where: str, *arguments: str) -> Program:
        """Return a program that runs a function of a module of the benchmarks, as `inside` does."""
        name = f"tests.benchmarks.{where}"
        command = (sys.executable, "-m", "tests.benchmarks.inside", name, *arguments)
        return Program(command, self.environment, PROJECT_DIR)

    def copy(self, root: Path) -> Installation:
        """Return a copy in another folder."""
        shutil.copytree(self.root, root)
        return Installation(root)

    def forget(self) -> None:
        """Remove everything but the workbooks and their configuration."""
        for path in self.root.iterdir():
            if path.is_dir() and path != self.source:
                shutil.rmtree(path)
            elif path.is_file():
                path.unlink()

    def workbook(self, entity: str, year: int, kind: str = "evaluation") -> Path:
        """Return the path of one of the workbooks of an entity and year."""
        return self.source / self.layout(entity, year)["workbooks"][kind]

    def layout(self, entity: str, year: int) -> dict[str, Any]:
        """Return the configuration of an entity and year."""
        path = self.source / "config" / f"{entity.lower()}-{year}.yaml"
        return yaml.safe_load(path.read_text("utf-8"))

    def change_a_cell(self, entity: str, month: str) -> None:
        """Raise the amount in the first row of a month's transactions by 1,000 rupiah."""
        year, number = map(int, month.split("-"))
        table = self.layout(entity, year)["tables"]["transactions"]
        column = list(table["columns"].values()).index("amount") + 1
        path = self.workbook(entity, year)
        book = openpyxl.load_workbook(path, data_only=True)  # keeps what formulas came to
        sheet = book[table["sheets"][number]]
        rows = range(table["header_row"] + 1, sheet.max_row + 1)
        amounts = ((row, sheet.cell(row, column).value) for row in rows)
        row, amount = next((row, found) for row, found in amounts if isinstance(found, int))
        sheet.cell(row, column, amount + 1_000)
        book.save(path)


class Bench:
    """One run of the benchmarks: its options, and the installations that lines share.

    `rounds` is how often each side is measured, `partitions` the numbers of partitions of `growth`,
    `receipts` the number that `publish` writes, `schedules` the number that `schedules` tries.
    """

    def __init__(
        self,
        folder: Path,
        *,
        size: str = "S",
        rounds: int = 3,
        partitions: tuple[int, ...] = (),
        receipts: int = 100_000,
        schedules: int = 500,
    ) -> None:
        self.folder, self.size, self.rounds = folder, size, rounds
        self.partitions, self.receipts, self.schedules = partitions, receipts, schedules
        self._numbers = count(1)

    def new_folder(self) -> Path:
        """Return the path of a folder that is not there yet."""
        return self.folder / str(next(self._numbers))

    def empty(self) -> Installation:
        """Return an installation without workbooks."""
        root = self.new_folder()
        root.mkdir()
        return Installation(root)

    def sampled(self, years: str, scale: float, defects: float = 0.01) -> Installation:
        """Return a new installation with sample workbooks, of which nothing is built."""
        made = self.empty()
        options = {"--years": years, "--scale": f"{scale:g}", "--defects": f"{defects:g}"}
        flat = [text for option in options.items() for text in option]
        sample = made.atlas("sample", str(made.source), *flat)
        # It reads the configuration of the project, and copies it.
        project = sample.environment | {"ATLAS_SOURCE_DIR": str(PROJECT_DIR / "source")}
        measured(replace(sample, environment=project))
        return made

    def fresh(self) -> Installation:
        """Return a new installation with all sample workbooks, of which nothing is built."""
        return self._samples.copy(self.new_folder())

    def built(self) -> Installation:
        """Return a new installation of which everything is built.

        Atlas knows workbooks by their inodes, and only after they have been left alone for seconds: what
        it remembers does not hold for copies, so that it looks at them once.
        """
        made = self.unchanged.copy(self.new_folder())
        time.sleep(TRUSTED_AFTER_SECONDS)
        measured(made.atlas("status"))
        return made

    @cached_property
    def unchanged(self) -> Installation:
        """The installation of which everything is built; lines must not change its workbooks."""
        made = self.fresh()
        measured(made.atlas("build"))
        return made

    @cached_property
    def _samples(self) -> Installation:
        return self.sampled(YEARS, SCALES[self.size])
