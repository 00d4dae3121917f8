"""What people write beside a report stands on its slides, again on every new deck."""

from pathlib import Path

import pytest
from conftest import CONFIG_DIR
from pptx import Presentation

from atlas_assets.configuration.configuration import Configuration
from atlas_assets.deck import template
from atlas_assets.deck.commentary import Commentary, load_commentary
from atlas_assets.deck.powerpoint import render
from atlas_assets.deck.read_back import differences
from atlas_assets.deck.story import build_deck
from atlas_assets.errors import ConfigurationError
from atlas_assets.notation.strings import Strings
from atlas_assets.periods.calendar import Period
from atlas_assets.report.model import Report

WRITTEN = """
summary: [Dua kelas mundur ke November.]
units:
  TM:
    revenue:
      - {month: 2026-09, text: "Kontrak Rp 51 jt ditandatangani terlambat."}
      - Guru pengganti mulai 5 Oktober.
    key_comparison: [Diskon 15% sampai akhir bulan.]
    channels: [Pameran 14 Oktober di Sleman.]
"""


def written(folder: Path, text: str) -> Path:
    (folder / "IONS-2026-10.yaml").write_text(text, encoding="utf-8")
    return folder


def of_report(folder: Path, report: Report) -> Commentary:
    entity = Configuration(CONFIG_DIR).registry.entity(report.meta.entity)
    return load_commentary(folder, entity, Period.parse(report.meta.period))


def test_remarks_stand_on_their_slides_with_their_month_in_the_chart(
    report: Report, tmp_path: Path
) -> None:
    commentary = of_report(written(tmp_path, WRITTEN), report)
    strings = Strings(CONFIG_DIR / "strings.yaml", "id")
    render(build_deck(report, strings, "PT", commentary), template.PATH, tmp_path / "deck.pptx")
    found = differences(tmp_path / "deck.pptx", report, strings, list(commentary.texts()))
    assert found == []
    slides = list(Presentation(str(tmp_path / "deck.pptx")).slides)
    by_title = {slide.placeholders[13].text: slide for slide in slides}

    def comments(title: str) -> list[str]:
        slide = next(slide for text, slide in by_title.items() if text.startswith(title))
        return [paragraph.text for paragraph in slide.placeholders[16].text_frame.paragraphs]

    assert (
        comments("IONs International Education | Pendapatan")[0] == "Dua kelas mundur ke November."
    )
    revenue = comments("True Mandarin | Pendapatan")
    assert revenue[1] == "1  Kontrak Rp 51 jt ditandatangani terlambat."
    assert revenue[2] == "Guru pengganti mulai 5 Oktober."
    assert comments("True Mandarin | Perbandingan")[1] == "Diskon 15% sampai akhir bulan."
    assert comments("True Mandarin | Pemasaran") == ["Pameran 14 Oktober di Sleman."]
    chart = next(s for t, s in by_title.items() if t.startswith("True Mandarin | Pendapatan"))
    dot = next(shape for shape in chart.shapes if shape.name == "Comment 1")
    frame = next(shape for shape in chart.shapes if shape.has_chart)
    month = (dot.left + dot.width / 2 - frame.left) / frame.width * 13
    assert int(month) == 11  # September 2026, the last but one of thirteen


def test_nobody_has_to_write_anything(report: Report, tmp_path: Path) -> None:
    assert list(of_report(tmp_path, report).texts()) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "units: {TMM: {revenue: [a]}}",
            r"IONS-2026-10.yaml, line 1: IONS has no unit 'TMM'. Did you mean 'TM'\?",
        ),
        ("units: {TM: {sales: [a]}}", r"units.TM.sales: .* lists of texts for revenue, key"),
        (
            "units: {TM: {revenue: [{month: 2020-01, text: a}]}}",
            r"the chart of TM has no month '2020-01'; it shows 2025-10 to 2026-10",
        ),
        (
            "units: {TM: {schools: [{month: 2026-10, text: a}]}}",
            r"'a' has a month, but only the chart of `revenue` shows months",
        ),
        ("summary: [a", r"IONS-2026-10.yaml, line \d: did not find expected ',' or ']'"),
        ("summary: a sentence", r"line 1: summary: expected a list"),
    ],
)
def test_what_cannot_be_placed_is_refused(
    report: Report, tmp_path: Path, text: str, told: str
) -> None:
    with pytest.raises(ConfigurationError, match=told):
        of_report(written(tmp_path, text), report)


def test_a_remark_that_does_not_fit_is_refused_with_its_words(
    report: Report, tmp_path: Path
) -> None:
    text = "units: {TM: {revenue: ['" + "Terlalu panjang. " * 40 + "']}}"
    commentary = of_report(written(tmp_path, text), report)
    with pytest.raises(ConfigurationError, match=r"'Terlalu panjang.*does not fit on its slide"):
        build_deck(report, Strings(CONFIG_DIR / "strings.yaml", "id"), "PT", commentary)
