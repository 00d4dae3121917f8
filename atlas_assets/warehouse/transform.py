"""Builds the models of a scope from raw files, and records what that changed in other months."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from atlas_assets.warehouse.provenance import fact_digests, input_hashes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from atlas_assets.periods.scope import Partition, Scope
    from atlas_assets.warehouse.dbt_project import DbtProject
    from atlas_assets.warehouse.dbt_runner import NodeResult

Digests = dict["Partition", dict[str, str]]


@dataclass(frozen=True)
class Transformation:
    """What dbt built and tested, and the digests of the facts (by model) before and after.

    `source_hashes` are the hashes of the models' input. They are empty if only some models were built,
    because that does not bring any month up to date.
    """

    scope: Scope
    results: list[NodeResult]
    facts_before: Digests
    facts_after: Digests
    source_hashes: dict[Partition, str] = field(default_factory=dict)

    @property
    def failed(self) -> list[NodeResult]:
        """The tests that failed."""
        return [result for result in self.results if result.failed]

    @property
    def problems(self) -> dict[Partition, str]:
        """The failed tests' messages, for every partition: dbt's tests look at the whole scope."""
        message = "; ".join(result.message for result in self.failed)
        return dict.fromkeys(self.scope.partitions, message) if self.failed else {}


def transform(dbt: DbtProject, scope: Scope, selection: Sequence[str] = ()) -> Transformation:
    """Build the models for a scope: all of them, or those that dbt's `--select` chooses.

    Raises TransformError if dbt itself or a model fails; failed tests are in the result.
    """
    before = fact_digests(dbt.warehouse)
    hashes = input_hashes(dbt.raw_store, dbt.configuration.registry)
    results = dbt.build(scope, selection)
    after = fact_digests(dbt.warehouse)
    return Transformation(scope, results, before, after, {} if selection else hashes)
