"""dbt's models as assets and its tests as asset checks."""

import contextlib
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import (
    DagsterDbtTranslator,
    DagsterDbtTranslatorSettings,
    DbtProject,
    build_dbt_asset_selection,
    dbt_assets,
)

from atlas_assets.errors import SourceError
from atlas_assets.orchestration import keys
from atlas_assets.orchestration.dagster_internals import describe_partitions, last_described
from atlas_assets.orchestration.failures import as_dagster_failure
from atlas_assets.orchestration.metadata.fact_versions import FactVersions
from atlas_assets.orchestration.metadata.model_metadata import model_metadata
from atlas_assets.orchestration.metadata.test_description import test_description
from atlas_assets.orchestration.partitions import SINGLE_RUN
from atlas_assets.orchestration.resources import WarehouseResource
from atlas_assets.periods.scope import Scope
from atlas_assets.settings import DBT_PROJECT_DIR
from atlas_assets.sources.upkeep import keep_up
from atlas_assets.warehouse.dbt_runner import NodeResult, refuse_failed
from atlas_assets.warehouse.transform import Transformation, transform
from atlas_assets.workspace import Workspace

UNIQUE_ID = "dagster_dbt/unique_id"


class _Translator(DagsterDbtTranslator):
    """Groups models by their layer, takes their owners from dbt, and describes tests in words."""

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        return dbt_resource_props["fqn"][1]

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> list[str]:
        group = dbt_resource_props.get("group") or {"name": "data"}  # sources have none
        return [f"team:{group['name']}"]

    def get_asset_check_spec(
        self,
        asset_spec: dg.AssetSpec,
        manifest: Mapping[str, Any],
        unique_id: str,
        project: DbtProject | None,
    ) -> dg.AssetCheckSpec | None:
        spec = super().get_asset_check_spec(asset_spec, manifest, unique_id, project)
        return spec and spec._replace(description=test_description(manifest["nodes"][unique_id]))


def model_assets(
    manifest: Path, partitions: dg.MultiPartitionsDefinition
) -> list[dg.AssetsDefinition]:
    """Return all dbt models as one step, so that a run calls dbt once."""

    @dbt_assets(
        manifest=manifest,
        name="dbt_models",
        partitions_def=partitions,
        backfill_policy=SINGLE_RUN,
        dagster_dbt_translator=_Translator(
            DagsterDbtTranslatorSettings(enable_code_references=True)
        ),
        project=DbtProject(DBT_PROJECT_DIR),
    )
    def dbt_models(
        context: dg.AssetExecutionContext,
        workspace: dg.ResourceParam[Workspace],
        duckdb: WarehouseResource,
    ) -> Iterator[dg.MaterializeResult[Any] | dg.AssetCheckResult]:
        scope = Scope.of_keys(context.partition_keys)
        with as_dagster_failure():
            with workspace.ledger.stage("transform", scope, context.run.run_id) as stage:
                _keep_up(context, workspace, scope)
                transformation = transform(workspace.dbt, scope, _selection(context))
                stage.problems = transformation.problems
                stage.source_hashes = transformation.source_hashes
            yield from _materializations(context, duckdb, transformation)
            checks = _checks(context)
            for result in transformation.results:
                if result.unique_id in checks and not result.skipped:
                    yield _check_result(checks[result.unique_id], result)
            # A failed test that is a check stops the run by itself.
            refuse_failed([r for r in transformation.failed if r.unique_id not in checks])

    return [dbt_models]


def _keep_up(context: dg.AssetExecutionContext, workspace: Workspace, scope: Scope) -> None:
    """Bring the raw files in line with the source. Raises SourceError for what an entity has lost."""
    upkeep = keep_up(workspace.source, workspace.raw_store, scope.entities)
    for entity in scope.entities:
        for note in upkeep.notes.get(entity, []):
            context.log.warning(note)
    for of, problems in upkeep.refused.items():
        if of.entity in scope.entities:
            raise SourceError("\n".join(problems))


def _selection(context: dg.AssetExecutionContext) -> list[str]:
    """Return the names of the models that the run builds; empty if it builds all."""
    return [name.split(".")[-1] for name in _models(context)] if context.is_subset else []


def _models(context: dg.AssetExecutionContext) -> dict[str, dg.AssetKey]:
    return {
        spec.metadata[UNIQUE_ID]: spec.key
        for spec in context.assets_def.specs
        if spec.key in context.selected_asset_keys
    }


def _checks(context: dg.AssetExecutionContext) -> dict[str, dg.AssetCheckKey]:
    return {
        spec.metadata[UNIQUE_ID]: spec.key
        for spec in context.assets_def.check_specs
        if spec.key in context.selected_asset_check_keys
    }


def _materializations(
    context: dg.AssetExecutionContext, duckdb: WarehouseResource, transformation: Transformation
) -> Iterator[dg.MaterializeResult[Any]]:
    """Report the models that were built, and the partitions outside the scope that they changed."""
    models = _models(context)
    built = {
        models[result.unique_id]: result
        for result in transformation.results
        if result.unique_id in models and result.passed
    }
    facts = FactVersions(transformation)
    with duckdb.reading() as connection:
        metadata_of = model_metadata(connection, built, transformation.scope)
    of_partitions = {
        (key, partition): values
        for key, metadata in metadata_of.items()
        for partition, values in metadata.of_partitions.items()
    }
    for key, metadata in metadata_of.items():
        of_partitions[key, last_described(context, key)] |= metadata.lineage
    describe_partitions(context, of_partitions)
    for key, metadata in metadata_of.items():
        yield dg.MaterializeResult(
            asset_key=key,
            metadata=metadata.of_run,
            data_version=facts.version(key.path[-1]),
        )
        for event in facts.changed_elsewhere(key):
            context.log_event(event)


def selected_models(definitions: dg.Definitions, selection: str) -> list[dg.AssetKey]:
    """Return the assets of the models that dbt's `--select` would choose."""
    models = definitions.resolve_assets_def(keys.mart("mart_revenue"))
    with contextlib.redirect_stdout(sys.stderr):  # dbt prints what it does not find
        chosen = build_dbt_asset_selection([models], dbt_select=selection)
        return sorted(chosen.resolve(definitions.resolve_asset_graph()))


def _check_result(key: dg.AssetCheckKey, result: NodeResult) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=key.asset_key,
        check_name=key.name,
        passed=result.passed,
        metadata={"failing_rows": result.failures, "message": result.message or "passed"},
    )
