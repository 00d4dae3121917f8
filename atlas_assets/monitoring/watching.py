"""Plans the work that a changed source requires, for the workbook sensor.

A plan follows from the workbooks, the raw store and the warehouse. The memory between two looks only
keeps the sensor from requesting the same work twice and from reading unchanged files.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import BaseModel

from atlas_assets.configuration.workbook_year import file_key
from atlas_assets.errors import SourceError
from atlas_assets.periods.calendar import Month, Period
from atlas_assets.periods.scope import Partition, Scope, exact_scopes
from atlas_assets.sources.known_months import known_months, newest_month
from atlas_assets.sources.workbook.file import is_open_elsewhere, not_opened, workbook_files
from atlas_assets.warehouse.provenance import fact_digests

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from atlas_assets.configuration.configuration import Configuration
    from atlas_assets.configuration.workbook_year import WorkbookYear
    from atlas_assets.monitoring.staleness import Stale, Staleness
    from atlas_assets.report.files import ReportFiles

SETTLED_SECONDS = 5  # a file that was written to more recently may not be whole yet
ASKED_SECONDS = 300  # between two questions to a server
YearKey = tuple[str, int]


class Pulse(BaseModel):
    """What changes with a source that is no file, and when it was asked for (seconds since 1970)."""

    asked: float
    found: str


class WatchMemory(BaseModel):
    """What the sensor remembers: files with size (bytes) and modification time (ns), and requests.

    `pulses` are those of other sources, by yearly file. `requested` maps partition keys to the fingerprint
    of the requested work.
    """

    files: dict[str, tuple[int, int]] = {}
    pulses: dict[str, Pulse] = {}
    requested: dict[str, str] = {}


@dataclass(frozen=True)
class Plan:
    """The runs to request, and what to remember.

    `deliver` are months to process up to the report, `load` months to process up to the records,
    `refuse` months whose sheets cannot be read. `remarks` tell the user about files left alone.
    """

    memory: WatchMemory
    deliver: list[Scope] = field(default_factory=list)
    load: list[Scope] = field(default_factory=list)
    refuse: list[Scope] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class SourceScan:
    """One look at the source folder: the years whose workbooks changed, and those to leave alone.

    `files` are the readable workbooks with size (bytes) and modification time (ns), `pulses` are those of
    sources that are no files.
    """

    changed: set[YearKey] = field(default_factory=set)
    busy: set[YearKey] = field(default_factory=set)
    files: dict[str, tuple[int, int]] = field(default_factory=dict)
    pulses: dict[str, Pulse] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Watcher:
    """Plans the work that a changed source folder requires."""

    source_dir: Path
    configuration: Configuration
    staleness: Staleness
    report_files: ReportFiles

    def plan(self, memory: WatchMemory, now: datetime) -> Plan:
        """Return what has to be done now, and what to remember.

        Months are loaded, built and published; a month that had a report, or is the newest one with
        data, also gets its report. A sheet that cannot be read gets a run of its own, which reports
        the problem and stops no other run. Nothing is requested twice until its workbook, the rules
        or the facts behind it change again.
        """
        scan = self._scan(memory, now)
        loaded = set(self.staleness.unverified())
        running = Month.of(now.date())
        newest = {
            entity: newest_month(self.staleness.source, entity, running)
            for entity in {code for code, _ in (*scan.changed, *loaded)}
        }
        stale = self._stale(scan, newest, loaded, running)
        fingerprints = self._fingerprints(scan, stale)
        wanted = [p for p in stale if memory.requested.get(p.key) != fingerprints[p]]
        refused = [p for p in wanted if stale[p].refused]
        readable = [p for p in wanted if not stale[p].refused]
        reported = [p for p in readable if self._is_reported(p, newest)]
        return Plan(
            memory=WatchMemory(
                files=scan.files,
                pulses=scan.pulses,
                requested={**memory.requested, **{p.key: fingerprints[p] for p in wanted}},
            ),
            deliver=exact_scopes(reported),
            load=exact_scopes(p for p in readable if p not in reported),
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
            scan.remarks.append(
                f"The folder {self.source_dir} does not exist; Atlas keeps looking for it."
            )
        folders = {
            name for year in self.configuration.years.values() for name in year.workbooks.values()
        }
        for path in workbook_files(self.source_dir, folders):
            owner = owners.get(file_key(path.name))
            if owner is None:
                scan.remarks.append(f"{path.name} is not configured, and left alone.")
            else:
                _look_at(path, owner, scan, memory, now)
        scan.remarks.extend(
            f"{name} is gone. Months that have no workbook left are removed from every figure."
            for name in memory.files
            if not (self.source_dir / name).exists()
        )
        self._ask(scan, memory, now)
        scan.changed.difference_update(scan.busy)
        return scan

    def _ask(self, scan: SourceScan, memory: WatchMemory, now: datetime) -> None:
        """Record in the scan what other sources than files have changed, asked for every few minutes."""
        for (entity, number), year in self.configuration.years.items():
            if not year.sources:
                continue
            name = self.configuration.path_of(year).name
            known = memory.pulses.get(name)
            if known and now.timestamp() - known.asked < ASKED_SECONDS:
                scan.pulses[name] = known
                continue
            try:
                found = self.staleness.source.pulse(entity, number)
            except SourceError as error:
                scan.remarks.append(str(error))
                found = known.found if known else ""
            scan.pulses[name] = Pulse(asked=now.timestamp(), found=found)
            if known is None or known.found != found or self._was_refused(year):
                scan.changed.add((entity, number))

    def _was_refused(self, year: WorkbookYear) -> bool:
        """Return whether a month of a year could not be read when it was last tried."""
        months = set(year.months)
        refused = self.staleness.raw_store.refused()
        return any(of.entity == year.entity and of.month in months for _, of in refused)

    def _stale(
        self,
        scan: SourceScan,
        newest: dict[str, Month | None],
        loaded: set[Partition],
        running: Month,
    ) -> dict[Partition, Stale]:
        """Return the stale months of changed workbooks, and those that are loaded but not verified.

        Months after the newest one with data are left out until they have rows. If the source no longer
        has something that is loaded, the newest month is stale.
        """
        stale: dict[Partition, Stale] = {}
        for entity in (entity.code for entity in self.configuration.registry.entities):
            last = newest.get(entity) or running
            is_gone = bool(self.staleness.lost([entity]))
            months = [
                month
                for month in known_months(self.staleness.source, entity, last)
                if (owner := self._owner(entity, month)) not in scan.busy
                and (
                    owner in scan.changed
                    or (entity, month) in loaded
                    or (is_gone and month == last)
                )
            ]
            pending = self.staleness.pending(entity, months) if months else {}
            stale |= {Partition(entity, month): reason for month, reason in pending.items()}
        return stale

    def _owner(self, entity: str, month: Month) -> YearKey | None:
        year = self.configuration.year_of(entity, month)
        return (year.entity, year.year) if year else None

    def _fingerprints(
        self, scan: SourceScan, stale: dict[Partition, Stale]
    ) -> dict[Partition, str]:
        """Return a hash of what the work on each partition depends on: workbooks, reason and facts."""
        facts = fact_digests(self.staleness.warehouse) if stale else {}
        fingerprints: dict[Partition, str] = {}
        for partition, reason in stale.items():
            year = self.configuration.year_of(*partition)
            names = sorted(year.workbooks.values()) if year else []
            files = [(name, scan.files.get(name)) for name in names]
            pulse = scan.pulses.get(self.configuration.path_of(year).name) if year else None
            text = (
                f"{files}{pulse and pulse.found}{reason}{sorted(facts.get(partition, {}).items())}"
            )
            fingerprints[partition] = hashlib.sha256(text.encode()).hexdigest()[:16]
        return fingerprints


def _look_at(
    path: Path, owner: YearKey, scan: SourceScan, memory: WatchMemory, now: datetime
) -> None:
    """Record in the scan whether a workbook changed, or cannot be read now."""
    try:
        stats = [file.stat() for file in (path, *(path.iterdir() if path.is_dir() else ()))]
    except FileNotFoundError:  # renamed or removed at this moment
        return
    except OSError as error:
        scan.remarks.append(not_opened(path, error))
        return
    state = (sum(stat.st_size for stat in stats), max(stat.st_mtime_ns for stat in stats))
    if 0 <= now.timestamp() - state[1] / 1e9 < SETTLED_SECONDS:
        scan.remarks.append(f"{path.name} is still being written.")
        scan.busy.add(owner)
    elif is_open_elsewhere(path):
        scan.remarks.append(f"{path.name} is open in the office program; close it to have it read.")
        scan.busy.add(owner)
    else:
        scan.files[path.name] = state
        if memory.files.get(path.name) != state:
            scan.changed.add(owner)
