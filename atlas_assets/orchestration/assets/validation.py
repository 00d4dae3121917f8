"""The validation files: for each entity and year, what became of every sheet and row."""

from typing import Any

import dagster as dg

from atlas_assets.orchestration.checks import VALIDATION_FILE
from atlas_assets.orchestration.failures import told_to_people
from atlas_assets.orchestration.partitions import SINGLE_RUN
from atlas_assets.periods.scope import Scope
from atlas_assets.validation.assemble import write_validation
from atlas_assets.workspace import Workspace


def validation_assets(partitions: dg.MultiPartitionsDefinition) -> list[dg.AssetsDefinition]:
    """Return the validation file as an asset; a month writes the file of its year."""

    @dg.asset(
        key=VALIDATION_FILE,
        description="What became of every sheet and row of the year, for the person who keeps it.",
        kinds={"json"},
        # Not the checked assets: the file is needed most when a check has failed.
        deps=[["intermediate", "audit_flagged_rows"]],
        group_name="validation",
        owners=["team:finance"],
        partitions_def=partitions,
        backfill_policy=SINGLE_RUN,
    )
    def validation_file(
        context: dg.AssetExecutionContext, workspace: dg.ResourceParam[Workspace]
    ) -> dg.MaterializeResult[Any]:
        scope = Scope.of_keys(context.partition_keys)
        with told_to_people():
            paths = [
                write_validation(workspace, entity, year)
                for entity in scope.entities
                for year in scope.years
            ]
        return dg.MaterializeResult(
            metadata={path.stem: dg.MetadataValue.path(path) for path in paths}
        )

    return [validation_file]
