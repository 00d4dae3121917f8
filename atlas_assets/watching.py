"""What has to be done because the source changed: the plan behind the workbook sensor.

A plan follows from the workbooks, the raw store and the warehouse. What is remembered from one look to
the next only keeps the same work from being asked for twice, and saves reading unchanged files.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import BaseModel

from atlas_assets.months import known_months, newest_month
from atlas_assets.periods import Month, Period, stretches
from atlas_assets.registry import file_key
from atlas_assets.scope import Scope, partition_key, rectangles
from atlas_assets.sources.workbook_file import lock_file
from atlas_assets.staleness import Stale, fact_digests, pending, unverified

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from atlas_assets.pipeline_runs import Partition
    from atlas_assets.workspace import Workspace

SETTLED_SECONDS = 5  # a file that was written to more recently may not be whole yet
WORKBOOKS = {".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"}
YearKey = tuple[str, int]


class Memory(BaseModel):
    """What was seen at the last look: files with size and time, and the work asked for."""

    files: dict[str, tuple[int, int]] = {}
    requested: dict[str, str] = {}


@dataclass(frozen=True)
class Plan:
    """Runs to ask for: months to make whole, months to load only, months whose sheets are refused.

    `told` is what a person should know of files that were left alone.
    """

    memory: Memory
    deliver: list[Scope] = field(default_factory=list)
    load: list[Scope] = field(default_factory=list)
    refuse: list[Scope] = field(default_factory=list)
    told: list[str] = field(default_factory=list)


def plan(workspace: Workspace, memory: Memory, now: datetime) -> Plan:
    """Return what has to be done now, and what to remember of it.

    A month is made whole, with its report, where it had a report or is the newest with data; other
    months are loaded, built and published. A sheet that cannot be read gets a run of its own, which
    says so and stops no other. Nothing is asked for twice until its workbook, the rules or the facts
    behind it change again.
    """
    sight = _look(workspace, memory, now)
    newest = {
        entity.code: newest_month(workspace, entity.code, now.date())
        for entity in workspace.configuration.registry.entities
        if any(code == entity.code for code, _ in sight.changed)
    }
    stale = _stale(workspace, sight, newest, now)
    prints = _fingerprints(workspace, sight, stale)
    wanted = {
        partition: reason
        for partition, reason in stale.items()
        if memory.requested.get(partition_key(*partition)) != prints[partition]
    }
    requested = {
        **memory.requested,
        **{partition_key(*partition): prints[partition] for partition in wanted},
    }
    reported = [
        (entity, month)
        for entity, month in wanted
        if month == newest.get(entity)
        or workspace.report_files.existing(entity, Period.of_month(month))
    ]
    refused = [partition for partition, reason in wanted.items() if reason.refused]
    return Plan(
        memory=Memory(files=sight.remembered, requested=requested),
        deliver=_scopes(workspace, [p for p in reported if p not in refused]),
        load=_scopes(workspace, [p for p in wanted if p not in reported and p not in refused]),
        refuse=_scopes(workspace, refused),
        told=sight.told,
    )


@dataclass(frozen=True)
class _Sight:
    """The source folder at one look: which years' workbooks changed and can be read now."""

    changed: set[YearKey]
    busy: set[YearKey]
    remembered: dict[str, tuple[int, int]]
    told: list[str]


def _look(workspace: Workspace, memory: Memory, now: datetime) -> _Sight:
    owners = {
        file_key(name): (code, year)
        for (code, year), configured in workspace.configuration.years.items()
        for name in configured.workbooks.values()
    }
    changed: set[YearKey] = set()
    busy: set[YearKey] = set()
    remembered: dict[str, tuple[int, int]] = {}
    told: list[str] = []
    for path in _files(workspace.settings.source_dir):
        owner = owners.get(file_key(path.name))
        if owner is None:
            told.append(f"{path.name} is not configured, and left alone.")
            continue
        facts = path.stat()
        found = (facts.st_size, facts.st_mtime_ns)
        if now.timestamp() - facts.st_mtime < SETTLED_SECONDS:
            told.append(f"{path.name} is still being written.")
            busy.add(owner)
        elif lock_file(path).exists():
            told.append(f"{path.name} is open in the office program; close it to have it read.")
            busy.add(owner)
        else:
            remembered[path.name] = found
            if memory.files.get(path.name) != found:
                changed.add(owner)
    told += [
        f"{name} is gone; what was loaded of it stays."
        for name in memory.files
        if not (workspace.settings.source_dir / name).exists()
    ]
    return _Sight(changed - busy, busy, remembered, told)


def _files(folder: Path) -> list[Path]:
    """Return the workbooks of the source folder, without the files that mark an open one."""
    return [
        path
        for path in sorted(folder.iterdir())
        if path.suffix.lower() in WORKBOOKS and not path.name.startswith((".", "~"))
    ]


def _stale(
    workspace: Workspace, sight: _Sight, newest: dict[str, Month | None], now: datetime
) -> dict[Partition, Stale]:
    """Return the stale months of changed workbooks, and those that are loaded but not built.

    Sheets behind the newest month with data wait for their first row.
    """
    loaded = set(unverified(workspace))
    stale: dict[Partition, Stale] = {}
    for entity in workspace.configuration.registry.entities:
        months = [
            month
            for month in known_months(workspace, entity.code, now.date(), newest.get(entity.code))
            if (entity.code, month.year) not in sight.busy
            and ((entity.code, month.year) in sight.changed or (entity.code, month) in loaded)
        ]
        found = pending(workspace, entity.code, months) if months else {}
        stale |= {(entity.code, month): reason for month, reason in found.items()}
    return stale


def _fingerprints(
    workspace: Workspace, sight: _Sight, stale: dict[Partition, Stale]
) -> dict[Partition, str]:
    """Return what the work on each partition depends on: its workbooks, its reason, its facts."""
    facts = fact_digests(workspace) if stale else {}
    prints: dict[Partition, str] = {}
    for (entity, month), reason in stale.items():
        names = workspace.configuration.years[entity, month.year].workbooks.values()
        files = [(name, sight.remembered.get(name)) for name in sorted(names)]
        text = f"{files}{reason}{sorted(facts.get((entity, month), {}).items())}"
        prints[entity, month] = hashlib.sha256(text.encode()).hexdigest()[:16]
    return prints


def _scopes(workspace: Workspace, partitions: list[Partition]) -> list[Scope]:
    """Return as few scopes as hold exactly these partitions: months without a gap."""
    entities = [entity.code for entity in workspace.configuration.registry.entities]
    waiting = {
        code: stretches([month for entity, month in partitions if entity == code])
        for code in entities
    }
    scopes: list[Scope] = []
    while any(waiting.values()):
        layer = {entity: tuple(runs.pop(0)) for entity, runs in waiting.items() if runs}
        scopes += rectangles(layer, entities)
    return scopes
