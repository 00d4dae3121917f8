"""A month comes to the same figures, whether its sheets are in a workbook or in a folder of text files."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest
from conftest import Installation
from text_files import replace_workbooks

from atlas_assets.periods.calendar import Month, Period
from atlas_assets.periods.scope import Scope
from atlas_assets.report.assemble import assemble
from atlas_assets.sources.extract import extract
from atlas_assets.warehouse.transform import transform

if TYPE_CHECKING:
    from pathlib import Path

SCOPE = Scope(("EPN",), (Month(2026, 1), Month(2026, 2)))
PROVENANCE = {"source_file", "source_sheet", "source_hash", "loaded_at"}


def figures(installation: Installation) -> dict[str, Any]:
    """Build the months, and return the report of the second one and every row of the orders."""
    workspace = installation.workspace
    assert not extract(workspace.source, workspace.raw_store, SCOPE).problems
    assert not transform(workspace.dbt, SCOPE).problems
    registry, month = workspace.configuration.registry, Month(2026, 2)
    with workspace.warehouse.reading() as connection:
        report = assemble(connection, registry, "EPN", Period.of_month(month), locale="en")
        orders = connection.table("intermediate.int_orders").pl()
    kept = [column for column in orders.columns if column not in PROVENANCE]
    places = {"receipt_elsewhere", "receipt_key"}  # which name the file
    return {
        "report": report.model_dump(exclude={"meta": {"sources", "generated_at", "edition"}}),
        "orders": orders.select(kept).drop(places).sort("month_key", "source_row").to_dicts(),
    }


@pytest.mark.slow
def test_text_files_lead_to_the_figures_of_the_workbook(
    installation: Installation, tmp_path: Path
) -> None:
    shutil.copytree(installation.root, tmp_path / "text")
    of_workbook = figures(installation)
    other = Installation(tmp_path / "text")
    replace_workbooks(other.settings.source_dir, other.workspace.configuration.years["EPN", 2026])
    of_text = figures(Installation(tmp_path / "text"))
    assert of_text == of_workbook
    assert of_text["report"]["totals"]["revenue"]["revenue_actuals"] > 0
