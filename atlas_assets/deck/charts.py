"""Native, editable column charts in the notation: actual, target, previous year and a variance tier."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from pptx.chart.data import CategoryChartData
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_TICK_LABEL_POSITION,
    XL_TICK_MARK,
)
from pptx.enum.dml import MSO_THEME_COLOR
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.util import Inches, Pt

from atlas_assets.notation.tokens import THEME, Role, Size

if TYPE_CHECKING:
    from atlas_assets.deck.slides import ColumnChart

THEME_COLORS = {
    Role.INK: MSO_THEME_COLOR.TEXT_1,
    Role.WHITE: MSO_THEME_COLOR.BACKGROUND_1,
    Role.NAVY: MSO_THEME_COLOR.TEXT_2,
    Role.CARD: MSO_THEME_COLOR.BACKGROUND_2,
    Role.ACTUAL: MSO_THEME_COLOR.ACCENT_1,
    Role.PREVIOUS: MSO_THEME_COLOR.ACCENT_2,
    Role.GOOD: MSO_THEME_COLOR.ACCENT_3,
    Role.BAD: MSO_THEME_COLOR.ACCENT_4,
    Role.NEUTRAL: MSO_THEME_COLOR.ACCENT_5,
    Role.GOOD_TEXT: MSO_THEME_COLOR.ACCENT_6,
    Role.RULE: MSO_THEME_COLOR.FOLLOWED_HYPERLINK,
}
ANCHOR_TOP = MSO_ANCHOR.TOP
ALIGN_LEFT = PP_ALIGN.LEFT

CAPTION = 0.24  # height of the line that names a tier
AXIS = 0.3  # height of the month names
LABEL_ROOM = 0.2  # above and below a tier's columns, for their labels
_C = 'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"'
_A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'


def draw(
    drawn: Any, placeholder: Any, chart: ColumnChart, box: tuple[float, float, float, float]
) -> None:
    """Draw the variance tier above the columns, both at the same scale, into `box` (inches)."""
    left, top, width, height = box
    scale = _Scale(chart, height)
    _caption(drawn, chart, left, top, width, scale)
    variance_top = top + CAPTION
    base_top = variance_top + scale.variance_height + 2 * LABEL_ROOM + CAPTION
    _variance_tier(
        drawn, chart, scale, (left, variance_top, width, scale.variance_height + 2 * LABEL_ROOM)
    )
    frame = placeholder.insert_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, _base_data(chart))
    frame.left, frame.top = Inches(left), Inches(base_top)
    frame.width, frame.height = Inches(width), Inches(scale.base_height + LABEL_ROOM + AXIS)
    _describe(frame, chart.name, chart.description)
    _style_base(frame.chart, chart, scale)


class _Scale:
    """How high a unit of value is, the same on both tiers."""

    def __init__(self, chart: ColumnChart, height: float) -> None:
        levels = [
            value
            for point in chart.points
            for value in (point.actual, point.target, point.previous)
            if value is not None
        ]
        variances = [point.variance for point in chart.points if point.variance is not None]
        self.top, self.bottom = max([*levels, 0.0]) or 1.0, min([*levels, 0.0])
        self.variance_top, self.variance_bottom = max([*variances, 0.0]), min([*variances, 0.0])
        spans = (self.top - self.bottom) + (self.variance_top - self.variance_bottom)
        inches = height - 2 * CAPTION - 3 * LABEL_ROOM - AXIS
        self.per_inch = spans / inches
        self.variance_height = (self.variance_top - self.variance_bottom) / self.per_inch
        self.base_height = (self.top - self.bottom) / self.per_inch

    def is_tall(self, value: float | None) -> bool:
        """Whether a column is tall enough to hold its label."""
        return value is not None and value / self.per_inch > 0.22


def _base_data(chart: ColumnChart) -> CategoryChartData:
    data = CategoryChartData()
    data.categories = [point.category for point in chart.points]
    if chart.target_name:
        data.add_series(chart.target_name, [point.target for point in chart.points])
    data.add_series(chart.actual_name, [point.actual for point in chart.points])
    data.add_series(chart.previous_name, [point.previous for point in chart.points])
    return data


def _style_base(native: Any, chart: ColumnChart, scale: _Scale) -> None:
    _plain(native)
    plot = native.plots[0]
    plot.gap_width, plot.overlap = 50, 70
    series = {item.name: item for item in plot.series}
    if chart.target_name:
        _outline(series[chart.target_name])
    actual = series[chart.actual_name]
    _fill(actual, Role.ACTUAL)
    for index, point in enumerate(chart.points):
        if point.actual is None:
            continue
        inside = scale.is_tall(point.actual)
        position = XL_LABEL_POSITION.INSIDE_BASE if inside else XL_LABEL_POSITION.OUTSIDE_END
        _label(actual, index, point.actual_label, position, Role.WHITE if inside else Role.INK)
    _axes(native, scale.bottom, scale.top + LABEL_ROOM * scale.per_inch)
    categories = native.category_axis
    categories.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    categories.tick_labels.font.size = Pt(Size.LABEL)
    categories.format.line.color.theme_color = THEME_COLORS[Role.INK]
    whole = scale.base_height + LABEL_ROOM + AXIS
    _inner_layout(native, 0.0, (scale.base_height + LABEL_ROOM) / whole)
    _as_triangles(native, chart.previous_name)
    _positive_axis_ids(native)


def _variance_tier(
    drawn: Any, chart: ColumnChart, scale: _Scale, box: tuple[float, float, float, float]
) -> None:
    data = CategoryChartData()
    data.categories = [point.category for point in chart.points]
    for good in (True, False):
        data.add_series(
            f"{chart.variance_name} ({'+' if good else '-'})",
            [point.variance if point.variance_is_good is good else None for point in chart.points],
        )
    left, top, width, height = (Inches(value) for value in box)
    frame = drawn.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, left, top, width, height, data)
    _describe(frame, f"{chart.name}, {chart.variance_name}", chart.description)
    native = frame.chart
    _plain(native)
    plot = native.plots[0]
    plot.gap_width, plot.overlap = 50, 100
    for series, good in zip(plot.series, (True, False), strict=True):
        _fill(series, Role.GOOD if good else Role.BAD)
        for index, point in enumerate(chart.points):
            if point.variance is not None and point.variance_is_good is good:
                role = Role.GOOD_TEXT if good else Role.BAD
                _label(series, index, point.variance_label, XL_LABEL_POSITION.OUTSIDE_END, role)
    room = LABEL_ROOM * scale.per_inch
    _axes(native, scale.variance_bottom - room, scale.variance_top + room)
    native.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.NONE
    line = native.category_axis.format.line
    line.color.theme_color = THEME_COLORS[Role.ACTUAL if chart.target_name else Role.PREVIOUS]
    line.width = Pt(1.25 if chart.target_name else 2.5)
    _inner_layout(native, 0.0, 1.0)
    _positive_axis_ids(native)


def _caption(
    drawn: Any, chart: ColumnChart, left: float, top: float, width: float, scale: _Scale
) -> None:
    """Name the tiers and the scenarios beside small signs of their fill; there is no legend box."""
    tier = drawn.shapes.add_textbox(Inches(left), Inches(top), Inches(width), Inches(CAPTION))
    _caption_text(tier, [(chart.variance_name, Role.INK, True)])
    below = top + CAPTION + scale.variance_height + 2 * LABEL_ROOM
    names = drawn.shapes.add_textbox(Inches(left), Inches(below), Inches(width), Inches(CAPTION))
    signs = [("■ ", Role.ACTUAL, False), (f"{chart.actual_name}    ", Role.INK, False)]
    if chart.target_name:
        signs += [("□ ", Role.ACTUAL, False), (f"{chart.target_name}    ", Role.INK, False)]
    signs += [("▲ ", Role.PREVIOUS, False), (chart.previous_name, Role.INK, False)]
    _caption_text(names, signs)


def _caption_text(box: Any, runs: list[tuple[str, Role, bool]]) -> None:
    frame = box.text_frame
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    for text, role, bold in runs:
        run = frame.paragraphs[0].add_run()
        run.text, run.font.size, run.font.bold = text, Pt(Size.LABEL), bold
        run.font.color.theme_color = THEME_COLORS[role]


def _plain(native: Any) -> None:
    native.has_legend = native.has_title = False
    native.font.size = Pt(Size.TABLE)
    native.font.color.theme_color = THEME_COLORS[Role.INK]


def _axes(native: Any, low: float, high: float) -> None:
    axis = native.value_axis
    axis.minimum_scale, axis.maximum_scale = low, high
    axis.visible = False
    axis.has_major_gridlines = False
    native.category_axis.major_tick_mark = XL_TICK_MARK.NONE


def _fill(series: Any, role: Role) -> None:
    series.format.fill.solid()
    series.format.fill.fore_color.theme_color = THEME_COLORS[role]
    series.invert_if_negative = False


def _outline(series: Any) -> None:
    series.format.fill.solid()
    series.format.fill.fore_color.theme_color = THEME_COLORS[Role.WHITE]
    series.format.line.color.theme_color = THEME_COLORS[Role.ACTUAL]
    series.format.line.width = Pt(1.25)
    series.invert_if_negative = False


def _label(series: Any, index: int, text: str, position: Any, role: Role) -> None:
    """Label a point with ready text: number formats would follow the viewer's locale."""
    label = series.points[index].data_label
    run = label.text_frame.paragraphs[0].add_run()
    run.text, run.font.size, run.font.bold = text, Pt(Size.TABLE), role is Role.WHITE
    run.font.color.theme_color = THEME_COLORS[role]
    label.position = position


