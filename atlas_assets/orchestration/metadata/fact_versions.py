"""Data versions of facts, by which Dagster knows that the marts of changed months are stale."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import dagster as dg

if TYPE_CHECKING:
    from collections.abc import Iterator

    from atlas_assets.warehouse.transform import Transformation

DATA_VERSION_TAG = "dagster/data_version"
USER_PROVIDED_TAG = "dagster/data_version_is_user_provided"


@dataclass(frozen=True)
class FactVersions:
    """The versions of a transformation's facts.

    Models of facts are computed over the whole history in every run, so a run may change partitions
    outside its scope: exactly those whose digest differs.
    """

    transformation: Transformation

    def version(self, model: str) -> dg.DataVersion | None:
        """Return the data version of a model's partitions in scope; None if it holds no facts."""
        digests = [
            self.transformation.facts_after.get(partition, {}).get(model)
            for partition in self.transformation.scope.partitions
        ]
        if not any(digests):
            return None
        if len(digests) == 1:
            return dg.DataVersion(str(digests[0]))
        # Dagster takes one version for all partitions of a range.
        return dg.DataVersion(hashlib.sha256(str(digests).encode()).hexdigest())

    def changed_elsewhere(self, key: dg.AssetKey) -> Iterator[dg.AssetMaterialization]:
        """Yield an event for each partition of a model outside the scope that the run has changed."""
        model, scope = key.path[-1], self.transformation.scope
        facts_before = self.transformation.facts_before
        facts_after = self.transformation.facts_after
        for partition in sorted({*facts_before, *facts_after} - set(scope.partitions)):
            before = facts_before.get(partition, {}).get(model)
            after = facts_after.get(partition, {}).get(model)
            if before != after:
                yield dg.AssetMaterialization(
                    key,
                    partition=dg.MultiPartitionKey(
                        {"entity": partition.entity, "month": str(partition.month)}
                    ),
                    metadata={"changed_by": f"{scope.first_key} … {scope.last_key}"},
                    tags={DATA_VERSION_TAG: str(after), USER_PROVIDED_TAG: "true"},
                )
