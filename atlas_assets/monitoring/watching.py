"""What has to be done because the source changed: the plan behind the workbook sensor.

A plan follows from the workbooks, the raw store and the warehouse. What is remembered from one look to
the next only keeps the same work from being asked for twice, and saves reading unchanged files.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pydantic import BaseModel

from atlas_assets.configuration.workbook_year import file_key
from atlas_assets.monitoring.staleness import Stale, fact_digests, pending, unverified
from atlas_assets.periods.calendar import Month, Period, stretches
from atlas_assets.periods.scope import Scope, partition_key
from atlas_assets.sources.known_months import known_months, newest_month
from atlas_assets.sources.workbook.file import lock_file

if TYPE_CHECKING:
    from pathlib import Path

    from atlas_assets.warehouse.ledger import Partition
    from atlas_assets.workspace import Workspace

SETTLED_SECONDS = 5  # a file that was written to more recently may not be whole yet
WORKBOOKS = {".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"}
YearKey = tuple[str, int]


class Memory(BaseModel):
    """What was seen at the last look: files with size and time, and the work asked for.

    `repeated` is work that was asked for once more, as its run was cut off.
    """

    files: dict[str, tuple[int, int]] = {}
    requested: dict[str, str] = {}
    repeated: dict[str, str] = {}
    looked_at: datetime = datetime.min.replace(tzinfo=UTC)

    def ask_once_more(self) -> None:
        """Forget what was asked for, but for what was asked for twice already."""
        again = {k: v for k, v in self.requested.items() if self.repeated.get(k) != v}
        self.repeated |= again
        self.requested = {k: v for k, v in self.requested.items() if k not in again}
        self.files = {}  # look into every workbook again


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
    loaded = set(unverified(workspace))
    newest = {
        entity: newest_month(workspace, entity, now.date())
        for entity in {code for code, _ in (*sight.changed, *loaded)}
    }
    stale = _stale(workspace, sight, newest, loaded, now)
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
        memory=Memory(
            files=sight.remembered,
            requested=requested,
            repeated=memory.repeated,
            looked_at=now,
        ),
        deliver=_scopes([p for p in reported if p not in refused]),
        load=_scopes([p for p in wanted if p not in reported and p not in refused]),
        refuse=_scopes(refused),
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
    folder = workspace.settings.source_dir
    if not folder.is_dir():
        told.append(f"There is no folder {folder}; it is looked for again.")
    for path in _files(folder):
        owner = owners.get(file_key(path.name))
        if owner is None:
            told.append(f"{path.name} is not configured, and left alone.")
            continue
        try:
            facts = path.stat()
        except FileNotFoundError:  # renamed or removed at this moment
            continue
        found = (facts.st_size, facts.st_mtime_ns)
        if 0 <= now.timestamp() - facts.st_mtime < SETTLED_SECONDS:
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
        if not (folder / name).exists()
    ]
    return _Sight(changed - busy, busy, remembered, told)


def _files(folder: Path) -> list[Path]:
    """Return the workbooks of the source folder, without the files that mark an open one."""
    return [
        path
        for path in sorted(folder.iterdir() if folder.is_dir() else ())
        if path.suffix.lower() in WORKBOOKS and not path.name.startswith((".", "~"))
    ]


def _stale(
    workspace: Workspace,
    sight: _Sight,
    newest: dict[str, Month | None],
    loaded: set[Partition],
    now: datetime,
) -> dict[Partition, Stale]:
    """Return the stale months of changed workbooks, and those that are loaded but not built.

    Sheets behind the newest month with data wait for their first row.
    """
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


def _scopes(partitions: list[Partition]) -> list[Scope]:
    """Return as few scopes as hold exactly these partitions: of one entity, without a gap.

    Each entity has runs of its own, so that a figure that does not add up stops no other entity.
    """
    entities = sorted({entity for entity, _ in partitions})
    return [
        Scope((entity,), tuple(months))
        for entity in entities
        for months in stretches([month for code, month in partitions if code == entity])
    ]