def _inner_layout(native: Any, top: float, height: float) -> None:
    """Fix the plot's place in its frame, so that both tiers stand on the same columns and scale."""
    plot_area = native._chartSpace.chart.plotArea  # noqa: SLF001
    for layout in plot_area.findall("{*}layout"):
        plot_area.remove(layout)
    plot_area.insert(
        0,
        parse_xml(
            f'<c:layout {_C}><c:manualLayout><c:layoutTarget val="inner"/><c:xMode val="edge"/>'
            f'<c:yMode val="edge"/><c:x val="0"/><c:y val="{top:.4f}"/><c:w val="1"/>'
            f'<c:h val="{height:.4f}"/></c:manualLayout></c:layout>'
        ),
    )


def _as_triangles(native: Any, name: str) -> None:
    """Move a series into a line plot without a line on the same axes: small triangles."""
    plot_area = native._chartSpace.chart.plotArea  # noqa: SLF001
    bars = plot_area.find("{*}barChart")
    series = next(
        item for item in bars.findall("{*}ser") if item.findtext(".//{*}tx//{*}v") == name
    )
    bars.remove(series)
    for tag in ("spPr", "invertIfNegative", "dLbls"):
        for child in series.findall(f"{{*}}{tag}"):
            series.remove(child)
    look = parse_xml(f"<c:spPr {_C} {_A}><a:ln><a:noFill/></a:ln></c:spPr>")
    fill = f'<a:solidFill><a:schemeClr val="{THEME[Role.PREVIOUS]}"/></a:solidFill>'
    marker = parse_xml(
        f'<c:marker {_C} {_A}><c:symbol val="triangle"/><c:size val="8"/><c:spPr>{fill}'
        f'<a:ln w="6350"><a:solidFill><a:schemeClr val="{THEME[Role.WHITE]}"/></a:solidFill></a:ln>'
        "</c:spPr></c:marker>"
    )
    series.find("{*}tx").addnext(look)
    look.addnext(marker)
    series.append(parse_xml(f'<c:smooth {_C} val="0"/>'))
    line = parse_xml(
        f'<c:lineChart {_C}><c:grouping val="standard"/><c:varyColors val="0"/></c:lineChart>'
    )
    line.append(series)
    line.append(parse_xml(f'<c:marker {_C} val="1"/>'))
    for axis in bars.findall("{*}axId"):
        line.append(deepcopy(axis))
    bars.addnext(line)


def _positive_axis_ids(native: Any) -> None:
    """Mend python-pptx's negative axis ids, which the file format does not allow."""
    for element in native._chartSpace.iter("{*}axId", "{*}crossAx"):  # noqa: SLF001
        element.set("val", element.get("val").lstrip("-"))


def _describe(frame: Any, name: str, description: str) -> None:
    properties = frame._element.nvGraphicFramePr.cNvPr  # noqa: SLF001
    properties.set("name", name)
    properties.set("descr", description)
