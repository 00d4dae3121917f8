"""What has to be done because the source changed: the plan behind the workbook sensor.

A plan follows from the workbooks, the raw store and the warehouse. What is remembered from one look to
the next only prevents asking for the same work twice, and saves reading unchanged files.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pydantic import BaseModel

from atlas_assets.configuration.workbook_year import file_key
from atlas_assets.periods.calendar import Month, Period
from atlas_assets.periods.scope import Partition, Scope, exact_scopes
from atlas_assets.sources.known_months import known_months, newest_month
from atlas_assets.sources.workbook.file import lock_file
from atlas_assets.warehouse.provenance import fact_digests

if TYPE_CHECKING:
    from pathlib import Path

    from atlas_assets.configuration.configuration import Configuration
    from atlas_assets.monitoring.staleness import Stale, Staleness
    from atlas_assets.report.files import ReportFiles

SETTLED_SECONDS = 5  # a file that was written to more recently may not be whole yet
WORKBOOKS = {".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"}
YearKey = tuple[str, int]


class WatchMemory(BaseModel):
    """What the last look saw: files with size (bytes) and time (ns), and the work asked for.

    `repeated` is work that was asked for a second time because its run was cut off.
    """

    files: dict[str, tuple[int, int]] = {}
    requested: dict[str, str] = {}
    repeated: dict[str, str] = {}
    looked_at: datetime = datetime.min.replace(tzinfo=UTC)

    def ask_once_more(self) -> None:
        """Forget what was asked for, except what was asked for twice already."""
        again = {k: v for k, v in self.requested.items() if self.repeated.get(k) != v}
        self.repeated |= again
        self.requested = {k: v for k, v in self.requested.items() if k not in again}
        self.files = {}  # look into every workbook again


@dataclass(frozen=True)
class Plan:
    """Runs to ask for: months to make whole, months to load only, months whose sheets are refused.

    `remarks` are what a person should know of files that were left alone.
    """

    memory: WatchMemory
    deliver: list[Scope] = field(default_factory=list)
    load: list[Scope] = field(default_factory=list)
    refuse: list[Scope] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class SourceScan:
    """The source folder at one look: which years' workbooks changed and can be read now."""

    changed: set[YearKey] = field(default_factory=set)
    busy: set[YearKey] = field(default_factory=set)
    files: dict[str, tuple[int, int]] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Watcher:
    """Plans the work that a changed source folder asks for."""

    source_dir: Path
    configuration: Configuration
    staleness: Staleness
    report_files: ReportFiles

    def plan(self, memory: WatchMemory, now: datetime) -> Plan:
        """Return what has to be done now, and what to remember of it.

        A month is made whole, with its report, where it had a report or is the newest with data;
        other months are loaded, built and published. A sheet that cannot be read gets a run of its
        own, which says so and stops no other. Nothing is asked for twice until its workbook, the
        rules or the facts behind it change again.
        """
        scan = self._scan(memory, now)
        loaded = set(self.staleness.unverified())
        running = Month.of(now.date())
        newest = {
            entity: newest_month(self.staleness.source, entity, running)
            for entity in {code for code, _ in (*scan.changed, *loaded)}
        }
        stale = self._stale(scan, newest, loaded, running)
        prints = self._fingerprints(scan, stale)
        wanted = [p for p in stale if memory.requested.get(p.key) != prints[p]]
        refused = [p for p in wanted if stale[p].refused]
        sound = [p for p in wanted if not stale[p].refused]
        reported = [p for p in sound if self._is_reported(p, newest)]
        return Plan(
            memory=WatchMemory(
                files=scan.files,
                requested={**memory.requested, **{p.key: prints[p] for p in wanted}},
                repeated=memory.repeated,
                looked_at=now,
            ),
            deliver=exact_scopes(reported),
            load=exact_scopes(p for p in sound if p not in reported),
            refuse=exact_scopes(refused),
            remarks=scan.remarks,
        )

    def _is_reported(self, partition: Partition, newest: dict[str, Month | None]) -> bool:
        entity, month = partition
        has_report = self.report_files.existing(entity, Period.of_month(month))
        return month == newest.get(entity) or bool(has_report)

    def _scan(self, memory: WatchMemory, now: datetime) -> SourceScan:
        owners = {
            file_key(name): key
            for key, year in self.configuration.years.items()
            for name in year.workbooks.values()
        }
        scan = SourceScan()
        if not self.source_dir.is_dir():
            scan.remarks.append(f"There is no folder {self.source_dir}; it is looked for again.")
        for path in _workbooks(self.source_dir):
            owner = owners.get(file_key(path.name))
            if owner is None:
                scan.remarks.append(f"{path.name} is not configured, and left alone.")
            else:
                _look_at(path, owner, scan, memory, now)
        scan.remarks.extend(
            f"{name} is gone; what was loaded of it stays."
            for name in memory.files
            if not (self.source_dir / name).exists()
        )
        scan.changed.difference_update(scan.busy)
        return scan

    def _stale(
        self,
        scan: SourceScan,
        newest: dict[str, Month | None],
        loaded: set[Partition],
        running: Month,
    ) -> dict[Partition, Stale]:
        """Return the stale months of changed workbooks, and those that are loaded but not built.

        Sheets after the newest month with data wait for their first row.
        """
        stale: dict[Partition, Stale] = {}
        for entity in (entity.code for entity in self.configuration.registry.entities):
            last = newest.get(entity) or running
            months = [
                month
                for month in known_months(self.staleness.source, entity, last)
                if (entity, month.year) not in scan.busy
                and ((entity, month.year) in scan.changed or (entity, month) in loaded)
            ]
            pending = self.staleness.pending(entity, months) if months else {}
            stale |= {Partition(entity, month): reason for month, reason in pending.items()}
        return stale

    def _fingerprints(
        self, scan: SourceScan, stale: dict[Partition, Stale]
    ) -> dict[Partition, str]:
        """Return what the work on each partition depends on: its workbooks, its reason, its facts."""
        facts = fact_digests(self.staleness.warehouse) if stale else {}
        prints: dict[Partition, str] = {}
        for partition, reason in stale.items():
            names = self.configuration.years[
                partition.entity, partition.month.year
            ].workbooks.values()
            files = [(name, scan.files.get(name)) for name in sorted(names)]
            text = f"{files}{reason}{sorted(facts.get(partition, {}).items())}"
            prints[partition] = hashlib.sha256(text.encode()).hexdigest()[:16]
        return prints


def _workbooks(folder: Path) -> list[Path]:
    """Return the workbooks of the source folder, without the files that mark an open one."""
    return [
        path
        for path in sorted(folder.iterdir() if folder.is_dir() else ())
        if path.suffix.lower() in WORKBOOKS and not path.name.startswith((".", "~"))
    ]


def _look_at(
    path: Path, owner: YearKey, scan: SourceScan, memory: WatchMemory, now: datetime
) -> None:
    """Note in the scan whether a workbook changed, or cannot be read now."""
    try:
        facts = path.stat()
    except FileNotFoundError:  # renamed or removed at this moment
        return
    found = (facts.st_size, facts.st_mtime_ns)
    if 0 <= now.timestamp() - facts.st_mtime < SETTLED_SECONDS:
        scan.remarks.append(f"{path.name} is still being written.")
        scan.busy.add(owner)
    elif lock_file(path).exists():
        scan.remarks.append(f"{path.name} is open in the office program; close it to have it read.")
        scan.busy.add(owner)
    else:
        scan.files[path.name] = found
        if memory.files.get(path.name) != found:
            scan.changed.add(owner)
