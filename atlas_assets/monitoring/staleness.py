"""Which partitions are out of date with the source, the registry or the models, and why."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from atlas_assets.periods.scope import Partition
from atlas_assets.sources.extract import changes
from atlas_assets.sources.upkeep import gone
from atlas_assets.warehouse.provenance import facts_changed, input_hashes

if TYPE_CHECKING:
    from collections.abc import Collection

    from atlas_assets.configuration.configuration import Configuration
    from atlas_assets.periods.calendar import Month
    from atlas_assets.report.files import ReportFiles
    from atlas_assets.sources.extract import Change
    from atlas_assets.sources.isolation import IsolatedSource
    from atlas_assets.sources.raw_store import RawStore
    from atlas_assets.warehouse.connection import Warehouse
    from atlas_assets.warehouse.ledger import LastRun, RunLedger, Stage


@dataclass(frozen=True)
class Stale:
    """Why a month has to be synced, and the first stage that has to run.

    `refused` means that a sync would fail because a sheet of the month cannot be read.
    """

    reason: str
    first: Stage
    refused: bool = False


@dataclass(frozen=True)
class Staleness:
    """Compares what is loaded and built with the source and the rules, at one moment.

    What the warehouse and the raw store say is asked once; a new object asks again.
    """

    source: IsolatedSource
    raw_store: RawStore
    warehouse: Warehouse
    ledger: RunLedger
    configuration: Configuration
    report_files: ReportFiles

    def unverified(self) -> list[Partition]:
        """Return the loaded partitions whose marts are not verified against what is loaded, in order."""
        return [
            partition
            for partition, digest in self._input_hashes.items()
            if partition in self._moved or self._verified.get(partition) != digest
        ]

    def pending(
        self, entity: str, months: list[Month], *, read_new: bool = True
    ) -> dict[Month, Stale]:
        """Return the months that have to be synced, and why. Reads the source.

        Only a sync whose checks all passed counts. A sheet that cannot be read is also a reason, and for
        the last of the months, that the source no longer has something that is loaded. Without
        `read_new`, a sheet of which nothing is loaded is not read, so that nothing says whether it can be.
        """
        changed = changes(self.source, self.raw_store, entity, months, read_new=read_new)
        lost = self.lost([entity])
        stale: dict[Month, Stale] = {}
        for month in months:
            partition = Partition(entity, month)
            if month_changes := changed.get(month):
                stale[month] = self._of_changes(partition, month_changes)
            elif self._is_unfinished(partition):
                stale[month] = Stale("its last extraction was not finished", "extract")
            elif partition not in self._verified:
                stale[month] = Stale("its figures have not passed their checks yet", "transform")
            elif self._verified[partition] != self._input_hashes.get(partition):
                stale[month] = Stale(
                    "a sheet was loaded again, or the registry or a model changed", "transform"
                )
            elif partition in self._moved:
                stale[month] = Stale(
                    "a correction of another month changed its figures", "transform"
                )
            elif lost and month == months[-1]:
                stale[month] = Stale("; ".join(lost), "extract")
        return stale

    def to_extract(self, entity: str, months: list[Month]) -> bool:
        """Return whether an extraction of these months would change or refuse anything.

        Reads the source, except for sheets of which nothing is loaded.
        """
        return bool(
            changes(self.source, self.raw_store, entity, months, read_new=False)
            or self.lost([entity])
            or self.raw_store.damaged()
            or any(self._is_unfinished(Partition(entity, month)) for month in months)
        )

    def _is_unfinished(self, partition: Partition) -> bool:
        """Return whether the last extraction of a partition failed, or was not finished."""
        run = self.last_runs.get(partition, {}).get("extract")
        return run is not None and run.status == "failed"

    def lost(self, entities: Collection[str]) -> list[str]:
        """Return what the source no longer has of some entities, and of those that it no longer has at all."""
        return [
            text
            for entity, texts in self._gone.items()
            if entity in entities or not self.source.months(entity)
            for text in texts
        ]

    @cached_property
    def _gone(self) -> dict[str, list[str]]:
        return gone(self.source, self.raw_store)

    @cached_property
    def last_runs(self) -> dict[Partition, dict[Stage, LastRun]]:
        """The newest run of every stage of each partition."""
        return self.ledger.last_runs()

    @cached_property
    def _input_hashes(self) -> dict[Partition, str]:
        return input_hashes(self.raw_store, self.configuration.registry)

    @cached_property
    def _verified(self) -> dict[Partition, str]:
        return self.ledger.verified_hashes()

    @cached_property
    def _moved(self) -> set[Partition]:
        return set(facts_changed(self.warehouse))

    def _of_changes(self, partition: Partition, month_changes: list[Change]) -> Stale:
        refused = [change.reason for change in month_changes if change.refused]
        is_new = not self.raw_store.is_loaded("transactions", *partition)
        reasons = ["not loaded yet"] if is_new else [change.reason for change in month_changes]
        return Stale("; ".join(refused or reasons), "extract", bool(refused))
