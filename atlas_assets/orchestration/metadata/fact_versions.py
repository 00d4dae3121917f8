"""Tells Dagster which partitions of the facts a run changed, so that it shows stale marts as stale."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import dagster as dg

if TYPE_CHECKING:
    from collections.abc import Iterator

    from atlas_assets.periods.scope import Scope
    from atlas_assets.warehouse.ledger import Partition

DATA_VERSION_TAG = "dagster/data_version"
USER_PROVIDED_TAG = "dagster/data_version_is_user_provided"


@dataclass(frozen=True)
class Facts:
    """Digests of the facts by partition and model, before and after a run over a scope.

    Models of facts are computed over the whole history in every run, so that a run may change
    partitions outside its scope: exactly those whose digest became another one.
    """

    before: dict[Partition, dict[str, str]]
    after: dict[Partition, dict[str, str]]
    scope: Scope

    def version(self, model: str) -> dg.DataVersion | None:
        """Return the data version of a model's partitions in scope; None for one that is no fact."""
        digests = [self.after.get(partition, {}).get(model) for partition in self.scope.partitions]
        if not any(digests):
            return None
        if len(digests) == 1:
            return dg.DataVersion(str(digests[0]))
        # Dagster takes one version for all partitions of a range.
        return dg.DataVersion(hashlib.sha256(str(digests).encode()).hexdigest())

    def changed_elsewhere(self, key: dg.AssetKey) -> Iterator[dg.AssetMaterialization]:
        """Return what to tell of a model's partitions out of scope that the run has changed."""
        model = key.path[-1]
        for entity, month in sorted({*self.before, *self.after} - set(self.scope.partitions)):
            before = self.before.get((entity, month), {}).get(model)
            after = self.after.get((entity, month), {}).get(model)
            if before != after:
                yield dg.AssetMaterialization(
                    key,
                    partition=dg.MultiPartitionKey({"entity": entity, "month": str(month)}),
                    metadata={"changed_by": f"{self.scope.first_key} … {self.scope.last_key}"},
                    tags={DATA_VERSION_TAG: str(after), USER_PROVIDED_TAG: "true"},
                )
