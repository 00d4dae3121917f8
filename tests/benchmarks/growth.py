"""Lines about growth: with partitions, and with rows."""

from __future__ import annotations

import shutil
from dataclasses import replace
from math import ceil
from typing import TYPE_CHECKING

import yaml

from tests.benchmarks.installations import NEWEST, SCALES, Installation
from tests.benchmarks.process import measured, measured_inside
from tests.benchmarks.reading import rows_of
from tests.benchmarks.runner import (
    Goal,
    Row,
    Several,
    also_within,
    cpu_within,
    exponent,
    exponent_within,
    median,
    peak_within,
    wall_within,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.benchmarks.installations import Bench
    from tests.benchmarks.process import Figures
    from tests.benchmarks.runner import Line

YEARS, FIRST = "2025-2026", "2025-01"
MONTHS = 22  # from the first to the newest
SMALL = 0.2  # of the number of orders of the sample workbooks
JUDGED = 528  # partitions, at which the goals hold
EVENTS = "MB of events a partition"
MODEL = "EPN"  # the entity whose workbooks the others are copies of
STAGES = ("extracting", "transforming", "publishing", "reporting")


def with_entities(bench: Bench, count: int) -> Installation:
    """Return an installation with so many entities, which all have the workbooks of one."""
    made = bench.sampled(YEARS, SMALL, defects=0)
    config = made.source / "config"
    layouts = sorted(config.glob(f"{MODEL.lower()}-*.yaml"))
    texts = {path.name: path.read_text("utf-8") for path in layouts}
    books = sorted(made.source.glob(f"* {MODEL} *.xlsx"))
    codes = [f"E{number:03}" for number in range(1, count + 1)]
    for code in codes:
        for name, text in texts.items():
            path = config / name.replace(MODEL.lower(), code.lower())
            path.write_text(text.replace(MODEL, code), "utf-8")
        for book in books:
            shutil.copy(book, book.with_name(book.name.replace(MODEL, code)))
    _register(config / "registry.yaml", codes)
    for path in [*config.glob("epn-*"), *config.glob("ions-*"), *made.source.glob("*.xlsx")]:
        if not any(code.lower() in path.name.lower() for code in codes):
            path.unlink()
    return made


def _register(path: Path, codes: list[str]) -> None:
    """Replace the entities of a registry by copies of one."""
    registry = yaml.safe_load(path.read_text("utf-8"))
    model = next(entity for entity in registry["entities"] if entity["code"] == MODEL)
    names = ("code", "name", "full_name")
    registry["entities"] = [model | dict.fromkeys(names, code) for code in codes]
    registry["program_units"] = []
    path.write_text(yaml.safe_dump(registry, allow_unicode=True, sort_keys=False), "utf-8")


def _growth(bench: Bench, waits_for: str) -> Iterator[Row]:
    """Yield, for each number of partitions, the rows of what is done, each beside the number before."""
    before: dict[str, Row] = {}
    for wanted in sorted(bench.partitions):
        count = ceil(wanted / MONTHS)
        made = with_entities(bench, count)
        for row in _of_partitions(bench, made, count * MONTHS):
            last = before.get(row.name)
            before[row.name] = row
            yield replace(_beside(row, last), waits_for=f"{row.waits_for} {waits_for}")
        shutil.rmtree(made.root)


def _of_partitions(bench: Bench, made: Installation, count: int) -> Iterator[Row]:
    """Yield the first backfill, a status when nothing changed, and a sync after one cell changed."""
    first = measured(made.atlas("backfill", "--from", FIRST, "--to", NEWEST))
    judged = count >= JUDGED
    found = {EVENTS: size_of_events(made) / count, "CPU a partition": first.cpu / count}
    limits = (also_within("CPU a partition", 0.45, "s"), also_within(EVENTS, 0.3, "MB"))
    goals: tuple[Goal, ...] = limits if judged else ()
    text = f"first backfill of {count}"
    yield Row("growth-backfill", text, first, amount=count, also=found, goals=goals)
    status = median([measured(made.atlas("status")) for _ in range(bench.rounds)])
    goals = (wall_within(4),) if judged else ()
    yield Row("growth-status", f"status of {count}", status, amount=count, goals=goals)
    sync = median([_after_a_cell(made) for _ in range(bench.rounds)])
    goals = (cpu_within(15), peak_within(700)) if judged else ()
    yield Row("growth-sync", f"sync of one of {count}", sync, amount=count, goals=goals)


def _after_a_cell(made: Installation) -> Figures:
    made.change_a_cell("E001", NEWEST)
    return measured(made.atlas("sync", "--entity", "E001", "--period", NEWEST))


def size_of_events(made: Installation) -> float:
    """Return the megabytes of all that Dagster keeps of runs; dbt's files are no part of it."""
    files = (path for path in made.home.rglob("*") if path.is_file())
    kept = (path for path in files if made.home / "dbt" not in path.parents)
    return sum(path.stat().st_size for path in kept) / 1e6


def _beside(row: Row, before: Row | None, limit: float | None = None) -> Row:
    """Return a row held against the smaller case before it, and judged by how it grows from there."""
    if before is None or not (row.figures and before.figures):
        return row
    beside = replace(
        row,
        reference=f"the same of {before.amount:,}",
        reference_figures=before.figures,
        ratio=row.figures.cpu / before.figures.cpu,
        exponent=exponent(before, row),
    )
    return replace(beside, goals=(exponent_within(limit),)) if limit else beside


def _size_growth(bench: Bench, waits_for: str) -> Iterator[Row]:
    """Yield the stages at each size up to the chosen one; the goal holds from M to L."""
    before: dict[str, Row] = {}
    for size in list(SCALES)[: list(SCALES).index(bench.size) + 1]:
        made = bench.sampled(NEWEST[:4], SCALES[size])
        rows = rows_of(made)
        for stage in STAGES:
            period = NEWEST if stage == "reporting" else NEWEST[:4]
            program = made.function(f"stages:{stage}", "IONS", period)
            figures = median([measured_inside(program) for _ in range(bench.rounds)])
            row = Row(f"size-{stage}", f"{waits_for}, {rows:,} rows", figures, amount=rows)
            yield _beside(row, before.get(stage), 1.05 if size == "L" else None)
            before[stage] = row


LINES: list[Line] = [
    Several("growth", "partitions, entities × 22 months", _growth),
    Several("size-growth", "a stage without Dagster", _size_growth),
]
