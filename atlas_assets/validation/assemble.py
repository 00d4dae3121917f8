"""Assembles validation files from raw files and warehouse: what was loaded, refused and flagged.

Rows and amounts are counted and judged in SQL, not here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from glob import escape
from typing import TYPE_CHECKING, Any

from atlas_assets.configuration.tables import TABLES
from atlas_assets.documents.sql_text import sql_text
from atlas_assets.files import written_whole
from atlas_assets.validation.model import (
    Amounts,
    Finding,
    HeaderColumn,
    Reconciled,
    RefusedSheet,
    RowCounts,
    RowRange,
    Sheet,
    Spelling,
    Totals,
    UnknownWord,
    Validation,
)

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from atlas_assets.notation.strings import Strings
    from atlas_assets.sources.isolation import IsolatedSource
    from atlas_assets.sources.raw_store import RawStore
    from atlas_assets.warehouse.connection import Warehouse

Rows = list[dict[str, Any]]

# Empty stand-ins for models that have not been built yet.
_NOTHING_AUDITED = {
    "intermediate.audit_sheets": """
        (table_name VARCHAR, entity_code VARCHAR, month_key DATE, source_hash VARCHAR,
        layout_hash VARCHAR,
        rows_valid BIGINT, rows_flagged BIGINT, rows_duplicate BIGINT, amount DECIMAL(38, 2),
        amount_revenue DECIMAL(38, 2), amount_unassigned DECIMAL(38, 2),
        amount_stray DECIMAL(38, 2), amount_duplicate DECIMAL(38, 2))""",
    "intermediate.audit_flagged_rows": """
        (table_name VARCHAR, entity_code VARCHAR, month_key DATE, source_file VARCHAR,
        source_sheet VARCHAR, source_row BIGINT, source_cell VARCHAR, place VARCHAR, column_name VARCHAR,
        content VARCHAR, reason VARCHAR, severity VARCHAR, nearest VARCHAR, other VARCHAR,
        amount DECIMAL(38, 2))""",
    "intermediate.audit_spellings": """
        (entity_code VARCHAR, month_key DATE, kind VARCHAR, written VARCHAR, taken_as VARCHAR,
        row_count BIGINT)""",
    "marts.reconciliation": """
        (check_name VARCHAR, unit VARCHAR, is_blocking BOOLEAN, is_reconciled BOOLEAN,
        entity_code VARCHAR, month_key DATE, place VARCHAR, expected DECIMAL(18, 2),
        actual DECIMAL(18, 2), difference DECIMAL(18, 2))""",
}


@dataclass(frozen=True)
class ValidationWriter:
    """Writes validation files, with explanations in the language of `strings`."""

    warehouse: Warehouse
    raw_store: RawStore
    source: IsolatedSource
    strings: Strings
    output_dir: Path

    def path(self, entity: str, year: int) -> Path:
        """Return the path of an entity's validation file for a year."""
        return self.output_dir / "validation" / f"{entity}-{year}-validation.json"

    def write(self, entity: str, year: int) -> Path:
        """Write an entity's validation file for a year and return its path.

        It can be written once a warehouse exists; sheets that are loaded but not checked are marked.
        """
        with self.warehouse.reading() as connection:
            self._name_tables(connection, entity, year)
            validation = self._assemble(connection, entity, year)
        path = self.path(entity, year)
        with written_whole(path) as temporary:
            temporary.write_text(validation.model_dump_json(indent=2) + "\n", encoding="utf-8")
        return path

    def _name_tables(self, connection: duckdb.DuckDBPyConnection, entity: str, year: int) -> None:
        """Create the tables that the queries read: raw manifests, and audit models or stand-ins."""
        self.raw_store.prepare()
        raw = {
            "sheet_manifest": self.raw_store.manifests(entity, year),
            "sheet_controls": self.raw_store.controls(entity, year),
        }
        for table, paths in raw.items():
            connection.execute(
                f"CREATE TEMP TABLE {table} AS SELECT * FROM read_parquet(?)",
                [[escape(str(path)) for path in paths]],
            )
        built = connection.execute(
            "SELECT table_schema || '.' || table_name FROM information_schema.tables "
            "WHERE table_catalog = 'atlas'"
        ).fetchall()
        for table, columns in _NOTHING_AUDITED.items():
            name = table.split(".")[1]
            if (table,) in built:
                connection.execute(f"CREATE TEMP VIEW {name} AS FROM atlas.{table}")
            else:
                connection.execute(f"CREATE TEMP TABLE {name} {columns}")

    def _assemble(
        self, connection: duckdb.DuckDBPyConnection, entity: str, year: int
    ) -> Validation:
        parameters = {"entity": entity, "year": year}
        span = {"entity": entity, "first": date(year, 1, 1), "last": date(year, 12, 1)}
        findings: dict[tuple[str, str], list[Finding]] = {}
        for row in queried(connection, "findings", **span):
            findings.setdefault((row["table_name"], row["month"]), []).append(_finding(row))
        sheets = [
            _sheet(row, findings.get((row["table_name"], row["month"]), []))
            for row in queried(connection, "sheets", **parameters, tables=list(TABLES))
        ]
        unknown = queried(connection, "unknown_words", **span)
        refused = self.raw_store.refusals(entity, year)
        total = queried(connection, "totals", **parameters)[0]
        reasons = sorted({finding.reason for group in findings.values() for finding in group})
        return Validation(
            about=self.strings("validation_about"),
            entity=entity,
            year=year,
            totals=Totals(
                sheets_loaded=total["sheets_loaded"],
                sheets_refused=len(refused),
                rows=_counts(total),
                warnings=total["warnings"],
            ),
            refused=[
                RefusedSheet(table=table, month=str(month), problem=problem)
                for (table, month), problem in refused.items()
            ],
            workbook_warnings=self.source.warnings(entity, year),
            reconciliations=[
                Reconciled(**row) for row in queried(connection, "reconciliations", **parameters)
            ],
            unknown_words=[UnknownWord(**row) for row in unknown],
            spellings=[Spelling(**row) for row in queried(connection, "spellings", **parameters)],
            reasons={reason: str(self.strings.reason(reason)) for reason in reasons},
            sheets=sheets,
        )


