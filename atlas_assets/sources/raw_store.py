"""The raw layer on disk: one Parquet file per table, entity and month, replaced atomically."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import polars as pl

from atlas_assets.configuration.tables import COLUMNS, TABLES
from atlas_assets.files import written_whole
from atlas_assets.periods.calendar import Month
from atlas_assets.periods.scope import Partition

if TYPE_CHECKING:
    from pathlib import Path

    from atlas_assets.configuration.tables import TableName
    from atlas_assets.sources.adapter import ControlSums, RawPartition, SheetManifest

PROVENANCE: dict[str, Any] = {
    "entity_code": pl.String,
    "month_key": pl.Date,
    "source_file": pl.String,
    "source_sheet": pl.String,
    "source_row": pl.Int64,
    "source_hash": pl.String,
    "loaded_at": pl.Datetime("us", "UTC"),
}
# What identifying cells hold that show something else: JSON by column, null if there are none.
NOT_AS_SHOWN = "not_as_shown"
MANIFEST: dict[str, Any] = {
    "table_name": pl.String,
    "entity_code": pl.String,
    "month_key": pl.Date,
    "source_file": pl.String,
    "source_sheet": pl.String,
    "source_hash": pl.String,
    "layout_hash": pl.String,
    "header_rows": pl.List(pl.Int64),
    "columns": pl.List(pl.Struct({"letter": pl.String, "header": pl.String, "name": pl.String})),
    "rows_read": pl.Int64,
    "rows_kept": pl.Int64,
    "rows_not_data": pl.Int64,
    "not_data": pl.List(
        pl.Struct({"reason": pl.String, "first_row": pl.Int64, "last_row": pl.Int64})
    ),
    "warnings": pl.List(pl.String),
    "adapter": pl.String,
    "loaded_at": pl.Datetime("us", "UTC"),
}


CONTROLS = "sheet_controls"
CONTROL: dict[str, Any] = {
    "entity_code": pl.String,
    "month_key": pl.Date,
    "source_hash": pl.String,
    "amount": pl.Decimal(18, 2),
    "stated_total": pl.Decimal(18, 2),
}


@dataclass(frozen=True)
class Loaded:
    """The outcome of loading a raw partition: `changed` is why it was written, or None if it was not."""

    partition: RawPartition
    changed: str | None


class RawStore:
    """The folder of raw Parquet files and sheet manifests."""

    def __init__(self, raw_dir: Path) -> None:
        self.raw_dir = raw_dir

    def glob(self, table: str) -> str:
        """Return the glob pattern that matches all files of a table."""
        return str(self.raw_dir / table / "**" / "*.parquet")

    def prepare(self) -> None:
        """Write an empty file per table, so that every table has all of its columns.

        Files written by an older version in another format are removed first; they can be loaded
        again from the source.
        """
        schema = self.raw_dir / "sheet_manifest" / "schema.parquet"
        if schema.exists() and pl.read_parquet_schema(schema) != MANIFEST:
            for path in self.raw_dir.rglob("*"):  # keeps the schema: a cut-off removal is repeated
                if path.is_file() and path != schema:
                    path.unlink()
        for table in TABLES:
            columns = dict.fromkeys(sorted(COLUMNS[table]), pl.String)
            empty = pl.DataFrame(schema={**PROVENANCE, **columns, NOT_AS_SHOWN: pl.String})
            with written_whole(self.raw_dir / table / "schema.parquet") as temporary:
                empty.write_parquet(temporary)
        with written_whole(schema) as temporary:
            pl.DataFrame(schema=MANIFEST).write_parquet(temporary)
        with written_whole(self.raw_dir / CONTROLS / "schema.parquet") as temporary:
            pl.DataFrame(schema=CONTROL).write_parquet(temporary)

    def note_refusal(self, table: TableName, entity: str, month: Month, problem: str) -> None:
        """Record why a sheet was refused; what was loaded from it before stays."""
        with written_whole(self._refusal_path(table, entity, month)) as temporary:
            temporary.write_text(problem, encoding="utf-8")

    def refusals(self, entity: str, year: int) -> dict[tuple[TableName, Month], str]:
        """Return why sheets of an entity's year were refused when last read."""
        return {
            (table, month): path.read_text(encoding="utf-8")
            for table in TABLES
            for number in range(1, 13)
            if (path := self._refusal_path(table, entity, month := Month(year, number))).exists()
        }

    def load(self, partition: RawPartition) -> Loaded:
        """Replace a partition, unless its sheet and its configuration are unchanged."""
        changed = self.reason_to_load(partition)
        self._refusal_path(partition.table, partition.entity, partition.month).unlink(
            missing_ok=True
        )
        if changed:
            self._write(partition, datetime.now(UTC))
        return Loaded(partition, changed)

    def reason_to_load(self, partition: RawPartition) -> str | None:
        """Return why a partition has to be written, or None if the stored one is up to date."""
        table, manifest = partition.table, partition.manifest
        path = self._manifest_path(table, partition.entity, partition.month)
        if not path.exists():
            return f"{table} not loaded yet" if manifest else None
        if manifest is None:
            return f"{table} is no longer configured"
        where = f"sheet {manifest.source_sheet!r} of {manifest.source_file}"
        if not self._data_path(table, partition.entity, partition.month).exists():
            return f"the raw file of {where} is gone"
        before = pl.read_parquet(path).row(0, named=True)
        return _difference(before, manifest, table, where)

    def is_loaded(self, table: TableName, entity: str, month: Month) -> bool:
        """Return whether a partition has been loaded."""
        return self._manifest_path(table, entity, month).exists()

    def needs_control(self, partition: RawPartition) -> bool:
        """Return whether the control sums of a `transactions` partition are missing or outdated."""
        if partition.table != "transactions" or partition.manifest is None:
            return False
        path = self._control_path(partition.entity, partition.month)
        return not path.exists() or (
            pl.read_parquet(path)["source_hash"].item() != partition.manifest.source_hash
        )

    def keep_control(self, partition: RawPartition, sums: ControlSums) -> None:
        """Store the control sums of a partition's sheet."""
        record = {
            "entity_code": partition.entity,
            "month_key": partition.month.first_day,
            "source_hash": partition.manifest.source_hash if partition.manifest else None,
            "amount": sums.amount,
            "stated_total": sums.stated_total,
        }
        path = self._control_path(partition.entity, partition.month)
        with written_whole(path) as temporary:
            pl.DataFrame([record], schema=CONTROL).write_parquet(temporary)

    def head(self, partition: RawPartition, rows: int = 5) -> pl.DataFrame:
        """Return the first rows of a loaded partition, without provenance except `source_row`."""
        path = self._data_path(partition.table, partition.entity, partition.month)
        frame = pl.scan_parquet(path).head(rows).collect()
        return frame.drop(name for name in PROVENANCE if name != "source_row")

    def partition_hashes(self) -> dict[Partition, str]:
        """Return one SHA-256 hex digest per loaded entity and month, over all of its tables."""
        if not (self.raw_dir / "sheet_manifest").exists():
            return {}
        manifests = (
            pl.read_parquet(self.glob("sheet_manifest"))
            .sort("table_name")
            .group_by("entity_code", "month_key", maintain_order=True)
            .agg(pl.concat_str("table_name", "source_hash", "layout_hash").str.join())
        )
        return {
            Partition(entity, Month.of(month)): hashlib.sha256(text.encode()).hexdigest()
            for entity, month, text in manifests.iter_rows()
        }

    def _write(self, partition: RawPartition, loaded_at: datetime) -> None:
        table, entity, month = partition.table, partition.entity, partition.month
        data, manifest_path = (
            self._data_path(table, entity, month),
            self._manifest_path(table, entity, month),
        )
        manifest = partition.manifest
        if manifest is None:
            data.unlink(missing_ok=True)  # first, so that a cut-off removal is repeated
            manifest_path.unlink()
            if table == "transactions":
                self._control_path(entity, month).unlink(missing_ok=True)
            return
        provenance = {
            "entity_code": entity,
            "month_key": month.first_day,
            "source_file": manifest.source_file,
            "source_sheet": manifest.source_sheet,
            "source_hash": manifest.source_hash,
            "loaded_at": loaded_at,
        }
        frame = partition.frame.with_columns(
            pl.lit(value, PROVENANCE[name]).alias(name) for name, value in provenance.items()
        )
        columns = [name for name in frame.columns if name not in PROVENANCE]
        with written_whole(data) as temporary:
            frame.select(*PROVENANCE, *columns).write_parquet(temporary)
        record = {**provenance, **_manifest_record(manifest), "table_name": table}
        with written_whole(manifest_path) as temporary:
            pl.DataFrame([record], schema=MANIFEST).write_parquet(temporary)

    def _data_path(self, table: TableName, entity: str, month: Month) -> Path:
        return self.raw_dir / table / entity / f"{month}.parquet"

    def _manifest_path(self, table: TableName, entity: str, month: Month) -> Path:
        return self.raw_dir / "sheet_manifest" / table / entity / f"{month}.parquet"

    def _control_path(self, entity: str, month: Month) -> Path:
        return self.raw_dir / CONTROLS / entity / f"{month}.parquet"

    def _refusal_path(self, table: TableName, entity: str, month: Month) -> Path:
        return self.raw_dir / "refused" / table / entity / f"{month}.txt"


def _difference(
    before: dict[str, Any], manifest: SheetManifest, table: TableName, where: str
) -> str | None:
    """Return how a sheet differs from the one that was loaded, or None."""
    place = (manifest.source_file, manifest.source_sheet)
    if (before["source_file"], before["source_sheet"]) != place:
        return f"{table} now comes from {where}"
    if before["source_hash"] != manifest.source_hash:
        return f"{where} changed"
    if before["layout_hash"] != manifest.layout_hash:
        return f"the configuration of {where} changed"
    return None


def _manifest_record(manifest: SheetManifest) -> dict[str, Any]:
    return {
        "adapter": manifest.adapter,
        "layout_hash": manifest.layout_hash,
        "header_rows": manifest.header_rows,
        "columns": [asdict(column) for column in manifest.columns],
        "rows_read": manifest.rows_read,
        "rows_kept": manifest.rows_kept,
        "rows_not_data": sum(rows.count for rows in manifest.not_data),
        "not_data": [asdict(rows) for rows in manifest.not_data],
        "warnings": manifest.warnings,
    }
