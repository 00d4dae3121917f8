"""Draws the notation's charts: columns with a variance tier, small comparisons, bars over a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pptx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from pptx.opc.packuri import PackURI
from pptx.oxml import parse_xml
from pptx.parts.chart import ChartPart
from pptx.parts.embeddedpackage import EmbeddedXlsxPart
from pptx.util import Inches

from atlas_assets.deck.chart_xml import (
    Label,
    LabelPosition,
    Plot,
    Series,
    chart_workbook,
    chart_xml,
)
from atlas_assets.deck.drawing_xml import NAMESPACES, attribute_xml
from atlas_assets.deck.outliers import clipped
from atlas_assets.deck.shapes import Box, add_break, add_cut_label, add_mark, add_text
from atlas_assets.deck.slides import Run
from atlas_assets.deck.text_fit import text_width
from atlas_assets.notation.numbers import MINUS
from atlas_assets.notation.tokens import Role, Size

if TYPE_CHECKING:
    from atlas_assets.deck.slides import Bars, ColumnChart, SmallChart

# In inches.
CAPTION = 0.24  # height of a chart's caption
AXIS = 0.3  # height of the month names
LABEL_ROOM = 0.2  # above and below a tier's columns, for their labels
BREAK = 0.07  # thickness of the break in a column or bar that is cut off


class ChartDrawer:
    """Adds charts to the slides of one presentation; `date` (ISO 8601) dates their workbooks."""

    def __init__(self, package: Any, date: str) -> None:
        self.package, self.date = package, date
        self._count = 0

    def columns(self, drawn: Any, placeholder: Any, chart: ColumnChart, box: Box) -> None:
        """Draw a column chart into `box`, in place of `placeholder`.

        The variance tier, if any, is above the columns, at the same scale.
        """
        scale = _Scale(chart, box.height)
        top = box.top
        if chart.variance_name:
            tier = Box(box.left, top + CAPTION, box.width, scale.variance_height + 2 * LABEL_ROOM)
            caption = [Run(chart.variance_name, bold=True)]
            add_text(drawn, Box(box.left, top, box.width, CAPTION), caption, Size.LABEL)
            name = f"{chart.name}, {chart.variance_name}"
            plot = _variance_plot(chart, chart.variance_name, scale)
            self._add(drawn, plot, name, chart.description, tier)
            _cut_variances(drawn, chart, tier)
            if chart.target_name:
                _draw_plan_axis(drawn, tier, scale)
            top = tier.bottom
        _name_scenarios(drawn, chart, Box(box.left, top, box.width, CAPTION))
        height = scale.base_height + scale.label_room + AXIS
        base = Box(box.left, top + CAPTION, box.width, height)
        self._add(drawn, _base_plot(chart, scale), chart.name, chart.description, base, placeholder)
        _cut_columns(drawn, chart, scale, base)
        _mark_points(drawn, chart, scale, base)
        _mark_period(drawn, chart, base)

    def small(self, drawn: Any, chart: SmallChart, box: Box) -> None:
        """Draw a figure next to earlier ones, under its name."""
        add_text(
            drawn,
            Box(box.left, box.top, box.width, CAPTION),
            [Run(chart.name, bold=True)],
            Size.TABLE,
        )
        frame = Box(box.left, box.top + CAPTION, box.width, box.height - CAPTION)
        self._add(drawn, _small_plot(chart, frame.height), chart.name, chart.description, frame)
        plot = Box(frame.left, frame.top, frame.width, frame.height - AXIS)
        for at, value in enumerate(chart.values):
            if abs(value) > chart.limit:
                _cut(drawn, plot, at, len(chart.values), chart.labels[at], below=value < 0)

    def bars(self, drawn: Any, bars: Bars, box: Box) -> None:
        """Draw bars over the cells of a table's column, one per row."""
        rows = len(bars.series[0].values)
        plot = Plot(
            categories=[str(row + 1) for row in range(rows)],
            series=[
                Series(
                    item.name, item.values, item.role, "outlined" if item.is_outline else "filled"
                )
                for item in reversed(bars.series)
            ],
            low=bars.low,
            high=bars.high,
            axis=bars.axis,
            horizontal=True,
            gap=60,
            overlap=70 if len(bars.series) > 1 and bars.low == 0 else 100,
        )
        self._add(drawn, plot, bars.name, bars.name, box)
        _break_bars(drawn, bars, box)

    def _add(
        self,
        drawn: Any,
        plot: Plot,
        name: str,
        description: str,
        box: Box,
        placeholder: Any = None,
    ) -> None:
        """Add a native chart, in place of `placeholder` where one is given."""
        relation = drawn.part.relate_to(self._part(plot), RELATIONSHIP_TYPE.CHART)
        shapes = drawn.shapes
        number = placeholder.shape_id if placeholder else shapes._next_shape_id  # noqa: SLF001
        place = '<p:ph type="chart" idx="14"/>' if placeholder else ""
        frame = parse_xml(
            f"<p:graphicFrame {NAMESPACES}><p:nvGraphicFramePr>"
            f'<p:cNvPr id="{number}" name={attribute_xml(name)} descr={attribute_xml(description)}/>'
            '<p:cNvGraphicFramePr><a:graphicFrameLocks noGrp="1"/></p:cNvGraphicFramePr>'
            f"<p:nvPr>{place}</p:nvPr></p:nvGraphicFramePr>"
            f'<p:xfrm><a:off x="{Inches(box.left)}" y="{Inches(box.top)}"/>'
            f'<a:ext cx="{Inches(box.width)}" cy="{Inches(box.height)}"/></p:xfrm>'
            '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart">'
            f'<c:chart r:id="{relation}"/></a:graphicData></a:graphic></p:graphicFrame>'
        )
        if placeholder:
            element = placeholder._element  # noqa: SLF001  replaced by the chart itself
            element.getparent().replace(element, frame)
        else:
            shapes._spTree.append(frame)  # noqa: SLF001

    def _part(self, plot: Plot) -> ChartPart:
        """Return the chart's part of the package, with its workbook."""
        self._count += 1
        part = ChartPart.load(
            PackURI(f"/ppt/charts/chart{self._count}.xml"),
            CONTENT_TYPE.DML_CHART,
            self.package,
            chart_xml(plot),
        )
        workbook = EmbeddedXlsxPart(
            PackURI(f"/ppt/embeddings/workbook{self._count}.xlsx"),
            CONTENT_TYPE.SML_SHEET,
            self.package,
            chart_workbook(plot, self.date),
        )
        part.relate_to(workbook, RELATIONSHIP_TYPE.PACKAGE)
        return part


