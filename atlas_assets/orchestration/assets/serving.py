"""The snapshot of both databases that the dashboard reads, made at the end of every build."""

from typing import Any

import dagster as dg

from atlas_assets.orchestration import keys
from atlas_assets.orchestration.conditions import FOLLOWS_EVERY_BUILD
from atlas_assets.orchestration.failures import as_dagster_failure
from atlas_assets.workspace import Workspace


def serving_assets() -> list[dg.AssetsDefinition]:
    """Return the asset of the snapshot."""

    @dg.asset(
        key=keys.SNAPSHOT,
        description=(
            "Copies of both databases under names of their own, to which the dashboard changes over in "
            "one step. Readers never wait for a build, nor stop one."
        ),
        group_name=keys.SERVING,
        kinds={"duckdb"},
        owners=[keys.DATA],
        deps=[
            dg.AssetDep(key, partition_mapping=dg.AllPartitionMapping())
            for key in (*keys.REPORTED_MARTS, keys.RECORDS)
        ],
        automation_condition=FOLLOWS_EVERY_BUILD,
    )
    def snapshot(workspace: dg.ResourceParam[Workspace]) -> dg.MaterializeResult[Any]:
        with as_dagster_failure():
            snapshots = workspace.snapshots
            snapshot = snapshots.publish(workspace.warehouse, workspace.store)
            if mirror := workspace.mirror:
                mirror.push()
        path = snapshots.marts(snapshot.build)
        return dg.MaterializeResult(
            metadata={"file": dg.MetadataValue.path(path), "bytes": path.stat().st_size}
        )

    return [snapshot]
