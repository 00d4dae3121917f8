"""The deck as it is read back from the file, and the template that it is drawn on."""

import hashlib
import io
import re
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from conftest import CONFIG_DIR, Installation
from openxml_audit import OpenXmlValidator
from pptx import Presentation
from pptx.opc.constants import RELATIONSHIP_TYPE

from atlas_assets.deck import template, template_builder
from atlas_assets.deck.powerpoint import render
from atlas_assets.deck.read_back import differences
from atlas_assets.deck.story import build_deck
from atlas_assets.errors import ConfigurationError, ReportError
from atlas_assets.notation.strings import Strings
from atlas_assets.orchestration.checks import SPECS
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
    exhibits = ["Pendapatan", "Perbandingan utama", "Pendapatan per program", "Siswa per sekolah"]
    position = 3
    for unit in report.units.values():
        for exhibit in [*exhibits, "Pemasaran per kanal"]:
            assert titles[position].startswith(f"{unit.name} | {exhibit}"), titles[position]
            while position < len(titles) and titles[position].startswith(
                f"{unit.name} | {exhibit}"
            ):
                position += 1
    closing = [title.split(" | ")[1] for title in titles[position:]]
    assert list(dict.fromkeys(closing)) == ["Mutu data", "Sumber data"]


def slide_of(deck_path: Path, title: str) -> Any:
    return next(
        slide
        for slide in Presentation(str(deck_path)).slides
        if slide.placeholders[13].text.startswith(title)
    )


def series_of(slide: Any) -> dict[str, list[float | None]]:
    return {
        f"{shape.name}: {item.name}": list(item.values)
        for shape in slide.shapes
        if shape.has_chart
        for plot in shape.chart.plots
        for item in plot.series
    }


def in_millions(value: Decimal | None) -> float | None:
    return None if value is None else pytest.approx(float(value) / 1e6)


def test_the_revenue_chart_holds_the_reports_figures(deck_path: Path, report: Report) -> None:
    slide = slide_of(deck_path, "True Mandarin | Pendapatan dalam jt IDR")
    series = series_of(slide)
    name, trend = "True Mandarin: Pendapatan", report.units["TM"].revenue.trend
    assert series[f"{name}: AC aktual"] == [in_millions(point.actuals) for point in trend]
    assert series[f"{name}: PL target"] == [in_millions(point.target) for point in trend]
    assert series[f"{name}: PY tahun lalu"] == [in_millions(point.last_year) for point in trend]
    good = next(values for key, values in series.items() if key.endswith("(+)"))
    bad = next(values for key, values in series.items() if key.endswith("(-)"))
    for point, above, below in zip(trend, good, bad, strict=True):
        assert (above if above is not None else below) == in_millions(point.gap_to_target)
        assert above is None or above >= 0
        assert below is None or below < 0


def test_both_tiers_of_the_revenue_chart_have_one_scale(deck_path: Path) -> None:
    """A million is as high on the tier of variances as on that of levels."""
    slide = slide_of(deck_path, "True Mandarin | Pendapatan")
    charts = [shape for shape in slide.shapes if shape.has_chart]
    heights = []
    for frame in charts:
        axis = frame.chart.value_axis
        share = float(frame.chart._chartSpace.find(".//{*}plotArea/{*}layout//{*}h").get("val"))
        heights.append(frame.height * share / (axis.maximum_scale - axis.minimum_scale))
    assert heights[0] == pytest.approx(heights[1], rel=1e-3)


def test_bars_stand_in_the_rows_of_their_table_at_one_scale(
    deck_path: Path, report: Report
) -> None:
    slide = slide_of(deck_path, "True Mandarin | Pendapatan per program")
    table = next(shape for shape in slide.shapes if shape.has_table)
    rows = report.units["TM"].programs
    heights = [row.height for row in table.table.rows]
    series = series_of(slide)
    assert series["True Mandarin: Pendapatan: AC"] == [
        in_millions(row.revenue) if row.customer_type == "all" else None for row in rows
    ]
    scales = set()
    for shape in slide.shapes:
        if shape.has_chart:
            assert abs(shape.top - (table.top + heights[0])) <= 1
            assert abs(shape.height - sum(heights[1:-1])) <= len(heights)  # but for the total
            axis = shape.chart.value_axis
            scales.add(round(shape.width / (axis.maximum_scale - axis.minimum_scale) / 1000))
    assert max(scales) - min(scales) <= 1


def test_every_part_is_one_click_from_the_contents(deck_path: Path) -> None:
    deck = Presentation(str(deck_path))
    contents = deck.slides[1]
    table = next(shape.table for shape in contents.shapes if shape.has_table)
    for row in list(table.rows)[1:]:
        name, _, number = (cell.text for cell in row.cells)
        link = row.cells[2]._tc.find(".//{*}hlinkClick")
        target = contents.part.related_part(
            link.get("{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id")
        )
        assert target is deck.slides[int(number) - 1].part
        if name not in {"Ringkasan", "Mutu data"}:
            assert deck.slides[int(number) - 1].placeholders[13].text.startswith(f"{name} | ")