class _Scale:
    """The scale shared by both tiers of a chart. Heights are in inches."""

    def __init__(self, chart: ColumnChart, height: float) -> None:
        levels = [
            value
            for point in chart.points
            for value in (point.actual, point.target, point.previous)
            if value is not None
        ]
        variances = [point.variance for point in chart.points if point.variance is not None]
        self.limit = chart.limit
        levels, variances = (
            [clipped(value, chart.limit) for value in values] for values in (levels, variances)
        )
        self.top, self.bottom = max([*levels, 0.0]), min([*levels, 0.0])
        if self.top == self.bottom:
            self.top = 1.0
        self.variance_top, self.variance_bottom = max([*variances, 0.0]), min([*variances, 0.0])
        spans = (self.top - self.bottom) + (self.variance_top - self.variance_bottom)
        tier = CAPTION + 2 * LABEL_ROOM if chart.variance_name else 0.0
        self.label_room = LABEL_ROOM if self.bottom == 0 else 2 * LABEL_ROOM
        inches = height - tier - CAPTION - self.label_room - AXIS
        self.per_inch = spans / inches
        self.variance_height = (self.variance_top - self.variance_bottom) / self.per_inch
        self.base_height = (self.top - self.bottom) / self.per_inch

    def inches(self, value: float) -> float:
        """Return a value's height above the axis in inches, as far as its column is drawn."""
        return clipped(value, self.limit) / self.per_inch


def _base_plot(chart: ColumnChart, scale: _Scale) -> Plot:
    points = chart.points
    targets = (
        [Series(chart.target_name, [p.target for p in points], Role.ACTUAL, "outlined")]
        if chart.target_name
        else []
    )
    previous = (
        [Series(chart.previous_name, [p.previous for p in points], Role.PREVIOUS, "triangles")]
        if chart.previous_name
        else []
    )
    labels = [
        _base_label(point.actual, point.previous, point.actual_label, scale) for point in points
    ]
    plot_height = scale.base_height + scale.label_room
    return Plot(
        categories=[point.category for point in points],
        series=[
            *targets,
            Series(chart.actual_name, [p.actual for p in points], Role.ACTUAL, labels=labels),
            *previous,
        ],
        low=scale.bottom - (scale.label_room - LABEL_ROOM) * scale.per_inch,
        high=scale.top + LABEL_ROOM * scale.per_inch,
        axis=Role.INK,
        overlap=70,
        height=plot_height / (plot_height + AXIS),
        category_size=Size.LABEL,
    )


