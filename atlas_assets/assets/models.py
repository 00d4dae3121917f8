"""dbt's models as assets and its tests as asset checks."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, dbt_assets

from atlas_assets.assets.facts import Facts
from atlas_assets.failures import told_to_people
from atlas_assets.markdown import markdown_table
from atlas_assets.partitions import SINGLE_RUN
from atlas_assets.scope import Scope
from atlas_assets.staleness import fact_digests
from atlas_assets.transform import NodeResult, Transform, refuse_failed
from atlas_assets.workspace import Workspace

UNIQUE_ID = "dagster_dbt/unique_id"


class _Translator(DagsterDbtTranslator):
    """Groups models by their layer; who owns them in dbt, owns them here."""

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        return dbt_resource_props["fqn"][1]

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> list[str]:
        return [f"team:{dbt_resource_props.get('group', 'data')}"]


def model_assets(
    manifest: Path, partitions: dg.MultiPartitionsDefinition
) -> list[dg.AssetsDefinition]:
    """Return all dbt models as one step, so that one run calls dbt once."""

    @dbt_assets(
        manifest=manifest,
        name="dbt_models",
        partitions_def=partitions,
        backfill_policy=SINGLE_RUN,
        dagster_dbt_translator=_Translator(),
    )
    def dbt_models(
        context: dg.AssetExecutionContext, workspace: dg.ResourceParam[Workspace]
    ) -> Iterator[dg.MaterializeResult[Any] | dg.AssetCheckResult]:
        scope = Scope.of_keys(context.partition_keys)
        definition = context.assets_def
        models = {
            spec.metadata[UNIQUE_ID]: spec.key
            for spec in definition.specs
            if spec.key in context.selected_asset_keys
        }
        checks = {
            spec.metadata[UNIQUE_ID]: spec.key
            for spec in definition.check_specs
            if spec.key in context.selected_asset_check_keys
        }
        names = [unique_id.split(".")[-1] for unique_id in models] if context.is_subset else []
        with told_to_people():
            facts_before = fact_digests(workspace)
            with workspace.runs.stage("transform", scope, context.run_id) as stage:
                results = Transform(workspace.settings).build(
                    workspace.warehouse, workspace.raw_store, workspace.configuration, scope, names
                )
                stage.source_hashes.update(workspace.raw_store.partition_hashes())
                failed = [result for result in results if result.failed]
                if failed:
                    told = "; ".join(result.message for result in failed)
                    stage.problems = dict.fromkeys(scope.partitions, told)
            facts = Facts(facts_before, fact_digests(workspace), scope)
            for result in results:
                if result.unique_id in models and result.passed:
                    key = models[result.unique_id]
                    yield dg.MaterializeResult(
                        asset_key=key,
                        metadata=_metadata(workspace, key, result, scope),
                        data_version=facts.version(key.path[-1]),
                    )
                    for event in facts.changed_elsewhere(key):
                        context.log_event(event)
            for result in results:
                if result.unique_id in checks and not result.skipped:
                    yield _check_result(checks[result.unique_id], result)
            # A failed test stops the run as the check that it is.
            refuse_failed([result for result in failed if result.unique_id not in checks])

    return [dbt_models]


def _metadata(
    workspace: Workspace, key: dg.AssetKey, result: NodeResult, scope: Scope
) -> dict[str, Any]:
    """Return rows, and a preview where one partition is shown alone.

    Views are not counted: that would compute them again.
    """
    metadata: dict[str, Any] = {"seconds": round(result.seconds, 3)}
    schema, table = key.path[-2:]
    if schema != "staging":
        with workspace.warehouse.connect() as connection:
            counted = connection.execute(f"SELECT count(*) FROM {schema}.{table}").fetchone()
            metadata["dagster/row_count"] = counted[0] if counted else 0
            if len(scope.partitions) == 1:
                head = connection.sql(f"SELECT * FROM {schema}.{table} ORDER BY ALL LIMIT 5").pl()
                metadata["preview"] = dg.MetadataValue.md(markdown_table(head))
    return metadata


def _check_result(key: dg.AssetCheckKey, result: NodeResult) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=key.asset_key,
        check_name=key.name,
        passed=result.passed,
        metadata={"failing_rows": result.failures, "message": result.message or "passed"},
    )
