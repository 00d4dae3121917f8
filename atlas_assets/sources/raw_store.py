"""The raw layer on disk: one Parquet file per table, entity and month, replaced atomically."""

from __future__ import annotations

import io
import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import polars as pl

from atlas_assets.configuration.tables import COLUMNS, TABLES
from atlas_assets.files import written_whole
from atlas_assets.periods.calendar import Month
from atlas_assets.periods.scope import Partition

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from atlas_assets.configuration.tables import TableName
    from atlas_assets.sources.adapter import ControlReading, RawPartition, SheetManifest

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
    "table_form": pl.String,
    "row_form": pl.String,
    "cell_form": pl.String,
    "loaded_at": pl.Datetime("us", "UTC"),
}


MANIFESTS = "sheet_manifest"
CONTROLS = "sheet_controls"
CONTROL: dict[str, Any] = {
    "entity_code": pl.String,
    "month_key": pl.Date,
    "source_hash": pl.String,
    "layout_hash": pl.String,
    "rows": pl.List(pl.Int64),
    "amounts": pl.List(pl.Decimal(18, 2)),
    "total_rows": pl.List(pl.Int64),
    "problem": pl.String,
}
SEALS = "seals"
_DAMAGED = (
    "The raw files of this sheet are incomplete, damaged, or of an earlier version. `atlas sync` loads "
    "them again."
)
_SEALED = ("source_file", "source_sheet", "source_hash", "layout_hash")  # of the manifest
FORM = 4  # of the raw files; those of another form are loaded again


@dataclass(frozen=True)
class Loaded:
    """The outcome of loading a raw partition: `changed` is why it was written, or None if it was not."""

    partition: RawPartition
    changed: str | None

    @property
    def manifest(self) -> SheetManifest | None:
        """How the sheet was read."""
        return self.partition.manifest

    @property
    def state(self) -> str | None:
        """The state in which the source was read, if only reading it tells."""
        return self.partition.state


@dataclass(frozen=True)
class RawFiles:
    """The files of a partition by the raw tables that they are part of, and a digest of all of them."""

    table: TableName
    of: Partition
    digest: str
    paths: dict[str, Path]


