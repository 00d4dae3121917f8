"""Raw sheets: one asset per table, all read by one step, so that a workbook is opened once."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import dagster as dg

from atlas_assets.orchestration.failures import told_to_people
from atlas_assets.orchestration.metadata.markdown import markdown_table
from atlas_assets.orchestration.partitions import SINGLE_RUN
from atlas_assets.periods.scope import Scope, partition_key
from atlas_assets.sources.extract import Extraction, extract
from atlas_assets.sources.raw_store import Loaded
from atlas_assets.validation.assemble import write_validation
from atlas_assets.workspace import Workspace

MANIFEST = "sheet_manifest"
DESCRIPTIONS = {
    "transactions": "Receipt lines of the evaluation workbooks' month sheets, cell by cell.",
    "students": "Registrations of the student workbooks' month sheets, cell by cell.",
    "organizations": "Schools of the student workbooks' reference sheet; a year's sheet stands in January.",
    "targets": "Targets by unit, program and month, in long form.",
    "marketing_activity": "Marketing activities of the evaluation workbooks' recap sheets.",
    MANIFEST: "How each sheet was read and what became of its rows.",
}
# `source/config/registry.yaml` as tables, written whenever models are built.
REGISTRY = {
    "registry_units": "Units of each entity, from the registry.",
    "registry_channels": "Marketing channels, from the registry.",
    "registry_words": "How the sheets write what the registry knows.",
    "registry_program_units": "Rules that tell units apart which share a word, from the registry.",
    "registry_rules": "Limits and patterns, from the registry.",
}


def raw_assets(
    partitions: dg.MultiPartitionsDefinition,
) -> list[dg.AssetsDefinition | dg.AssetSpec]:
    """Return the raw assets, and the registry as the source that it is."""

    @dg.multi_asset(
        name="raw_sheets",
        specs=[
            dg.AssetSpec(
                ["raw", table],
                description=description,
                group_name="raw",
                kinds={"excel", "parquet"},
                owners=["team:finance"],
                partitions_def=partitions,
                skippable=True,
            )
            for table, description in DESCRIPTIONS.items()
        ],
        backfill_policy=SINGLE_RUN,
        can_subset=True,
    )
    def raw_sheets(
        context: dg.AssetExecutionContext, workspace: dg.ResourceParam[Workspace]
    ) -> Iterator[dg.MaterializeResult[Any]]:
        scope = Scope.of_keys(context.partition_keys)
        tables = sorted(key.path[-1] for key in context.selected_asset_keys)
        with told_to_people():
            extraction = extract(workspace, scope, context.run.run_id)
        by_partition = _by_partition(extraction.loaded)
        for entity, year in product(scope.entities, scope.years):
            for warning in workspace.source.warnings(entity, year):
                context.log.warning(warning)
        metadata = {
            (table, key): _metadata(
                workspace,
                [item for item in items if table in {MANIFEST, item.partition.table}],
                with_preview=len(by_partition) == 1 and table != MANIFEST,
            )
            for key, items in by_partition.items()
            for table in tables
        }
        if extraction.problems:
            for entity, year in product(scope.entities, scope.years):
                write_validation(workspace, entity, year)
            _record_loaded(context, extraction, metadata)
            raise dg.Failure("\n".join(extraction.problems), allow_retries=False)
        for (table, key), values in metadata.items():
            context.add_asset_metadata(values, asset_key=["raw", table], partition_key=key)
        for table in tables:
            yield dg.MaterializeResult(asset_key=["raw", table])

    registry = [
        dg.AssetSpec(
            ["raw", table],
            description=description,
            group_name="raw",
            kinds={"yaml"},
            owners=["team:finance"],
        )
        for table, description in REGISTRY.items()
    ]
    return [raw_sheets, *registry]


def _record_loaded(
    context: dg.AssetExecutionContext,
    extraction: Extraction,
    metadata: dict[tuple[str, str], dict[str, Any]],
) -> None:
    """Record the sheets that were loaded beside refused ones, before the step fails."""
    refused = {partition_key(entity, month) for entity, month in extraction.refused}
    for (table, key), values in metadata.items():
        if key not in refused:
            context.log_event(
                dg.AssetMaterialization(["raw", table], partition=key, metadata=values)
            )


def _by_partition(loaded: list[Loaded]) -> dict[str, list[Loaded]]:
    """Return what was loaded by partition key, in the order of the tables."""
    grouped: dict[str, list[Loaded]] = {}
    for item in loaded:
        key = partition_key(item.partition.entity, item.partition.month)
        grouped.setdefault(key, []).append(item)
    return grouped


def _metadata(workspace: Workspace, items: list[Loaded], *, with_preview: bool) -> dict[str, Any]:
    """Return what a person wants to know of one partition; a preview only where it is shown alone."""
    manifests = [item.partition.manifest for item in items if item.partition.manifest]
    rows = sum(manifest.rows_kept for manifest in manifests)
    metadata: dict[str, Any] = {
        "dagster/partition_row_count": rows,
        "rows_read": sum(manifest.rows_read for manifest in manifests),
        "rows_not_data": sum(rows.count for manifest in manifests for rows in manifest.not_data),
        "changed": "; ".join(item.changed for item in items if item.changed) or "nothing",
        "source": ", ".join(
            f"{m.source_file} › {m.source_sheet.strip()} › {m.source_hash[:16]}" for m in manifests
        )
        or "none",
    }
    if warnings := [warning for manifest in manifests for warning in manifest.warnings]:
        metadata["warnings"] = warnings
    if with_preview and rows:
        head = workspace.raw_store.head(items[0].partition)
        metadata["preview"] = dg.MetadataValue.md(markdown_table(head))
    return metadata
