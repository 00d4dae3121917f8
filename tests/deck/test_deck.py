"""The deck as it is read back from the file, and the template that it is drawn on."""

import hashlib
import io
import re
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from conftest import CONFIG_DIR, Installation
from openxml_audit import OpenXmlValidator
from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.util import Inches

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
    """The story in the main part, of at most twenty slides; details behind it, the largest unit first."""
    titles = [slide.placeholders[13].text for slide in Presentation(str(deck_path)).slides]
    units = sorted(report.units.values(), key=lambda unit: -unit.revenue.revenue_actuals)
    entity = report.meta.entity_name
    main = [
        *("Isi", "Pendapatan dalam jt IDR", "Dari target ke aktual", "Pendapatan dalam jt IDR"),
        *("Pendapatan per unit", "Angka kunci dan retensi", "Respons, follow up", "Program dengan"),
    ]
    expected = [f"{entity} | {text}" for text in main]
    expected += [f"{unit.name} | Pendapatan dalam" for unit in units]
    for title, start in zip(titles[1:], expected, strict=False):
        assert title.startswith(start), title
    position = 1 + len(expected)
    assert position <= 20
    exhibits = ["Perbandingan utama", "Pendapatan per program", "Siswa per sekolah"]
    for unit in units:
        for exhibit in [*exhibits, "Pemasaran per kanal"]:
            assert titles[position].startswith(f"{unit.name} | {exhibit}"), titles[position]
            while position < len(titles) and titles[position].startswith(
                f"{unit.name} | {exhibit}"
            ):
                position += 1
    closing = [title.split(" | ")[1] for title in titles[position:]]
    assert list(dict.fromkeys(closing)) == ["Mutu data", "Sumber data"]


def test_the_file_says_what_it_is(deck_path: Path, report: Report) -> None:
    """Sections, counts, titles and language are those of the deck, and slides number themselves."""
    deck = Presentation(str(deck_path))
    assert (deck.slide_width, deck.slide_height) == (12191695, 6858000)
    assert "type" not in deck.element.sldSz.attrib
    sections = deck.element.findall(".//{*}sectionLst/{*}section")
    assert [section.get("name") for section in sections] == ["Bagian utama", "Lampiran"]
    listed = [item.get("id") for section in sections for item in section.iter("{*}sldId")]
    assert listed == [item.get("id") for item in deck.element.sldIdLst]
    with zipfile.ZipFile(deck_path) as package:
        told = package.read("docProps/app.xml").decode()
        texts = [
            package.read(name).decode() for name in package.namelist() if "/slides/slide" in name
        ]
        texts += [
            package.read(name).decode() for name in package.namelist() if "/charts/chart" in name
        ]
    assert f"<Slides>{len(deck.slides)}</Slides>" in told
    assert "<PresentationFormat>Widescreen</PresentationFormat>" in told
    assert f'<vt:vector size="{len(deck.slides)}" baseType="lpstr">' in told
    assert deck.core_properties.title == f"Laporan bulanan {report.meta.entity_name}"
    assert deck.core_properties.language == "id-ID"
    languages = {found for text in texts for found in re.findall(r'lang="([^"]+)"', text)}
    assert languages == {"id-ID"}
    for slide in list(deck.slides)[1:]:
        kinds = [shape.placeholder_format.type for shape in slide.placeholders]
        assert PP_PLACEHOLDER.SLIDE_NUMBER in kinds


def test_charts_follow_when_somebody_edits_their_data(deck_path: Path) -> None:
    """Labels are values, categories have names, and only shared scales have an end."""
    deck = Presentation(str(deck_path))
    charts = [(s, shape) for s in deck.slides for shape in s.shapes if shape.has_chart]
    for slide, shape in charts:
        space = shape.chart._chartSpace
        for label in space.iter("{*}dLbl"):
            assert label.find("{*}tx") is None
            assert label.find("{*}numFmt").get("formatCode")
        names = [str(name) for name in shape.chart.plots[0].categories]
        assert not names or names != [str(number) for number in range(1, len(names) + 1)]
        workbook = openpyxl.load_workbook(
            io.BytesIO(shape.chart.part.chart_workbook.xlsx_part.blob)
        )
        assert [cell.value for cell in workbook.active["A"][1:]] == names
        is_alone = slide.placeholders[13].text.split(" | ")[1].startswith("Perbandingan utama")
        if is_alone:
            assert space.find(".//{*}valAx/{*}scaling/{*}max") is None
        assert shape._element.find(".//{*}cNvPr").get("descr")
    assert charts


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
    for name, variances in (
        ("ΔPL", [point.gap_to_target for point in trend]),
        ("ΔPY", [point.delta_last_year for point in trend]),
    ):
        tier = [values for key, values in series.items() if f", {name}" in key]
        for variance, above, below in zip(variances, *tier, strict=True):
            assert (above if above is not None else below) == in_millions(variance)
            assert above is None or above >= 0
            assert below is None or below < 0


def test_all_tiers_of_the_revenue_chart_have_one_scale(deck_path: Path) -> None:
    """A million is as high on the tier of variances as on that of levels."""
    slide = slide_of(deck_path, "True Mandarin | Pendapatan")
    charts = [shape for shape in slide.shapes if shape.has_chart]
    heights = []
    for frame in charts:
        axis = frame.chart.value_axis
        share = float(frame.chart._chartSpace.find(".//{*}plotArea/{*}layout//{*}h").get("val"))
        heights.append(frame.height * share / (axis.maximum_scale - axis.minimum_scale))
    assert len(heights) == 3
    assert heights == pytest.approx([heights[0]] * 3, rel=1e-3)


