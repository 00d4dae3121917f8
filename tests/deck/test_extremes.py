"""Reports as they will be one day: empty, huge, with long names; and figures that make no sense."""

from pathlib import Path
from random import Random
from typing import Any

import pytest
from conftest import CONFIG_DIR
from deck.extreme_reports import (
    EXTREMES,
    changed,
    first_unit,
    giant_receipt,
    giant_refund,
    huge_amounts,
    long_names,
    many_programs,
    many_schools,
    million_orders,
    names_like_figures,
    refunds,
    tiny_target,
)
from pptx import Presentation

from atlas_assets.deck import outliers, template
from atlas_assets.deck.powerpoint import render
from atlas_assets.deck.read_back import differences
from atlas_assets.deck.story import build_deck
from atlas_assets.notation.strings import Strings
from atlas_assets.report.model import Report, UnitReport

AMOUNTS = {"revenue", "revenue_actuals", "revenue_target", "target_revenue", "gap_to_target"}


def drawn(report: Report, strings: Strings, path: Path) -> Any:
    render(build_deck(report, strings, "PT Contoh"), template.PATH, path)
    assert differences(path, report, strings) == []
    return Presentation(str(path))


@pytest.mark.parametrize("extreme", EXTREMES, ids=lambda extreme: extreme.__name__)
def test_an_extreme_report_can_be_read(
    report: Report, strings: Strings, tmp_path: Path, extreme: Any
) -> None:
    """Nothing lies outside, overlaps, runs over or is too small, and every figure is the report's."""
    deck = drawn(changed(report, extreme), strings, tmp_path / "deck.pptx")
    assert len(deck.slides) >= 7 + 2 * 5 + 2


def test_of_three_hundred_schools_ten_are_named_and_all_are_counted(
    report: Report, strings: Strings, tmp_path: Path
) -> None:
    made = changed(report, many_schools)
    unit = next(iter(made.units.values()))
    deck = drawn(made, strings, tmp_path / "deck.pptx")
    (slide,) = slides_of(deck, unit, strings("school_title"))
    table = next(shape.table for shape in slide.shapes if shape.has_table)
    rows = [[cell.text for cell in row.cells] for row in list(table.rows)[1:]]
    named = [row.name for row in unit.schools.progress if row.kind == "school"]
    others = {"id": "290 sekolah lain", "en": "290 other schools"}[strings.locale]
    assert [row[0] for row in rows] == [*named, others, "Total"]
    counts = [int(row[-3].replace(".", "").replace(",", "")) for row in rows]
    assert sum(counts[:-1]) == counts[-1] == unit.schools.totals[2026]


def test_no_program_is_parted_from_its_types(
    report: Report, strings: Strings, tmp_path: Path
) -> None:
    made = changed(report, many_programs)
    unit = next(iter(made.units.values()))
    slides = slides_of(drawn(made, strings, tmp_path / "deck.pptx"), unit, strings("program_title"))
    assert len(slides) > 1
    for slide in slides:
        table = next(shape.table for shape in slide.shapes if shape.has_table)
        first = list(table.rows)[1].cells[0]
        assert first.text.startswith("Kelas")
        assert len(table.rows) > 4


def slides_of(deck: Any, unit: UnitReport, measure: str = "") -> list[Any]:
    """Return the slides of a unit's exhibit; the first is its page."""
    return [
        slide
        for slide in deck.slides
        if slide.placeholders[13].text.startswith(f"{unit.name} | {measure}")
    ]


def first_page(deck: Any, report: Report, measure: str = "") -> Any:
    return slides_of(deck, next(iter(report.units.values())), measure)[0]


