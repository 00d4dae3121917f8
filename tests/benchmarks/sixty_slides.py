"""Sixty slides, drawn by Atlas and by python-pptx's own interface, for `inside`.

44 have two native charts each, every label written, and 16 a table of 19 rows and 16 columns, 4,864
cells with size, weight, alignment and borders. Atlas also makes the file reproducible; nothing is read
back in either case.
"""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION
from pptx.enum.text import PP_ALIGN
from pptx.util import Inches, Pt

from atlas_assets.deck import template
from atlas_assets.deck.powerpoint import render
from atlas_assets.deck.slides import (
    Cell,
    Column,
    ColumnChart,
    ColumnPoint,
    Deck,
    DeckSection,
    Layout,
    Run,
    Slide,
    Table,
    TableRow,
    Tier,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

CHART_SLIDES, TABLE_SLIDES, ROWS, COLUMNS = 44, 16, 18, 16
MONTHS = ["Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des", "Jan"]


def chart(number: int) -> ColumnChart:
    """Return thirteen months of some unit."""
    actuals = [float(40 + (number * 7 + place * 13) % 60) for place in range(len(MONTHS))]
    targets = [float(60 + (number + place) % 20) for place in range(len(MONTHS))]
    gaps = [actual - target for actual, target in zip(actuals, targets, strict=True)]
    points = [
        ColumnPoint(
            category=month,
            actual=actual,
            target=target,
            previous=float(30 + (number * 3 + place * 5) % 50),
            format="0",
        )
        for place, (month, actual, target) in enumerate(zip(MONTHS, actuals, targets, strict=True))
    ]
    tier = Tier("AC - PL", "PL", [*gaps], ["+0;-0"] * len(gaps), [""] * len(gaps))
    return ColumnChart(f"Unit {number}", "", points, "AC", "PL", "PY", [tier])


def slides() -> list[Slide]:
    """Return the content of all slides."""
    columns = [Column("Nama", 3, "left"), *(Column(f"K{n}", 1) for n in range(1, COLUMNS))]
    rows = [
        TableRow([Cell(f"Baris {row}"), *(Cell(f"{row * n},{n}") for n in range(1, COLUMNS))])
        for row in range(ROWS)
    ]
    around: dict[str, Any] = {"title": [Run("Unit | Pendapatan")], "source": "Sumber", "notes": "-"}
    charts = [
        Slide(Layout.CHART, f"Unit {number} melampaui target", chart=chart(number), **around)
        for number in range(CHART_SLIDES)
    ]
    tables = [
        Slide(
            Layout.TABLE,
            f"Tabel {number}",
            table=Table(f"Tabel {number}", "", columns, rows, 0.262),
            **around,
        )
        for number in range(TABLE_SLIDES)
    ]
    return [*charts, *tables]


@contextmanager
def by_atlas() -> Generator[Callable[[], object]]:
    """Draw the slides with Atlas."""
    content = slides()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "deck.pptx"
        sections = [DeckSection("Main", content)]
        deck = Deck("Deck", "2026", "Entity", "2026-01-01T00:00:00Z", "en", sections)
        yield lambda: render(deck, template.PATH, path)


@contextmanager
def by_python_pptx() -> Generator[Callable[[], object]]:
    """Draw the same slides as the documentation of python-pptx shows it."""
    content = slides()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "deck.pptx"
        yield lambda: _naive_deck(content, path)


def _naive_deck(content: list[Slide], path: Path) -> None:
    presentation = Presentation()
    presentation.slide_width, presentation.slide_height = Inches(13.333), Inches(7.5)
    for slide in content:
        drawn = presentation.slides.add_slide(presentation.slide_layouts[5])
        drawn.shapes.title.text = slide.message
        if slide.chart:
            _naive_charts(drawn, slide.chart)
        if slide.table:
            _naive_table(drawn, slide.table)
        drawn.notes_slide.notes_text_frame.text = slide.notes
    presentation.save(str(path))


def _naive_charts(drawn: Any, chart: ColumnChart) -> None:
    points, variances = chart.points, chart.tiers[0].values
    tiers = [
        {
            "good": [v if v is not None and v >= 0 else None for v in variances],
            "bad": [v if v is not None and v < 0 else None for v in variances],
        },
        {
            "PL": [p.target for p in points],
            "AC": [p.actual for p in points],
            "PY": [p.previous for p in points],
        },
    ]
    for place, (tier, labelled) in enumerate(zip(tiers, ({"good", "bad"}, {"AC"}), strict=True)):
        data = CategoryChartData()
        data.categories = [point.category for point in points]
        for name, values in tier.items():
            data.add_series(name, values)
        frame = drawn.shapes.add_chart(
            XL_CHART_TYPE.COLUMN_CLUSTERED,
            *(Inches(0.5), Inches(1.7 + 2.5 * place), Inches(8.5), Inches(2.4)),
            data,
        )
        native = frame.chart
        native.has_legend = False
        native.font.size = Pt(9)
        native.value_axis.visible = False
        native.value_axis.has_major_gridlines = False
        for series in native.plots[0].series:
            series.format.fill.solid()
            series.format.fill.fore_color.rgb = RGBColor(0x3B, 0x48, 0x56)
            series.invert_if_negative = False
            for index, value in enumerate(tier[series.name]):
                if series.name in labelled and value is not None:
                    label = series.points[index].data_label
                    run = label.text_frame.paragraphs[0].add_run()
                    run.text, run.font.size = f"{value:.0f}", Pt(9)
                    label.position = XL_LABEL_POSITION.OUTSIDE_END


def _naive_table(drawn: Any, table: Table) -> None:
    shape = drawn.shapes.add_table(
        *(len(table.rows) + 1, len(table.columns)),
        *(Inches(0.5), Inches(1.7), Inches(12.333), Inches(5)),
    )
    texts = [[column.header for column in table.columns]]
    texts += [[cell.text for cell in row.cells] for row in table.rows]
    for row, line in enumerate(texts):
        shape.table.rows[row].height = Inches(0.262)
        for column, text in enumerate(line):
            cell = shape.table.cell(row, column)
            cell.margin_left = cell.margin_right = Inches(0.06)
            cell.margin_top = cell.margin_bottom = Inches(0.02)
            cell.fill.background()
            paragraph = cell.text_frame.paragraphs[0]
            paragraph.alignment = PP_ALIGN.LEFT if column == 0 else PP_ALIGN.RIGHT
            run = paragraph.add_run()
            run.text, run.font.size, run.font.bold = text, Pt(9), row == 0
            run.font.color.rgb = RGBColor(0x1F, 0x29, 0x33)
