"""Companies that have nothing in common with the samples come from `atlas init` to figures that pandas has too."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from conftest import Installation
from other_companies import birch, elm

from atlas_assets.deck import template
from atlas_assets.deck.powerpoint import render
from atlas_assets.deck.read_back import differences
from atlas_assets.deck.story import build_deck
from atlas_assets.periods.calendar import Month, Period, month_range
from atlas_assets.periods.scope import Scope
from atlas_assets.report.assemble import assemble
from atlas_assets.sources.extract import extract
from atlas_assets.warehouse.transform import transform

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pandas as pd

    from atlas_assets.report.model import Report
    from atlas_assets.workspace import Workspace


def loaded(
    root: Path, parsed_models: Path, write: Callable[[Path], pd.DataFrame], first: Month
) -> tuple[Workspace, pd.DataFrame]:
    """Write a company's workbooks, guess its configuration, and build its two years from a month on."""
    (root / "books").mkdir(parents=True)
    receipts = write(root / "books")
    installation = Installation(root)
    books = sorted(map(str, (root / "books").glob("*.xlsx")))
    told = installation.atlas("init", str(root / "source"), *books)
    assert "24 of 24 sheets can be read" in told.stderr
    installation.atlas("validate", "--config")
    shutil.copytree(parsed_models, installation.settings.dbt_target_dir)
    workspace = installation.workspace
    entity = workspace.configuration.registry.entities[0].code
    scope = Scope((entity,), tuple(month_range(first, first.plus(23))))
    assert not extract(workspace.source, workspace.raw_store, scope).problems
    assert not transform(workspace.dbt, scope).problems
    return workspace, receipts


def report(workspace: Workspace, text: str) -> Report:
    registry = workspace.configuration.registry
    with workspace.warehouse.reading() as connection:
        period = Period.parse(text, registry.fiscal_year_start)
        return assemble(connection, registry, registry.entities[0].code, period, locale="en")


def compare(made: Report, receipts: pd.DataFrame) -> None:
    """Assert that a report has the figures of the receipts of its months, in total and by unit and program."""
    own = receipts[receipts.month.isin(made.meta.months)]
    assert made.totals.revenue.revenue_actuals == own.amount.sum()
    for unit in made.units.values():
        of_unit = own[own.unit.str.upper() == unit.code]
        assert unit.revenue.revenue_actuals == of_unit.amount.sum()
        programs = {row.product_name: row for row in unit.programs if row.customer_type == "all"}
        by_program = of_unit.groupby("program").amount.sum()
        assert {name: row.revenue for name, row in programs.items()} == by_program.to_dict()
        months = {point.month: point.actuals for point in unit.revenue.trend}
        by_month = of_unit.groupby("month").amount.sum()
        assert {month: months[month] for month in by_month.index} == by_month.to_dict()
        orders = of_unit.groupby(["student", "program", "month"])
        assert unit.key_comparison.orders.value == orders.ngroups
    assert not made.data_quality.flagged
    assert made.data_quality.valid == len(own)


@pytest.mark.parametrize(
    ("period", "label"),
    [("2025", "FY 2024/25"), ("2025-Q3", "3rd quarter FY 2024/25"), ("2025-02", "February 2025")],
)
def test_a_school_with_a_fiscal_year_from_july_in_euros(
    elm_school: tuple[Workspace, pd.DataFrame], tmp_path: Path, period: str, label: str
) -> None:
    workspace, receipts = elm_school
    made = report(workspace, period)
    compare(made, receipts)
    before = made.totals.revenue.last_year
    assert before
    compare(report(workspace, before.period), receipts)
    assert made.meta.period_label == label
    render(build_deck(made, workspace.strings, "Elm Ltd"), template.PATH, tmp_path / "deck.pptx")
    assert differences(tmp_path / "deck.pptx", made, workspace.strings) == []


@pytest.fixture(scope="module")
def elm_school(
    tmp_path_factory: pytest.TempPathFactory, parsed_models: Path
) -> tuple[Workspace, pd.DataFrame]:
    return loaded(tmp_path_factory.mktemp("elm"), parsed_models, elm, Month(2023, 7))


def test_tutors_without_branches_channels_and_start_months(
    tmp_path: Path, parsed_models: Path
) -> None:
    workspace, receipts = loaded(tmp_path / "birch", parsed_models, birch, Month(2023, 1))
    for period in ("2024", "2024-Q3", "2024-02", "2023-05..2024-04"):
        compare(report(workspace, period), receipts)
    made = report(workspace, "2024")
    deck = build_deck(made, workspace.strings, "Birch Ltd")
    told = [slide.message for slide in deck.slides]
    assert not [text for text in told if "school" in text or "closing" in text]
    render(deck, template.PATH, tmp_path / "deck.pptx")
    assert differences(tmp_path / "deck.pptx", made, workspace.strings) == []
