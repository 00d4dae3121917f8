"""Raw sheets: one asset per table, all read in one step, so that a workbook is opened once."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from atlas_assets.orchestration import keys
from atlas_assets.orchestration.dagster_internals import describe_partitions
from atlas_assets.orchestration.failures import as_dagster_failure
from atlas_assets.orchestration.metadata.sheet_metadata import MANIFEST, sheet_metadata
from atlas_assets.orchestration.partitions import SINGLE_RUN
from atlas_assets.periods.scope import Partition, Scope
from atlas_assets.sources.extract import extract
from atlas_assets.workspace import Workspace

_DESCRIPTIONS = {
    "transactions": "Receipt lines of the evaluation workbooks' month sheets, cell by cell.",
    "students": "Registrations of the student workbooks' month sheets, cell by cell.",
    "organizations": "Schools of the student workbooks' reference sheet; the sheet of a year belongs to January.",
    "targets": "Targets by unit, program and month, in long form.",
    "marketing_activity": "Marketing activities of the evaluation workbooks' recap sheets.",
    MANIFEST: "How each sheet was read and what became of its rows.",
}
# `source/config/registry.yaml` as tables, written whenever models are built.
_REGISTRY = {
    "registry_units": "Units of each entity, from the registry.",
    "registry_channels": "Marketing channels, from the registry.",
    "registry_words": "The spellings of words in the sheets, from the registry.",
    "registry_program_units": "Rules that tell apart units that share a word, from the registry.",
    "registry_rules": "Limits and patterns, from the registry.",
}

_TableMetadata = dict[tuple[str, Partition], dict[str, Any]]


def raw_assets(
    partitions: dg.MultiPartitionsDefinition,
) -> list[dg.AssetsDefinition | dg.AssetSpec]:
    """Return the raw assets; what is written with them, and the registry's tables, are external assets."""

    @dg.multi_asset(
        name="raw_sheets",
        specs=[
            _spec(table, text, {"excel", "parquet"}, partitions_def=partitions, skippable=True)
            for table, text in _DESCRIPTIONS.items()
        ],
        backfill_policy=SINGLE_RUN,
        can_subset=True,
    )
    def raw_sheets(
        context: dg.AssetExecutionContext, workspace: dg.ResourceParam[Workspace]
    ) -> Iterator[dg.MaterializeResult[Any]]:
        scope = Scope.of_keys(context.partition_keys)
        tables = sorted(key.path[-1] for key in context.selected_asset_keys)
        with (
            as_dagster_failure(),
            workspace.ledger.stage("extract", scope, context.run.run_id) as stage,
        ):
            extraction = extract(workspace.source, workspace.raw_store, scope)
            stage.row_counts = extraction.row_counts
            stage.source_hashes = workspace.raw_store.partition_hashes()
            stage.problems = {key: "\n".join(texts) for key, texts in extraction.refused.items()}
        _log_warnings(context, workspace, scope, extraction.notes)
        metadata = sheet_metadata(extraction, tables, workspace.raw_store)
        if extraction.problems:
            for entity, year in scope.entity_years:
                workspace.validation.write(entity, year)
            _log_loaded(context, metadata)
            raise dg.Failure("\n".join(extraction.problems), allow_retries=False)
        values = {(keys.raw(table), of.key): shown for (table, of), shown in metadata.items()}
        describe_partitions(context, values)
        for table in tables:
            yield dg.MaterializeResult(asset_key=keys.raw(table))

    return [raw_sheets, *_external(partitions)]


def _external(partitions: dg.MultiPartitionsDefinition) -> Iterator[dg.AssetSpec]:
    yield _spec(
        "sheet_controls",
        "The amounts of each transactions sheet, read again by another reader while it is loaded.",
        {"parquet"},
        partitions_def=partitions,
        deps=[keys.raw("transactions")],
    )
    for table, text in _REGISTRY.items():
        yield _spec(table, text, {"yaml"})


def _spec(table: str, description: str, kinds: set[str], **options: Any) -> dg.AssetSpec:
    return dg.AssetSpec(
        keys.raw(table),
        description=description,
        group_name=keys.RAW,
        kinds=kinds,
        owners=[keys.FINANCE],
        **options,
    )


def _log_warnings(
    context: dg.AssetExecutionContext, workspace: Workspace, scope: Scope, notes: list[str]
) -> None:
    for note in notes:
        context.log.warning(note)
    for entity, year in scope.entity_years:
        for warning in workspace.source.warnings(entity, year):
            context.log.warning(warning)


def _log_loaded(context: dg.AssetExecutionContext, metadata: _TableMetadata) -> None:
    """Record the sheets that were loaded despite refused ones, before the step fails."""
    for (table, partition), values in metadata.items():
        context.log_event(
            dg.AssetMaterialization(keys.raw(table), partition=partition.key, metadata=values)
        )
