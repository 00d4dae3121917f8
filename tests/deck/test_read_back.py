"""A deck is read back from its file: what is not the report's, or not to be seen, is found."""

import re
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from conftest import CONFIG_DIR, Installation
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.util import Inches, Pt

from atlas_assets.configuration.currency import RUPIAH, Currency, CurrencyUnit, Language
from atlas_assets.deck import template
from atlas_assets.deck.powerpoint import render
from atlas_assets.deck.read_back import DeckError, differences, refuse_different
from atlas_assets.deck.story import build_deck
from atlas_assets.notation.strings import Strings
from atlas_assets.periods.calendar import Period
from atlas_assets.report.assemble import assemble
from atlas_assets.report.model import Report

EURO = Currency(
    code="EUR",
    symbol="€",
    name="rupiah",  # in which the marts of the samples count
    decimals=2,
    units=[
        CurrencyUnit(size=1_000, decimals=1, words={"en": "k"}),
        CurrencyUnit(size=1_000_000, decimals=2, words={"en": "mio", "id": "jt"}),
    ],
)


DECKS = [
    *product(
        ["2026-10", "2026-Q2", "2025", "2025-11..2026-02", "2025-01"],
        ["IONS", "EPN"],
        ["id", "en"],
        [RUPIAH],
    ),
    ("2026-10", "IONS", "en", EURO),
    ("2025", "EPN", "id", EURO),
]


@pytest.mark.parametrize(("period", "entity", "locale", "currency"), DECKS)
def test_every_figure_of_a_deck_is_the_reports(
    built: Installation,
    tmp_path: Path,
    period: str,
    entity: str,
    locale: Language,
    currency: Currency,
) -> None:
    workspace = built.workspace
    registry = workspace.configuration.registry
    registered = registry.entity(entity)
    with workspace.warehouse.reading() as connection:
        made = assemble(connection, registry, entity, Period.parse(period), locale=locale)
    strings = Strings(CONFIG_DIR / "strings.yaml", locale, currency)
    render(build_deck(made, strings, registered.full_name), template.PATH, tmp_path / "deck.pptx")
    assert differences(tmp_path / "deck.pptx", made, strings) == []


def unit_slides(presentation: Any) -> list[Any]:
    """Return the pages of the units and what follows them."""
    return [
        slide for slide in presentation.slides if "True Mandarin |" in slide.placeholders[13].text
    ]


def entity_slide(presentation: Any, measure: str) -> Any:
    return next(s for s in presentation.slides if measure in s.placeholders[13].text)


def first(presentation: Any, kind: str) -> Any:
    return next(
        shape for slide in presentation.slides for shape in slide.shapes if getattr(shape, kind)
    )


def first_cell(presentation: Any, pattern: str) -> Any:
    """Return the first cell of a unit's tables whose whole text matches."""
    return next(
        cell
        for slide in unit_slides(presentation)
        for shape in slide.shapes
        if shape.has_table
        for row in shape.table.rows
        for cell in row.cells
        if re.fullmatch(pattern, cell.text)
    )


def change_a_cell(presentation: Any) -> None:
    cell = first_cell(presentation, r"\d+,\d\d")
    cell.text = "98,76"


def change_a_count(presentation: Any) -> None:
    """Into the first digits of a year, which stands in the report, too."""
    cell = first_cell(presentation, r"\d")
    cell.text = "202"


def change_a_sign(presentation: Any) -> None:
    cell = next(
        cell
        for shape in entity_slide(presentation, "Dari target ke aktual").shapes
        if shape.has_table
        for row in shape.table.rows
        for cell in row.cells
        if cell.text.startswith("\u2212")
    )
    cell.text = "+" + cell.text[1:]


def change_a_message(presentation: Any) -> None:
    title = unit_slides(presentation)[0].shapes.title
    title.text = title.text.replace("%", "1%")


def take_another_units_figure(presentation: Any) -> None:
    other = next(s for s in presentation.slides if s.placeholders[13].text.startswith("REAL | "))
    other.shapes.title.text = unit_slides(presentation)[0].shapes.title.text


