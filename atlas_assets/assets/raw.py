"""Raw sheets: one asset per table, all read by one step, so that a workbook is opened once."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import dagster as dg

from atlas_assets.failures import told_to_people
from atlas_assets.markdown import markdown_rows, markdown_table
from atlas_assets.partitions import SINGLE_RUN
from atlas_assets.registry import TABLES
from atlas_assets.scope import Scope, partition_key
from atlas_assets.sources.extract import extract
from atlas_assets.sources.raw_store import Loaded
from atlas_assets.workspace import Workspace

DESCRIPTIONS = {
    "transactions": "Receipt lines of the evaluation workbooks' month sheets, cell by cell.",
    "students": "Registrations of the student workbooks' month sheets, cell by cell.",
    "organizations": "Schools of the student workbooks' reference sheet; a year's sheet stands in January.",
    "targets": "Targets by unit, program and month, in long form.",
    "marketing_activity": "Marketing activities of the evaluation workbooks' recap sheets.",
    "sheet_manifest": "How each sheet was read and what became of its rows.",
}
# `source/config/registry.yaml` as tables, written whenever models are built.
REGISTRY = {
    "registry_units": "Units of each entity, from the registry.",
    "registry_channels": "Marketing channels, from the registry.",
    "registry_words": "How the sheets write what the registry knows.",
    "registry_program_units": "Rules that tell units apart which share a word, from the registry.",
    "registry_rules": "Limits and patterns, from the registry.",
}


def raw_assets(partitions: dg.MultiPartitionsDefinition) -> list[dg.AssetsDefinition | dg.AssetSpec]:
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
    ) -> Iterator[dg.MaterializeResult]:
        scope = Scope.of_keys(context.partition_keys)
        with told_to_people():
            loaded = extract(workspace, scope, context.run_id)
            by_table: dict[str, list[Loaded]] = defaultdict(list)
            for item in loaded:
                by_table[item.partition.table].append(item)
            for table in sorted(key.path[-1] for key in context.selected_asset_keys):
                items = by_table[table] if table in TABLES else loaded
                for item in items if table in TABLES else ():
                    context.add_asset_metadata(
                        {"dagster/partition_row_count": item.partition.frame.height},
                        asset_key=["raw", table],
                        partition_key=partition_key(item.partition.entity, item.partition.month),
                    )
                yield dg.MaterializeResult(asset_key=["raw", table], metadata=_metadata(table, items))

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


def _metadata(table: str, items: list[Loaded]) -> dict[str, Any]:
    manifests = [item.partition.manifest for item in items if item.partition.manifest]
    sources = sorted({(m.source_file, m.source_sheet.strip(), m.source_hash[:16]) for m in manifests})
    metadata: dict[str, Any] = {
        "rows": sum(m.rows_kept for m in manifests),
        "rows_not_data": sum(len(m.not_data) for m in manifests),
        "sheets": len(manifests),
        "changed": [item.changed for item in items if item.changed] or "nothing",
        "warnings": sum(len(m.warnings) for m in manifests),
        "sources": dg.MetadataValue.md(markdown_rows(["file", "sheet", "content hash"], sources)),
    }
    frames = [item.partition.frame for item in items if item.partition.frame.height]
    if table in TABLES and frames:
        metadata["preview"] = dg.MetadataValue.md(markdown_table(frames[-1].head(5)))
    return metadata