def queried(connection: duckdb.DuckDBPyConnection, name: str, **parameters: object) -> Rows:
    """Return the rows of one of the queries next to this module."""
    return connection.execute(sql_text("validation", name), parameters).pl().to_dicts()


def _sheet(row: dict[str, Any], findings: list[Finding]) -> Sheet:
    return Sheet(
        table=row["table_name"],
        month=row["month"],
        file=row["source_file"],
        sheet=row["source_sheet"],
        status="checked" if row["is_checked"] else "loaded, not checked yet",
        header_rows=row["header_rows"],
        columns=[
            HeaderColumn(column=column["letter"], header=column["header"], name=column["name"])
            for column in row["columns"]
        ],
        rows=_counts(row),
        not_data=[
            RowRange(rows=_range(rows["first_row"], rows["last_row"]), reason=rows["reason"])
            for rows in row["not_data"]
        ],
        amounts=_amounts(row),
        warnings=row["warnings"],
        findings=findings if row["is_checked"] else [],
        hash=row["source_hash"],
        loaded_at=row["loaded_at"],
    )


def _counts(row: dict[str, Any]) -> RowCounts:
    return RowCounts(
        read=row["rows_read"],
        not_data=row["rows_not_data"],
        kept=row["rows_kept"],
        valid=row["rows_valid"],
        flagged=row["rows_flagged"],
        duplicates=row["rows_duplicate"],
    )


def _amounts(row: dict[str, Any]) -> Amounts | None:
    if row["amount"] is None:
        return None
    return Amounts(
        sheet=row["amount"],
        revenue=row["amount_revenue"],
        unassigned=row["amount_unassigned"],
        stray=row["amount_stray"],
        duplicates=row["amount_duplicate"],
    )


def _finding(row: dict[str, Any]) -> Finding:
    return Finding(
        cell=row["source_cell"],
        row=row["source_row"],
        column=row["column_name"],
        content=row["content"],
        reason=row["reason"],
        severity=row["severity"],
        nearest=row["nearest"],
        other=row["other"],
        amount=row["amount"],
    )


def _range(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"
