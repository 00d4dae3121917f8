"""What Dagster shows of raw sheets: row counts, source files with hashes, warnings, a preview."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import dagster as dg

from atlas_assets.orchestration.metadata.markdown import markdown_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from atlas_assets.periods.scope import Partition
    from atlas_assets.sources.extract import Extraction
    from atlas_assets.sources.raw_store import Loaded, RawStore

MANIFEST = "sheet_manifest"
# The key of the reason why a table was written, and its value if the table was not written.
CHANGED, NOTHING = "changed", "nothing"


def sheet_metadata(
    extraction: Extraction, tables: Sequence[str], raw_store: RawStore
) -> dict[tuple[str, Partition], dict[str, Any]]:
    """Return the metadata of each table and partition that was loaded.

    The entry of the manifest covers all tables of a partition; there is none if one was refused. The
    newest partition of each entity shows its first rows.
    """
    by_partition = extraction.by_partition
    newest = dict(sorted(by_partition))  # the last month of each entity
    metadata: dict[tuple[str, Partition], dict[str, Any]] = {}
    for (partition, items), table in product(by_partition.items(), tables):
        if table == MANIFEST:
            covered = [] if partition in extraction.refused else items
        else:
            covered = [item for item in items if item.partition.table == table]
        if covered:
            is_newest = partition.month == newest[partition.entity]
            with_preview = is_newest and table != MANIFEST
            metadata[table, partition] = _metadata(raw_store, covered, with_preview=with_preview)
    return metadata


def _metadata(raw_store: RawStore, items: list[Loaded], *, with_preview: bool) -> dict[str, Any]:
    """Return the metadata of one partition, with a preview of its first rows if asked for."""
    manifests = [item.partition.manifest for item in items if item.partition.manifest]
    rows = sum(manifest.rows_kept for manifest in manifests)
    metadata: dict[str, Any] = {
        "dagster/partition_row_count": rows,
        "bytes": sum(raw_store.size(item.partition) for item in items),
        "rows_read": sum(manifest.rows_read for manifest in manifests),
        "rows_not_data": sum(rows.count for manifest in manifests for rows in manifest.not_data),
        CHANGED: "; ".join(item.changed for item in items if item.changed) or NOTHING,
        "source": ", ".join(
            f"{m.source_file} › {m.source_sheet.strip()} › {m.source_hash[:16]}" for m in manifests
        )
        or "none",
    }
    if warnings := [warning for manifest in manifests for warning in manifest.warnings]:
        metadata["warnings"] = warnings
    if with_preview and rows:
        head = raw_store.head(items[0].partition)
        metadata["preview"] = dg.MetadataValue.md(markdown_table(head))
    return metadata
