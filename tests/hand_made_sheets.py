"""Sheets made of a few rows, put straight into the raw store, and the models built on them."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl
from conftest import CONFIG_DIR, Installation

from atlas_assets.periods.calendar import Month
from atlas_assets.sources.adapter import (
    ControlAmount,
    ControlReading,
    RawPartition,
    SheetColumn,
    SheetManifest,
)
from atlas_assets.warehouse.provenance import input_hashes

if TYPE_CHECKING:
    from pathlib import Path

    from atlas_assets.periods.scope import Scope
    from atlas_assets.workspace import Workspace

# More than a year from the first to the last, so that every customer type occurs.
MONTHS = [Month(2024, 12), Month(2025, 1), Month(2025, 12), Month(2026, 1), Month(2026, 2)]
UNITS = {"IONS": ["TM", "REAL"], "EPN": ["BIMBEL", "PRIVAT"]}
MARTS = [
    *("mart_revenue", "mart_program_progress", "mart_channel_marketing", "mart_school_progress"),
    *("mart_students", "mart_targets", "built_months", "reconciliation"),
]
_TEXTS = [
    *("row_number", "transaction_date", "receipt_number", "student_name", "unit", "product_name"),
    *("intake", "organization_name", "channel", "payment_pattern", "amount"),
]


@dataclass(frozen=True)
class Line:
    """A receipt line: the unit by its position in `UNITS`, the date in days from the month's first,
    the amount in thousands of rupiah.
    """

    student: str
    unit: int = 0
    days: int = 0
    receipt: str | None = None
    program: str = "Regular"
    intake: str = "2025-12-01"
    school: str = "SMA 1"
    channel: str = "Website"
    amount: int = 1


@dataclass(frozen=True)
class Sheet:
    """A month's sheet is loaded, corrected, or comes late: from now on it has these lines."""

    entity: str
    month: Month
    lines: list[Line] = field(default_factory=list)


def load(workspace: Workspace, sheet: Sheet) -> None:
    """Put a sheet into the raw store, with its control sums."""
    frame = pl.DataFrame(
        [
            {
                "source_row": position,
                "row_number": str(position),
                "transaction_date": str(sheet.month.first_day + timedelta(days=line.days)),
                "receipt_number": line.receipt,
                "student_name": line.student,
                "unit": UNITS[sheet.entity][line.unit],
                "product_name": line.program,
                "intake": line.intake,
                "organization_name": line.school,
                "channel": line.channel,
                "payment_pattern": "LUNAS",
                "amount": str(line.amount * 1000),
            }
            for position, line in enumerate(sheet.lines, start=7)
        ],
        schema={"source_row": pl.Int64, **dict.fromkeys(_TEXTS, pl.String)},
    )
    count = len(sheet.lines)
    columns = [SheetColumn("A", "X", name) for name in frame.columns]
    place = ("test", "book.xlsx", str(sheet.month), repr(sheet.lines), "layout")
    manifest = SheetManifest(*place, [6], columns, count, count)
    partition = RawPartition("transactions", sheet.entity, sheet.month, frame, manifest)
    amounts = [
        ControlAmount(row, Decimal(line.amount * 1000), is_total=False)
        for row, line in enumerate(sheet.lines, start=7)
    ]
    workspace.raw_store.load(partition, ControlReading(amounts))


def build(workspace: Workspace, scope: Scope) -> None:
    """Build the marts for a scope and what they are made of, whatever their tests say."""
    with workspace.ledger.stage("transform", scope, "run") as stage:
        stage.source_hashes.update(
            input_hashes(workspace.raw_store, workspace.configuration.registry)
        )
        results = workspace.dbt.build(scope, ["+reconciliation,resource_type:model"])
        assert all(result.passed for result in results if result.unique_id.startswith("model."))
    with workspace.ledger.stage("validate", scope, "run"):
        pass  # the tests look at the figures themselves


def marts(workspace: Workspace, loaded: list[tuple[str, Month]]) -> dict[str, list[tuple]]:
    """Return the rows of every mart for some entities and months."""
    keys = [f"{entity}{month.first_day}" for entity, month in loaded]
    with workspace.warehouse.reading() as connection:
        return {
            mart: connection.execute(
                f"SELECT * FROM marts.{mart} "
                "WHERE list_contains(?, entity_code || month_key) ORDER BY ALL",
                [keys],
            ).fetchall()
            for mart in MARTS
        }


def installed(root: Path) -> Workspace:
    """Return a workspace in a folder of its own, with the configuration and no workbooks."""
    shutil.copytree(CONFIG_DIR, root / "source" / "config")
    return Installation(root).workspace
