"""The deck as it is read back from the file, and the template that it is drawn on."""

import hashlib
import zipfile
from pathlib import Path

import pytest
from conftest import CONFIG_DIR
from pptx import Presentation

from atlas_assets.deck import template
from atlas_assets.deck.powerpoint import render
from atlas_assets.deck.story import tell
from atlas_assets.errors import ReportError
from atlas_assets.notation.strings import Strings
from atlas_assets.report.model import Report


def test_every_slide_says_what_it_is_about_and_has_notes(deck_path: Path) -> None:
    deck = Presentation(str(deck_path))
    titles = [slide.shapes.title.text for slide in deck.slides]
    assert all(titles)
    for slide in deck.slides:
        assert "report.json:" in slide.notes_slide.notes_text_frame.text
        for shape in slide.placeholders:
            assert shape.has_chart or shape.has_table or shape.text_frame.text.strip()


def test_the_slides_come_in_the_order_of_the_specification(deck_path: Path, report: Report) -> None:
    titles = [slide.placeholders[13].text for slide in Presentation(str(deck_path)).slides]
    exhibits = ["Pendapatan", "Perbandingan utama", "Kemajuan program", "Siswa per sekolah"]
    position = 3
    for unit in report.units.values():
        for exhibit in [*exhibits, "Pemasaran per kanal"]:
            assert titles[position].startswith(f"{unit.name} | {exhibit}"), titles[position]
            while position < len(titles) and titles[position].startswith(
                f"{unit.name} | {exhibit}"
            ):
                position += 1
    assert [title.split(" | ")[1] for title in titles[position:]] == ["Mutu data", "Sumber data"]


def test_the_chart_holds_the_reports_figures(deck_path: Path, report: Report) -> None:
    unit = report.units["TM"]
    slide = next(
        slide
        for slide in Presentation(str(deck_path)).slides
        if slide.placeholders[13].text.startswith("True Mandarin | Pendapatan")
    )
    charts = [shape.chart for shape in slide.shapes if shape.has_chart]
    series = {
        item.name: list(item.values)
        for chart in charts
        for plot in chart.plots
        for item in plot.series
    }
    scale = 1e6
    trend = unit.revenue.trend
    assert series["AC aktual"] == [float(point.actuals) / scale for point in trend]
    assert series["PL target"] == [
        None if point.target is None else float(point.target) / scale for point in trend
    ]
    variances = [point.gap_to_target for point in trend]
    good = next(values for name, values in series.items() if name.endswith("(+)"))
    bad = next(values for name, values in series.items() if name.endswith("(-)"))
    for variance, above, below in zip(variances, good, bad, strict=True):
        shown = above if above is not None else below
        assert shown == (None if variance is None else pytest.approx(float(variance) / scale))
        assert (above is None) or above >= 0
        assert (below is None) or below < 0


@pytest.mark.parametrize("locale", ["id", "en"])
def test_the_same_report_gives_the_same_bytes(report: Report, tmp_path: Path, locale: str) -> None:
    strings = Strings(CONFIG_DIR / "strings.yaml", locale)
    for name in ("a", "b"):
        render(tell(report, strings, "PT"), template.PATH, tmp_path / f"{name}.pptx")
    assert (tmp_path / "a.pptx").read_bytes() == (tmp_path / "b.pptx").read_bytes()


def test_every_text_stands_in_both_languages() -> None:
    for locale in ("id", "en"):
        strings = Strings(CONFIG_DIR / "strings.yaml", locale)
        assert all(strings._texts[key].get(locale) for key in strings._texts)


def test_the_committed_template_is_what_the_script_builds(tmp_path: Path) -> None:
    template.build(tmp_path / "template.pptx")
    built = hashlib.sha256((tmp_path / "template.pptx").read_bytes()).hexdigest()
    assert built == hashlib.sha256(template.PATH.read_bytes()).hexdigest()


def test_a_template_that_lacks_something_is_refused_with_a_list(
    report: Report, tmp_path: Path
) -> None:
    presentation = Presentation(str(template.PATH))
    chart = next(layout for layout in presentation.slide_layouts if layout.name == "Chart")
    for shape in list(chart.placeholders):
        if shape.placeholder_format.idx == 14:
            shape._element.getparent().remove(shape._element)
    own = tmp_path / "template.pptx"
    presentation.save(str(own))
    earlier = tmp_path / "deck.pptx"
    earlier.write_bytes(b"earlier")
    deck = tell(report, Strings(CONFIG_DIR / "strings.yaml", "id"), "PT")
    with pytest.raises(
        ReportError, match=r"template.pptx lacks in layout 'Chart' the placeholder 14"
    ):
        render(deck, own, earlier)
    assert earlier.read_bytes() == b"earlier"


def test_a_template_that_is_no_presentation_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "template.pptx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "nothing")
    with pytest.raises(ReportError, match="cannot be opened"):
        template.load(path)