def _base_label(
    actual: float | None, previous: float | None, text: str, scale: _Scale
) -> Label | None:
    """Place a label at the column's foot, or at its head where last year's triangle is at the foot.

    A label that does not fit inside the column goes above it.
    """
    if actual is None or abs(actual) > scale.limit:
        return None
    height, mark = scale.inches(actual), scale.inches(previous or 0)
    foot, room = 0.26, 0.4
    if height <= foot:
        return Label(text, Role.INK, "outEnd", on_ground=True)
    position: LabelPosition = "inBase" if previous is None or not -0.1 < mark < foot else "inEnd"
    if position == "inEnd" and height < room:
        return Label(text, Role.INK, "outEnd", on_ground=True)
    return Label(text, Role.WHITE, position)


def _variance_plot(chart: ColumnChart, name: str, scale: _Scale) -> Plot:
    points = chart.points
    series: list[Series] = []
    for good, role, text_role in ((True, Role.GOOD, Role.GOOD_TEXT), (False, Role.BAD, Role.BAD)):
        shown = [p.variance is not None and p.variance_is_good is good for p in points]
        pairs = list(zip(points, shown, strict=True))
        series.append(
            Series(
                f"{name} ({'+' if good else '-'})",
                [p.variance if is_shown else None for p, is_shown in pairs],
                role,
                labels=[
                    Label(p.variance_label, _rating(p.variance_label, text_role), "outEnd")
                    if is_shown and abs(p.variance or 0.0) <= scale.limit
                    else None
                    for p, is_shown in pairs
                ],
            )
        )
    room = LABEL_ROOM * scale.per_inch
    return Plot(
        categories=[point.category for point in points],
        series=series,
        low=scale.variance_bottom - room,
        high=scale.variance_top + room,
        axis=Role.ACTUAL if chart.target_name else Role.PREVIOUS,
        axis_width=0.75 if chart.target_name else 2.5,
    )


def _rating(label: str, role: Role) -> Role:
    """Return the colour of a variance's label; without a sign it is zero and not rated."""
    return role if label.startswith(("+", MINUS)) else Role.INK


def _small_plot(chart: SmallChart, height: float) -> Plot:
    last = len(chart.values) - 1
    label_share = (AXIS + LABEL_ROOM) / height
    shown = [clipped(value, chart.limit) for value in chart.values]
    top, bottom = max([*shown, 0.0]), min([*shown, 0.0])
    room = ((top - bottom) or 1.0) * label_share / (1 - label_share)
    series = [
        Series(
            name,
            [value if (at == last) is is_actual else None for at, value in enumerate(chart.values)],
            role,
            labels=[
                Label(label, Role.INK, "outEnd")
                if (at == last) is is_actual and abs(chart.values[at]) <= chart.limit
                else None
                for at, label in enumerate(chart.labels)
            ],
        )
        for name, role, is_actual in (
            (", ".join(chart.categories[:-1]), Role.PREVIOUS, False),
            (chart.categories[-1], Role.ACTUAL, True),
        )
        if is_actual or last
    ]
    return Plot(
        categories=chart.categories,
        series=series,
        low=bottom - (room if bottom < 0 else 0.0),
        high=top + room,
        axis=Role.INK,
        gap=round(100 * ((12 if chart.is_ratio else 6) / len(chart.values) - 1)),
        height=1 - AXIS / height,
        category_size=Size.TABLE,
    )


def _name_scenarios(drawn: Any, chart: ColumnChart, box: Box) -> None:
    """Name the scenarios next to small samples of their fill, instead of a legend box."""
    named = [
        ("■ ", Role.ACTUAL, chart.actual_name),
        ("□ ", Role.ACTUAL, chart.target_name),
        ("▲ ", Role.PREVIOUS, chart.previous_name),
    ]
    runs = [
        run
        for sign, role, name in named
        if name
        for run in (Run(sign, role=role), Run(f"{name}    "))
    ]
    if chart.cut_name:
        runs.append(Run(f"≈ {chart.cut_name}"))
    add_text(drawn, box, runs, Size.LABEL)