@pytest.mark.parametrize("locale", ["id", "en"])
def test_every_check_and_every_reason_has_a_name(locale: str) -> None:
    strings = Strings(CONFIG_DIR / "strings.yaml", locale)
    assert all(strings(f"check_{spec.name}") for spec in SPECS)


@pytest.mark.parametrize("locale", ["id", "en"])
def test_the_same_report_gives_the_same_bytes(report: Report, tmp_path: Path, locale: str) -> None:
    strings = Strings(CONFIG_DIR / "strings.yaml", locale)
    for name in ("a", "b"):
        render(build_deck(report, strings, "PT"), template.PATH, tmp_path / f"{name}.pptx")
    assert (tmp_path / "a.pptx").read_bytes() == (tmp_path / "b.pptx").read_bytes()


def test_a_deck_bears_no_time_but_that_of_its_data(deck_path: Path, report: Report) -> None:
    """Also the workbooks behind its charts: two seconds later it would be other bytes else."""
    dates = set()
    with zipfile.ZipFile(deck_path) as package:
        assert {item.date_time for item in package.infolist()} == {(2020, 1, 1, 0, 0, 0)}
        dates.update(re.findall(rb"\d{4}-\d\d-\d\dT[\d:]+Z", package.read("docProps/core.xml")))
        for name in package.namelist():
            if name.endswith(".xlsx"):
                with zipfile.ZipFile(io.BytesIO(package.read(name))) as workbook:
                    assert {item.date_time for item in workbook.infolist()} == {
                        (1980, 1, 1, 0, 0, 0)
                    }
                    core = workbook.read("docProps/core.xml")
                dates.update(re.findall(rb"\d{4}-\d\d-\d\dT[\d:]+Z", core))
    assert dates == {report.meta.generated_at.encode()}


def test_every_text_stands_in_both_languages() -> None:
    for locale in ("id", "en"):
        strings = Strings(CONFIG_DIR / "strings.yaml", locale)
        assert all(strings._own[key].get(locale) for key in strings._own)


def test_a_file_of_texts_of_an_earlier_version_is_completed(tmp_path: Path) -> None:
    """One text is missing, and one has a place that is no longer filled."""
    (tmp_path / "strings.yaml").write_text(
        "target: {id: Rencana}\nkey_message_alone: {id: '{former} {orders}'}\n", encoding="utf-8"
    )
    own = Strings(tmp_path / "strings.yaml", "id")
    shipped = Strings(CONFIG_DIR / "strings.yaml", "id")
    places = {"subject": "TM", "orders": "3", "cash": "1", "period": "x"}
    assert own("target") == "Rencana"
    assert own("validation_about") == shipped("validation_about")
    assert own("key_message_alone", **places) == shipped("key_message_alone", **places)


@pytest.mark.parametrize("text", ["{", "{}", "{0}", "{unit.code}", "}"])
def test_a_text_with_an_odd_placeholder_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "strings.yaml"
    path.write_text(f"# texts\ntarget: {{id: '{text}'}}\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"strings.yaml, line 2"):
        Strings(path, "id").check()


def test_the_committed_template_is_what_the_script_builds(tmp_path: Path) -> None:
    template_builder.build(tmp_path / "template.pptx")
    built = hashlib.sha256((tmp_path / "template.pptx").read_bytes()).hexdigest()
    assert built == hashlib.sha256(template.PATH.read_bytes()).hexdigest()


def test_a_template_with_other_fonts_and_colours_gives_the_deck_its_look(
    report: Report, tmp_path: Path
) -> None:
    """A designer changes the theme and adds an example slide: figures stay, no colour is left over."""
    own = tmp_path / "template.pptx"
    presentation = Presentation(str(template.PATH))
    theme = presentation.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    recoloured = theme.blob.replace(b"3B4856", b"5B2C6F").replace(b'"Arial"', b'"Georgia"')
    assert recoloured != theme.blob
    theme._blob = recoloured
    presentation.slides.add_slide(presentation.slide_layouts[1])
    presentation.save(str(own))
    strings = Strings(CONFIG_DIR / "strings.yaml", "id")
    deck = build_deck(report, strings, "PT")
    render(deck, own, tmp_path / "deck.pptx")
    assert differences(tmp_path / "deck.pptx", report, strings.money) == []
    drawn = Presentation(str(tmp_path / "deck.pptx"))
    assert len(drawn.slides) == len(deck.slides)
    used = drawn.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME).blob
    assert b"5B2C6F" in used
    assert b"Georgia" in used
    with zipfile.ZipFile(tmp_path / "deck.pptx") as package:
        for name in package.namelist():
            if name.startswith(("ppt/slides/", "ppt/charts/")) and name.endswith(".xml"):
                content = package.read(name)
                assert b"3B4856" not in content, name
                assert b"Arial" not in content, name


@pytest.mark.parametrize("entity", ["IONS", "EPN"])
def test_the_file_keeps_to_its_format(built: Installation, entity: str) -> None:
    """What PowerPoint would want to repair, although LibreOffice opens it."""
    path = built.root / "output" / "monthly" / f"{entity}-2026-10.pptx"
    result = OpenXmlValidator().validate(path)
    assert [str(error) for error in result.errors] == []


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
    deck = build_deck(report, Strings(CONFIG_DIR / "strings.yaml", "id"), "PT")
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