def change_the_chart(presentation: Any) -> None:
    chart = first(presentation, "has_chart").chart
    chart._chartSpace.find(".//{*}val//{*}v").text = "12345.6"


def change_a_label(presentation: Any) -> None:
    """Into a text, which would stay as it is when somebody edits the chart's data."""
    slide = unit_slides(presentation)[0]
    charts = [shape.chart for shape in slide.shapes if shape.has_chart]
    label = charts[0]._chartSpace.find(".//{*}dLbl")
    label.remove(label.find("{*}numFmt"))


def move_out(presentation: Any) -> None:
    first(presentation, "has_table").left = Inches(9)


def write_too_much(presentation: Any) -> None:
    table = first(presentation, "has_table").table
    table.cell(1, 2).text = "Seratus dua puluh tiga juta empat ratus lima puluh enam ribu"


def lay_on_top(presentation: Any) -> None:
    slide = unit_slides(presentation)[0]
    cards = [shape for shape in slide.shapes if shape.name in {"Okt 2026", "Bulan lalu"}]
    cards[1].left, cards[1].top = cards[0].left, cards[0].top


def write_a_long_comment(presentation: Any) -> None:
    frame = unit_slides(presentation)[0].placeholders[16].text_frame
    frame.paragraphs[0].runs[0].text = "Kontrak sekolah ditandatangani terlambat. " * 30


def use_another_colour(presentation: Any) -> None:
    table = first(presentation, "has_table").table
    table.cell(1, 1).text_frame.paragraphs[0].runs[0].font.color.rgb = RGBColor(1, 2, 3)


def shrink(presentation: Any) -> None:
    table = first(presentation, "has_table").table
    table.cell(1, 1).text_frame.paragraphs[0].runs[0].font.size = Pt(6)


def take_the_title(presentation: Any) -> None:
    presentation.slides[5].shapes.title.text = " "


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (change_a_cell, "'98,76' in '98,76' is not in the report"),
        (change_a_label, "is not the value that it stands at"),
        (lay_on_top, "'Okt 2026' and 'Bulan lalu' lie on top of each other"),
        (write_a_long_comment, "is longer than its box"),
        (use_another_colour, "slide 2: the colour 010203 is none of the theme's"),
        (shrink, "slide 2: text of 6.0 pt is smaller than 8.0 pt"),
        (change_a_count, "'202' in '202' is not in the report"),
        (change_a_sign, "slide 4: '+"),
        (change_a_message, "1%' in "),
        (take_another_units_figure, "% di bawah target"),
        (change_the_chart, "12345.6 of "),
        (move_out, "lies outside of the slide"),
        (write_too_much, "is wider than its column"),
        (take_the_title, "slide 6: there is no title"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_is_changed_is_found(
    report: Report,
    deck_path: Path,
    tmp_path: Path,
    change: Callable[[Any], None],
    told: str,
) -> None:
    presentation = Presentation(str(deck_path))
    change(presentation)
    presentation.save(str(tmp_path / "deck.pptx"))
    strings = Strings(CONFIG_DIR / "strings.yaml", "id")
    found = differences(tmp_path / "deck.pptx", report, strings)
    assert any(told in line for line in found), found
    with pytest.raises(DeckError, match=r"IONS 2026-10 differ from report.json"):
        refuse_different(tmp_path / "deck.pptx", report, strings)


def test_numerals_of_the_wording_are_no_figures(report: Report, tmp_path: Path) -> None:
    own = tmp_path / "strings.yaml"
    own.write_text(
        "key_figures_definition: {id: Di bawah 7.319 siswa kosong dalam 84.213 minggu.}\n"
        "source_line: {id: 'Sumber: {marts}, 91.407 lembar. {definition}'}\n",
        encoding="utf-8",
    )
    strings = Strings(own, "id")
    path = tmp_path / "deck.pptx"
    render(build_deck(report, strings, "Ions"), template.PATH, path)
    assert differences(path, report, strings) == []
    found = differences(path, report, Strings(CONFIG_DIR / "strings.yaml", "id"))
    for numeral in ("7.319", "84.213", "91.407"):
        assert any(f"'{numeral}'" in line for line in found), numeral