def test_bars_stand_in_the_rows_of_their_table_at_one_scale(
    deck_path: Path, report: Report
) -> None:
    slide = slide_of(deck_path, "True Mandarin | Pendapatan per program")
    table = next(shape for shape in slide.shapes if shape.has_table)
    rows = report.units["TM"].programs
    heights = [row.height for row in table.table.rows]
    series = series_of(slide)
    assert series["True Mandarin: Pendapatan: AC"] == [
        pytest.approx(float(row.revenue) / 1e3) if row.customer_type == "all" else None
        for row in rows
    ]  # in thousands, as the smallest need
    scales = set()
    for shape in slide.shapes:
        if shape.has_chart:
            assert abs(shape.top - (table.top + heights[0])) <= 1
            assert abs(shape.height - sum(heights[1:-1])) <= len(heights)  # but for the total
            axis = shape.chart.value_axis
            scales.add(round(shape.width / (axis.maximum_scale - axis.minimum_scale) / 1000))
    assert max(scales) - min(scales) <= 1


def test_every_part_is_one_click_from_the_contents(deck_path: Path, report: Report) -> None:
    deck = Presentation(str(deck_path))
    units = [unit.name for unit in report.units.values()]
    contents = deck.slides[1]
    table = next(shape.table for shape in contents.shapes if shape.has_table)
    for row in list(table.rows)[1:]:
        name, _, number = (cell.text for cell in row.cells)
        link = row.cells[2]._tc.find(".//{*}hlinkClick")
        target = contents.part.related_part(
            link.get("{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id")
        )
        assert target is deck.slides[int(number) - 1].part
        if name in units:
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
    places = {"subject": "TM", "orders": "3", "each": "1", "period": "x"}
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
    recoloured = theme.blob.replace(b"3B4856", b"5B2C6F").replace(b'"Arial"', b'"Calibri"')
    assert recoloured != theme.blob
    theme._blob = recoloured
    presentation.slides.add_slide(presentation.slide_layouts[1])
    presentation.save(str(own))
    strings = Strings(CONFIG_DIR / "strings.yaml", "id")
    deck = build_deck(report, strings, "PT")
    render(deck, own, tmp_path / "deck.pptx")
    assert differences(tmp_path / "deck.pptx", report, strings) == []
    drawn = Presentation(str(tmp_path / "deck.pptx"))
    assert len(drawn.slides) == len(deck.slides)
    used = drawn.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME).blob
    assert b"5B2C6F" in used
    assert b"Calibri" in used
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


def georgia(presentation: Any) -> None:
    theme = presentation.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    theme._blob = theme.blob.replace(b'"Arial"', b'"Georgia"')


def font_of_its_own(presentation: Any) -> None:
    layout = presentation.slide_layouts[1]
    layout.placeholders[0]._element.find(".//{*}latin").set("typeface", "Arial Black")


def four_by_three(presentation: Any) -> None:
    presentation.slide_width = Inches(10)


def small_table(presentation: Any) -> None:
    layout = next(item for item in presentation.slide_layouts if item.name == "Table")
    place = next(p for p in layout.placeholders if p.placeholder_format.idx == 14)
    place.width = Inches(6)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (georgia, "its font 'Georgia' may be wider than Arial"),
        (font_of_its_own, "its font 'Arial Black' may be wider than Arial"),
        (four_by_three, "the placeholder 14 is not wholly on the slide"),
        (
            small_table,
            "in layout 'Table' the placeholder 14 is 6.00 by 5.02 inches, and needs 12.33",
        ),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_template_that_a_deck_does_not_fit_is_refused_before_anything_is_drawn(
    report: Report, tmp_path: Path, change: Callable[[Any], None], told: str
) -> None:
    presentation = Presentation(str(template.PATH))
    change(presentation)
    own = tmp_path / "template.pptx"
    presentation.save(str(own))
    deck = build_deck(report, Strings(CONFIG_DIR / "strings.yaml", "id"), "PT")
    with pytest.raises(ReportError, match=re.escape(told)):
        render(deck, own, tmp_path / "deck.pptx")
    assert not (tmp_path / "deck.pptx").exists()


def test_exhibits_are_where_the_template_has_them(report: Report, tmp_path: Path) -> None:
    """A larger slide, with everything further down and to the right."""
    presentation = Presentation(str(template.PATH))
    presentation.slide_width, presentation.slide_height = Inches(15), Inches(9)
    for layout in presentation.slide_layouts:
        for place in layout.placeholders:
            place.left, place.top = place.left + Inches(1), place.top + Inches(1)
    own = tmp_path / "template.pptx"
    presentation.save(str(own))
    strings = Strings(CONFIG_DIR / "strings.yaml", "id")
    render(build_deck(report, strings, "PT"), own, tmp_path / "deck.pptx")
    assert differences(tmp_path / "deck.pptx", report, strings) == []
    for slide in Presentation(str(tmp_path / "deck.pptx")).slides:
        for shape in slide.shapes:
            if shape.has_chart or shape.has_table:
                assert shape.left >= Inches(1.49)
                assert shape.top >= Inches(2.67)


@pytest.mark.parametrize("at", [200, 5_000, 12_000])
def test_a_damaged_template_is_refused(tmp_path: Path, at: int) -> None:
    content = bytearray(template.PATH.read_bytes())
    content[at : at + 60] = b"\xff" * 60
    path = tmp_path / "template.pptx"
    path.write_bytes(content)
    with pytest.raises(ReportError, match="cannot be opened"):
        template.load(path)


def test_a_template_that_is_no_presentation_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "template.pptx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "nothing")
    with pytest.raises(ReportError, match="cannot be opened"):
        template.load(path)