class RawStore:
    """The folder of raw Parquet files and sheet manifests.

    A seal holds the hashes of a partition's files, and of the sheet they were made of. It is written
    last, so that what is cut off or damaged is noticed (`damaged`) and never used.
    """

    def __init__(self, raw_dir: Path) -> None:
        self.raw_dir = raw_dir

    @property
    def schemas(self) -> dict[str, Path]:
        """The files without rows, which have all columns, by the names of the raw tables."""
        return {name: self._schema_path(name) for name in (*TABLES, MANIFESTS, CONTROLS)}

    def files(self) -> Iterator[RawFiles]:
        """Yield the files of every partition that is not damaged, in order."""
        for table, of in self.loaded():
            if sealed := self._sound_seal(table, *of):
                paths = {
                    table: self._data_path(table, *of),
                    MANIFESTS: self._manifest_path(table, *of),
                }
                control = self._control_path(*of)
                if table == "transactions" and control.exists():
                    paths[CONTROLS] = control
                yield RawFiles(table, of, _digest(sealed), paths)

    def prepare(self) -> None:
        """Write an empty file per table where it is not there, so that every table has all of its columns."""
        schemas: dict[str, dict[str, Any]] = {MANIFESTS: MANIFEST, CONTROLS: CONTROL}
        for table in TABLES:
            texts = dict.fromkeys((*sorted(COLUMNS[table]), NOT_AS_SHOWN), pl.String)
            schemas[table] = {**PROVENANCE, **texts}
        for name, schema in schemas.items():
            empty, path = io.BytesIO(), self._schema_path(name)
            pl.DataFrame(schema=schema).write_parquet(empty)
            if not path.exists() or path.read_bytes() != empty.getvalue():
                with written_whole(path) as temporary:
                    temporary.write_bytes(empty.getvalue())

    def note_refusal(self, table: TableName, entity: str, month: Month, problem: str) -> None:
        """Record why a sheet was refused; what was loaded from it before stays."""
        with written_whole(self._refusal_path(table, entity, month)) as temporary:
            temporary.write_text(problem, encoding="utf-8")

    def refused(self) -> list[tuple[TableName, Partition]]:
        """Return the sheets that were refused when they were last read."""
        return [
            (table, Partition(path.parent.name, Month.parse(path.stem)))
            for table in TABLES
            for path in sorted((self.raw_dir / "refused" / table).glob("*/*.txt"))
        ]

    def forget_refusal(self, table: TableName, entity: str, month: Month) -> None:
        """Remove the record of why a sheet was refused, which can be read by now."""
        self._refusal_path(table, entity, month).unlink(missing_ok=True)

    def refusals(self, entity: str, year: int) -> dict[tuple[TableName, Month], str]:
        """Return why sheets of an entity's year were refused when last read, or are damaged since."""
        damaged: dict[tuple[TableName, Month], str] = {
            (table, of.month): _DAMAGED
            for table, of in self.loaded()
            if (of.entity, of.month.year) == (entity, year) and self.is_damaged(table, *of)
        }
        refused: dict[tuple[TableName, Month], str] = {
            (table, month): path.read_text(encoding="utf-8")
            for table in TABLES
            for number in range(1, 13)
            if (path := self._refusal_path(table, entity, month := Month(year, number))).exists()
        }
        return damaged | refused

    def manifests(self, entity: str, year: int) -> list[Path]:
        """Return the manifests of an entity's year that are not damaged, and one without rows."""
        found = [self._manifest_path(table, *of) for table, of in self._sound(entity, year)]
        return [self._schema_path(MANIFESTS), *found]

    def controls(self, entity: str, year: int) -> list[Path]:
        """Return the second readings of an entity's year that are not damaged, and one without rows."""
        found = [
            path
            for table, of in self._sound(entity, year)
            if table == "transactions" and (path := self._control_path(*of)).exists()
        ]
        return [self._schema_path(CONTROLS), *found]

    def load(self, partition: RawPartition, control: ControlReading | None = None) -> Loaded:
        """Replace a partition, unless its sheet and its configuration are unchanged.

        `control` is the second reading of a `transactions` sheet, if it is needed (`needs_control`).
        """
        of = (partition.table, partition.entity, partition.month)
        changed = self.reason_to_load(partition)
        self._refusal_path(*of).unlink(missing_ok=True)
        if changed and partition.manifest is None:
            self.forget(*of)
        if partition.manifest and changed:
            self._write(partition, partition.manifest, datetime.now(UTC))
        if partition.manifest and control:
            self._write_control(partition, partition.manifest, control)
        if partition.manifest and (changed or control):
            self._seal(*of, partition.manifest)
        return Loaded(partition, changed)

    def reason_to_load(self, partition: RawPartition) -> str | None:
        """Return why a partition has to be written, or None if the stored one is up to date."""
        table, manifest = partition.table, partition.manifest
        of = (table, partition.entity, partition.month)
        if not self.is_loaded(*of):
            return f"{table} not loaded yet" if manifest else None
        if manifest is None:
            return f"{table} is no longer configured"
        where = manifest.place
        sealed = self._sound_seal(*of)
        if sealed is None:
            return f"the raw files of {where} are incomplete, damaged, or of an earlier version"
        return _difference(sealed, manifest, table, where)

    def is_loaded(self, table: TableName, entity: str, month: Month) -> bool:
        """Return whether a partition has been loaded, be it damaged or not."""
        return any(path.exists() for path in self._paths(table, entity, month))

    def is_damaged(self, table: TableName, entity: str, month: Month) -> bool:
        """Return whether the files of a partition are not those that were written last.

        What cannot be read counts as damaged: loading it again says what is wrong with it.
        """
        return self._sound_seal(table, entity, month) is None

    def _sound_seal(self, table: TableName, entity: str, month: Month) -> dict[str, Any] | None:
        """Return the seal of a partition, or None if it is damaged."""
        try:
            sealed = self._sealed(table, entity, month)
            is_sound = sealed["form"] == FORM and sealed["files"] == self._hashes(
                table, entity, month
            )
        except (OSError, ValueError):
            return None
        return sealed if is_sound else None

    def loaded(self) -> list[tuple[TableName, Partition]]:
        """Return every table and partition that has been loaded, be it damaged or not."""
        found: set[tuple[TableName, Partition]] = {
            (table, Partition(path.parent.name, Month.parse(path.stem)))
            for table in TABLES
            for folder in (table, f"{MANIFESTS}/{table}", f"{SEALS}/{table}")
            for path in (self.raw_dir / folder).glob("*/*.*")
            if not path.name.startswith(".")
        }
        return sorted(found, key=lambda item: (item[1], TABLES.index(item[0])))

    def damaged(self) -> list[tuple[TableName, Partition]]:
        """Return the tables and partitions whose files are not those that were written last."""
        return [(table, of) for table, of in self.loaded() if self.is_damaged(table, *of)]

    def _sound(self, entity: str, year: int) -> list[tuple[TableName, Partition]]:
        return [
            (table, of)
            for table, of in self.loaded()
            if (of.entity, of.month.year) == (entity, year) and not self.is_damaged(table, *of)
        ]

    def forget(self, table: TableName, entity: str, month: Month) -> None:
        """Remove a partition; its seal goes last, so that a cut-off removal is noticed."""
        for path in self._paths(table, entity, month):
            path.unlink(missing_ok=True)
        self._refusal_path(table, entity, month).unlink(missing_ok=True)

    def needs_control(self, partition: RawPartition) -> bool:
        """Return whether the second reading of a `transactions` partition is missing or outdated."""
        of = (partition.table, partition.entity, partition.month)
        if partition.table != "transactions" or partition.manifest is None:
            return False
        path = self._control_path(partition.entity, partition.month)
        if not path.exists() or self.is_damaged(*of):
            return True
        stored = pl.read_parquet(path, glob=False, columns=["source_hash", "layout_hash"]).row(0)
        return stored != (partition.manifest.source_hash, partition.manifest.layout_hash)

    def head(self, partition: RawPartition, rows: int = 5) -> pl.DataFrame:
        """Return the first rows of a loaded partition, without provenance except `source_row`."""
        path = self._data_path(partition.table, partition.entity, partition.month)
        frame = pl.scan_parquet(path, glob=False).head(rows).collect()
        return frame.drop(name for name in PROVENANCE if name != "source_row")

    def size(self, partition: RawPartition) -> int:
        """Return the bytes of a loaded partition's data."""
        path = self._data_path(partition.table, partition.entity, partition.month)
        return path.stat().st_size if path.exists() else 0

    def partition_hashes(self) -> dict[Partition, str]:
        """Return one SHA-256 hex digest per loaded entity and month, over all of its tables.

        A table whose files are damaged counts as not loaded.
        """
        texts: dict[Partition, str] = {}
        for table, partition in sorted(self.loaded()):
            if sealed := self._sound_seal(table, *partition):
                text = f"{table}{sealed['source_hash']}{sealed['layout_hash']}"
                texts[partition] = texts.get(partition, "") + text
        return {of: sha256(text.encode()).hexdigest() for of, text in texts.items()}

    def _write(self, partition: RawPartition, manifest: SheetManifest, loaded_at: datetime) -> None:
        table, entity, month = partition.table, partition.entity, partition.month
        data, manifest_path, *_ = self._paths(table, entity, month)
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

    def _write_control(
        self, partition: RawPartition, manifest: SheetManifest, control: ControlReading
    ) -> None:
        record = {
            "entity_code": partition.entity,
            "month_key": partition.month.first_day,
            "source_hash": manifest.source_hash,
            "layout_hash": manifest.layout_hash,
            "rows": [amount.row for amount in control.amounts],
            "amounts": [amount.amount for amount in control.amounts],
            "total_rows": [amount.row for amount in control.amounts if amount.is_total],
            "problem": control.problem,
        }
        with written_whole(self._control_path(partition.entity, partition.month)) as temporary:
            pl.DataFrame([record], schema=CONTROL).write_parquet(temporary)

    def _seal(self, table: TableName, entity: str, month: Month, manifest: SheetManifest) -> None:
        seal = {
            "form": FORM,
            "files": self._hashes(table, entity, month),
            **{name: getattr(manifest, name) for name in _SEALED},
        }
        with written_whole(self._seal_path(table, entity, month)) as temporary:
            temporary.write_text(json.dumps({**seal, "self": _digest(seal)}), encoding="utf-8")

    def _sealed(self, table: TableName, entity: str, month: Month) -> dict[str, Any]:
        """Return the seal of a partition. Raises OSError or ValueError if it is not whole."""
        seal = json.loads(self._seal_path(table, entity, month).read_bytes())
        if not isinstance(seal, dict) or seal.pop("self", None) != _digest(seal):
            raise ValueError("the seal is damaged")
        return seal

    def _hashes(self, table: TableName, entity: str, month: Month) -> dict[str, str]:
        """Return the hashes of the files of a partition, by folder."""
        *files, _seal = self._paths(table, entity, month)
        return {
            path.relative_to(self.raw_dir).parts[0]: sha256(path.read_bytes()).hexdigest()
            for path in files
            if path.exists()
        }

    def _paths(self, table: TableName, entity: str, month: Month) -> list[Path]:
        """Return the files of a partition: data, manifest, second reading if it has one, and seal."""
        return [
            self._data_path(table, entity, month),
            self._manifest_path(table, entity, month),
            *([self._control_path(entity, month)] if table == "transactions" else []),
            self._seal_path(table, entity, month),
        ]

    def _schema_path(self, table: str) -> Path:
        return self.raw_dir / table / "schema.parquet"

    def _data_path(self, table: TableName, entity: str, month: Month) -> Path:
        return self.raw_dir / f"{table}/{entity}/{month}.parquet"

    def _manifest_path(self, table: TableName, entity: str, month: Month) -> Path:
        return self.raw_dir / f"{MANIFESTS}/{table}/{entity}/{month}.parquet"

    def _seal_path(self, table: TableName, entity: str, month: Month) -> Path:
        return self.raw_dir / f"{SEALS}/{table}/{entity}/{month}.json"

    def _control_path(self, entity: str, month: Month) -> Path:
        return self.raw_dir / f"{CONTROLS}/{entity}/{month}.parquet"

    def _refusal_path(self, table: TableName, entity: str, month: Month) -> Path:
        return self.raw_dir / f"refused/{table}/{entity}/{month}.txt"


def _digest(seal: dict[str, Any]) -> str:
    return sha256(json.dumps(seal, sort_keys=True).encode()).hexdigest()


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
        "table_form": manifest.forms.table,
        "row_form": manifest.forms.row,
        "cell_form": manifest.forms.cell,
    }
