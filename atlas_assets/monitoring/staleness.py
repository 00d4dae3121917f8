"""Which partitions are out of date with the source, the registry or the models, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from atlas_assets.periods.scope import Partition
from atlas_assets.sources.extract import changes
from atlas_assets.sources.upkeep import gone
from atlas_assets.warehouse.provenance import facts_changed, input_hashes

if TYPE_CHECKING:
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
    """Compares what is loaded and built with the source and the rules. Writes nothing."""

    source: IsolatedSource
    raw_store: RawStore
    warehouse: Warehouse
    ledger: RunLedger
    configuration: Configuration
    report_files: ReportFiles

    def unverified(self) -> list[Partition]:
        """Return the loaded partitions whose marts are not verified against what is loaded, in order."""
        verified = self.ledger.verified_hashes()
        changed = set(facts_changed(self.warehouse))
        return [
            partition
            for partition, digest in self._input_hashes().items()
            if partition in changed or verified.get(partition) != digest
        ]

    def pending(self, entity: str, months: list[Month]) -> dict[Month, Stale]:
        """Return the months that have to be synced, and why. Reads the source.

        Only a sync whose checks all passed counts. A sheet that cannot be read is also a reason, and for
        the last of the months, that the source no longer has something that is loaded.
        """
        hashes = self._input_hashes()
        verified = self.ledger.verified_hashes()
        changed = changes(self.source, self.raw_store, entity, months)
        moved = set(facts_changed(self.warehouse))
        last = self.ledger.last_runs()
        lost = gone(self.source, self.raw_store, [entity])
        stale: dict[Month, Stale] = {}
        for month in months:
            partition = Partition(entity, month)
            if month_changes := changed.get(month):
                stale[month] = self._of_changes(partition, month_changes)
            elif _failed(last.get(partition, {}).get("extract")):
                stale[month] = Stale("its last extraction was not finished", "extract")
            elif partition not in verified:
                stale[month] = Stale("its figures have not passed their checks yet", "transform")
            elif verified[partition] != hashes.get(partition):
                stale[month] = Stale(
                    "a sheet was loaded again, or the registry or a model changed", "transform"
                )
            elif partition in moved:
                stale[month] = Stale(
                    "a correction of another month changed its figures", "transform"
                )
            elif lost and month == months[-1]:
                stale[month] = Stale("; ".join(lost), "extract")
        return stale

    def _input_hashes(self) -> dict[Partition, str]:
        return input_hashes(self.raw_store, self.configuration.registry)

    def _of_changes(self, partition: Partition, month_changes: list[Change]) -> Stale:
        refused = [change.reason for change in month_changes if change.refused]
        is_new = not self.raw_store.is_loaded("transactions", *partition)
        reasons = ["not loaded yet"] if is_new else [change.reason for change in month_changes]
        return Stale("; ".join(refused or reasons), "extract", bool(refused))


def _failed(run: LastRun | None) -> bool:
    return run is not None and run.status == "failed"