def _draw_plan_axis(drawn: Any, tier: Box, scale: _Scale) -> None:
    """Draw the axis of a variance from plan as two parallel lines: an outlined strip."""
    height = 0.04
    zero = tier.top + LABEL_ROOM + scale.inches(scale.variance_top)
    strip = Box(tier.left, zero - height / 2, tier.width, height)
    add_mark(drawn, strip, "Plan axis", fill=Role.WHITE, line=Role.ACTUAL)


def _mark_points(drawn: Any, chart: ColumnChart, scale: _Scale, base: Box) -> None:
    """Put the numbers of comments above the columns that they refer to."""
    size, step = 0.2, base.width / len(chart.points)
    for position, point in enumerate(chart.points):
        column = max(point.actual or 0.0, point.target or 0.0, 0.0)
        triangle = scale.inches(point.previous or 0.0) + 0.08
        top = base.top + LABEL_ROOM + scale.inches(scale.top) - size
        if point.in_full and point.in_full.level:
            top = base.top + LABEL_ROOM + 2 * BREAK  # on the column, below its label
        else:
            top -= max(scale.inches(column), triangle)
        for offset, number in enumerate(point.marks):
            left = base.left + (position + 0.5) * step - size / 2 + offset * (size + 0.03)
            add_mark(
                drawn,
                Box(left, top, size, size),
                f"Comment {number}",
                fill=Role.NEUTRAL,
                text=str(number),
            )


def _mark_period(drawn: Any, chart: ColumnChart, base: Box) -> None:
    """Underline the months of the period if there is more than one."""
    reported = [position for position, point in enumerate(chart.points) if point.is_reported]
    if len(reported) > 1:
        step, height = base.width / len(chart.points), 0.03
        left = base.left + (reported[0] + 0.1) * step
        width = (len(reported) - 0.2) * step
        strip = Box(left, base.bottom - height, width, height)
        add_mark(drawn, strip, "Period", fill=Role.NEUTRAL)


def _cut_columns(drawn: Any, chart: ColumnChart, scale: _Scale, base: Box) -> None:
    """Break the columns of outliers below their amounts, at the top or the foot of the plot."""
    plot = Box(base.left, base.top, base.width, scale.base_height + scale.label_room)
    for at, point in enumerate(chart.points):
        if point.in_full and point.in_full.level:
            levels = (point.actual or 0.0, point.target or 0.0, point.previous or 0.0)
            below = max(levels, key=abs) < 0
            _cut(drawn, plot, at, len(chart.points), point.in_full.level, below=below)


def _cut_variances(drawn: Any, chart: ColumnChart, tier: Box) -> None:
    """Break the columns of outliers on the tier of variances."""
    for at, point in enumerate(chart.points):
        if point.in_full and point.in_full.variance:
            below = (point.variance or 0.0) < 0
            _cut(drawn, tier, at, len(chart.points), point.in_full.variance, below=below)


def _cut(drawn: Any, plot: Box, at: int, count: int, label: str, *, below: bool) -> None:
    """Break the column at position `at` of `count`, with its label between break and plot's edge."""
    step = plot.width / count
    left = plot.left + at * step
    width = max(step, text_width(label, Size.TABLE) + 0.04)
    middle = min(max(left + step / 2, plot.left + width / 2), plot.left + plot.width - width / 2)
    top = plot.bottom - LABEL_ROOM if below else plot.top
    cover = Box(left, top, step, LABEL_ROOM)
    add_cut_label(drawn, cover, Box(middle - width / 2, top, width, LABEL_ROOM), label)
    edge = top - 2 * BREAK if below else top + LABEL_ROOM + BREAK
    add_break(drawn, Box(left + 0.1 * step, edge, 0.8 * step, BREAK), "wave")


def _break_bars(drawn: Any, bars: Bars, box: Box) -> None:
    """Break the bars of outliers near the end where they are cut off; the table has their figures."""
    height = box.height / len(bars.series[0].values)
    for row in range(len(bars.series[0].values)):
        values = [item.values[row] or 0.0 for item in bars.series]
        for is_beyond, left in (
            (max(values) > bars.high, box.left + box.width - 3 * BREAK),
            (min(values) < bars.low, box.left + 2 * BREAK),
        ):
            if is_beyond:
                place = Box(left, box.top + row * height + 0.02, BREAK, height - 0.04)
                add_break(drawn, place, "parallelogram")
