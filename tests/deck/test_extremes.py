"""Reports as they will be one day: empty, huge, with long names; and figures that make no sense."""

from pathlib import Path
from random import Random
from typing import Any

import pytest
from deck.extreme_reports import (
    EXTREMES,
    changed,
    first_unit,
    huge_amounts,
    long_names,
    many_schools,
)
from pptx import Presentation

from atlas_assets.deck import template
from atlas_assets.deck.powerpoint import render
from atlas_assets.deck.read_back import differences
from atlas_assets.deck.story import build_deck
from atlas_assets.notation.strings import Strings
from atlas_assets.report.model import Report

AMOUNTS = {"revenue", "revenue_actuals", "revenue_target", "target_revenue", "gap_to_target"}


def drawn(report: Report, strings: Strings, path: Path) -> Any:
    render(build_deck(report, strings, "PT Contoh"), template.PATH, path)
    assert differences(path, report, strings.locale) == []
    return Presentation(str(path))


@pytest.mark.parametrize("extreme", EXTREMES, ids=lambda extreme: extreme.__name__)
def test_an_extreme_report_can_be_read(
    report: Report, strings: Strings, tmp_path: Path, extreme: Any
) -> None:
    """Nothing lies outside, overlaps, runs over or is too small, and every figure is the report's."""
    deck = drawn(changed(report, extreme), strings, tmp_path / "deck.pptx")
    assert len(deck.slides) >= 3 + 2 * 5 + 2


def test_three_hundred_schools_are_all_there_once_on_even_pages(
    report: Report, strings: Strings, tmp_path: Path
) -> None:
    made = changed(report, many_schools)
    unit = next(iter(made.units.values()))
    deck = drawn(made, strings, tmp_path / "deck.pptx")
    measure = strings("school_title")
    tables = [
        shape.table
        for slide in deck.slides
        if slide.placeholders[13].text.startswith(f"{unit.name} | {measure}")
        for shape in slide.shapes
        if shape.has_table
    ]
    names = [row.cells[0].text for table in tables for row in list(table.rows)[1:]]
    assert names == [*unit.schools.organizations, "Total"]
    assert {len(table.rows) for table in tables} <= {18, 19}
    heights = {row.height for table in tables for row in table.rows}
    assert len(heights) == 1


def test_a_name_that_was_cut_stands_in_full_in_the_notes(
    report: Report, strings: Strings, tmp_path: Path
) -> None:
    made = changed(report, long_names)
    deck = drawn(made, strings, tmp_path / "deck.pptx")
    programs = next(iter(made.units.values())).programs
    slide = next(
        slide for slide in deck.slides if strings("program_title") in slide.placeholders[13].text
    )
    names = [row.product_name for row in programs if row.customer_type == "all"]
    cells = [
        row.cells[0].text for shape in slide.shapes if shape.has_table for row in shape.table.rows
    ]
    assert any(text.endswith("…") for text in cells)
    assert not set(names) & set(cells)
    for name in names:
        assert f"- {name}" in slide.notes_slide.notes_text_frame.text.splitlines()


def test_trillions_are_told_in_trillions(report: Report, strings: Strings, tmp_path: Path) -> None:
    deck = drawn(changed(report, huge_amounts), strings, tmp_path / "deck.pptx")
    word = {"id": "T", "en": "tn"}[strings.locale]
    assert f"{word} IDR" in deck.slides[3].placeholders[13].text
    charts = [shape.chart for shape in deck.slides[3].shapes if shape.has_chart]
    assert max(v for c in charts for p in c.plots for s in p.series for v in s.values if v) == 12.0


def scrambled(part: Any, random: Random, key: str = "") -> Any:
    """Replace every figure by one that follows from nothing, names and years as they are."""
    if isinstance(part, dict):
        return {
            name: value if name == "years" else scrambled(value, random, name)
            for name, value in part.items()
        }
    if isinstance(part, list):
        return [scrambled(item, random) for item in part]
    if isinstance(part, bool) or not isinstance(part, int | float):
        return part
    if isinstance(part, float):
        return round(random.uniform(-900, 900), 4)
    amounts = [876_543_210, 5_000_000_000_000, -4_321_000] if key in AMOUNTS else []
    return random.choice([0, 1, 7, 12, 345, 98_765, *amounts])


@pytest.mark.parametrize("seed", range(3))
def test_the_renderer_computes_nothing(
    report: Report, strings: Strings, tmp_path: Path, seed: int
) -> None:
    """Gaps that are no differences, shares of nothing, totals that do not add up: all shown as given."""

    def absurd(data: dict[str, Any]) -> None:
        for part in ("totals", "units", "data_quality"):
            data[part] = scrambled(data[part], Random(seed))
        first_unit(data)["revenue"]["gap_to_target"] = 123_456_789
        first_unit(data)["revenue"]["achievement_pct"] = 61.7

    made = changed(report, absurd)
    deck = drawn(made, strings, tmp_path / "deck.pptx")
    unit = next(iter(made.units.values()))
    by_title = {slide.placeholders[13].text: slide for slide in deck.slides}
    slide = next(
        slide
        for title, slide in by_title.items()
        if title.startswith(f"{unit.name} | {strings('channel_title')}")
    )
    table = next(shape.table for shape in slide.shapes if shape.has_table)
    rows = [[cell.text for cell in row.cells] for row in list(table.rows)[1:]]
    channels = [row for row in unit.channels if row.customer_type == "all"]
    for cells, row in zip(rows, channels, strict=False):
        digits = "".join(letter for letter in cells[6] if letter.isdigit())
        assert (cells[0], digits) == (row.channel_name, str(row.closings))
    first = next(s for title, s in by_title.items() if title.startswith(f"{unit.name} | "))
    texts = " ".join(shape.text_frame.text for shape in first.shapes if shape.has_text_frame)
    achieved = "61,7%" if strings.locale == "id" else "61.7%"
    assert achieved in texts