def test_a_name_that_was_cut_stands_in_full_in_the_notes(
    report: Report, strings: Strings, tmp_path: Path
) -> None:
    made = changed(report, long_names)
    deck = drawn(made, strings, tmp_path / "deck.pptx")
    programs = next(iter(made.units.values())).programs
    slide = next(
        slide
        for slide in deck.slides
        if "Internasional" in slide.placeholders[13].text
        and strings("program_title") in slide.placeholders[13].text
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
    made = changed(report, huge_amounts)
    slide = first_page(drawn(made, strings, tmp_path / "deck.pptx"), made)
    word = {"id": "T", "en": "tn"}[strings.locale]
    assert f"{word} IDR" in slide.placeholders[13].text
    charts = [shape.chart for shape in slide.shapes if shape.has_chart]
    assert max(v for c in charts for p in c.plots for s in p.series for v in s.values if v) == 12.0


def charts_of(slide: Any) -> list[Any]:
    return [shape.chart for shape in slide.shapes if shape.has_chart]


def texts_of(slide: Any) -> list[str]:
    return [
        shape.text_frame.text.replace("\u00a0", " ")
        for shape in slide.shapes
        if shape.has_text_frame
    ]


def test_a_giant_receipt_is_cut_off_and_the_other_months_keep_their_scale(
    report: Report, strings: Strings, tmp_path: Path
) -> None:
    """Its column has a break and its amount; the chart's data have the figure as it is."""
    made = changed(report, giant_receipt)
    deck = drawn(made, strings, tmp_path / "deck.pptx")
    slide = first_page(deck, made)
    word, giant = {"id": ("rb", "Rp 5,00 M"), "en": ("k", "Rp 5.00 bn")}[strings.locale]
    assert f"{word} IDR" in slide.placeholders[13].text  # the unit of the other months
    marks = [shape.name for shape in slide.shapes]
    assert marks.count("Cut label") == 3  # on the columns and on both tiers of variances
    assert giant in texts_of(slide)
    assert any(strings("cut_off") in text for text in texts_of(slide))
    for chart in charts_of(slide):
        values = [v for p in chart.plots for s in p.series for v in s.values if v]
        others = [abs(value) for value in values if abs(value) < 1_000_000]
        assert max(values) > 4_990_000
        assert chart.value_axis.maximum_scale < 3 * max(others)
    key_figures = first_page(deck, made, strings("key_title"))
    assert charts_of(key_figures)[0].value_axis.maximum_scale < 100_000
    assert giant in texts_of(key_figures)


def test_a_giant_refund_is_cut_off_below(report: Report, strings: Strings, tmp_path: Path) -> None:
    made = changed(report, giant_refund)
    slide = first_page(drawn(made, strings, tmp_path / "deck.pptx"), made)
    assert {"id": "−Rp 7,00 M", "en": "−Rp 7.00 bn"}[strings.locale] in texts_of(slide)
    assert all(chart.value_axis.minimum_scale > -100_000 for chart in charts_of(slide))


@pytest.mark.parametrize(
    ("values", "most"),
    [
        ([5000, 4, 3, 2], 4),
        ([-5000, 4, 3, 2], 4),
        ([79, 4, 3, 2], outliers.inf),  # not far enough
        ([5000, 4, 3], outliers.inf),  # among too few
        ([5000, 4000, 3, 2, 1, None, 0], outliers.inf),  # too many to be outliers
        ([10**9, 10**6, 3, 3, 2, 1], 3),
        ([0, None, 0], outliers.inf),
        ([], outliers.inf),
    ],
)
def test_outliers_are_few_and_far(values: list[float | None], most: float) -> None:
    assert outliers.limit(values) == most


def test_percentages_beyond_999_are_exact_in_the_notes(
    report: Report, strings: Strings, tmp_path: Path
) -> None:
    made = changed(report, tiny_target)
    deck = drawn(made, strings, tmp_path / "deck.pptx")
    code = next(iter(made.units))
    slide = first_page(deck, made)
    exact = {"id": "11.074.173%", "en": "11,074,173%"}[strings.locale]
    notes = slide.notes_slide.notes_text_frame
    assert f"- units.{code}.revenue.achievement_pct = {exact}" in notes.text.splitlines()
    assert ">999%" in slide.shapes.title.text
    assert exact not in " ".join(texts_of(slide))
    notes.text = notes.text.replace(exact, ">999%")
    deck.save(str(tmp_path / "deck.pptx"))
    found = differences(tmp_path / "deck.pptx", made, strings)
    assert any("'>999%'" in line for line in found)


def test_refunds_above_receipts_are_told_as_such(
    report: Report, strings: Strings, tmp_path: Path
) -> None:
    made = changed(report, refunds)
    deck = drawn(made, strings, tmp_path / "deck.pptx")
    slides = slides_of(deck, next(iter(made.units.values())))
    titles = [slide.shapes.title.text.replace("\u00a0", " ") for slide in slides]
    amount = {"id": "Rp 2,5 jt", "en": "Rp 2.5 m"}[strings.locale]
    word = {"id": "mengembalikan", "en": "refunded"}[strings.locale]
    assert f"{word} {amount}" in titles[0]
    assert "%" not in titles[0]
    assert strings("refunds_above_cash") in titles[1]
    assert all("−" + amount not in title for title in titles)


def test_no_figure_is_cut(report: Report, strings: Strings, tmp_path: Path) -> None:
    deck = drawn(changed(report, million_orders), strings, tmp_path / "deck.pptx")
    cells = [
        cell.text
        for slide in deck.slides
        for shape in slide.shapes
        if shape.has_table
        for row in shape.table.rows
        for cell in row.cells
    ]
    assert {"id": "1.000.000", "en": "1,000,000"}[strings.locale] in cells
    assert not [text for text in cells if text.endswith("…") and text.strip("+−.,…").isdigit()]


def test_a_name_does_not_hide_a_wrong_figure(report: Report, tmp_path: Path) -> None:
    strings = Strings(CONFIG_DIR / "strings.yaml", "id")
    made = changed(report, names_like_figures)
    deck = drawn(made, strings, tmp_path / "deck.pptx")
    for text in ("Kelas 4711 47.112 98%", "Kelas 4711 +4711", "Kelas 4711 Rp 4711 jt", "14.711"):
        first_page(deck, made).shapes.title.text = text
        deck.save(str(tmp_path / "changed.pptx"))
        assert differences(tmp_path / "changed.pptx", made, strings)


def scrambled(part: Any, random: Random, key: str = "") -> Any:
    """Replace every figure by one that follows from nothing, names and years as they are."""
    if isinstance(part, dict):
        return {
            name: value
            if name in {"years", "coverage", "by_age"}
            else scrambled(value, random, name)
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
        for part in ("totals", "units", "bridge", "movers", "data_quality"):
            data[part] = scrambled(data[part], Random(seed))
        first_unit(data)["revenue"]["gap_to_target"] = 123_456_789
        first_unit(data)["revenue"]["gap_pct"] = 61.7

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
