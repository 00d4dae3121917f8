"""The validation files: what became of every sheet and row, for each entity and year."""

from typing import Any

import dagster as dg

from atlas_assets.orchestration import keys
from atlas_assets.orchestration.dagster_internals import describe_partitions
from atlas_assets.orchestration.failures import as_dagster_failure
from atlas_assets.orchestration.partitions import SINGLE_RUN
from atlas_assets.periods.scope import Scope
from atlas_assets.workspace import Workspace


def validation_assets(partitions: dg.MultiPartitionsDefinition) -> list[dg.AssetsDefinition]:
    """Return the validation file as an asset; the partition of a month writes the file of its year."""

    @dg.asset(
        key=keys.VALIDATION_FILE,
        description="What became of every sheet and row of the year, for whoever keeps the workbooks.",
        kinds={"json"},
        # Not on the checked assets: the file is needed most when a check has failed.
        deps=[keys.intermediate("audit_flagged_rows")],
        group_name=keys.VALIDATION,
        owners=[keys.FINANCE],
        partitions_def=partitions,
        backfill_policy=SINGLE_RUN,
    )
    def validation_file(
        context: dg.AssetExecutionContext, workspace: dg.ResourceParam[Workspace]
    ) -> dg.MaterializeResult[Any]:
        scope = Scope.of_keys(context.partition_keys)
        with as_dagster_failure():
            paths = {pair: workspace.validation.write(*pair) for pair in scope.entity_years}
        metadata: dict[tuple[dg.AssetKey, str], dict[str, Any]] = {}
        for of in scope.partitions:
            path = paths[of.entity, of.month.year]
            metadata[keys.VALIDATION_FILE, of.key] = {path.stem: dg.MetadataValue.path(path)}
        describe_partitions(context, metadata)
        return dg.MaterializeResult()

    return [validation_file]
