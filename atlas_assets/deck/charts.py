"""Draws the notation's charts: columns with a variance tier, small comparisons, bars over a table."""

from __future__ import annotations

from dataclasses import dataclass
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
from atlas_assets.deck.text_fit import fitting, shortened, text_width
from atlas_assets.notation.tokens import Role, Size

if TYPE_CHECKING:
    from collections.abc import Iterable

    from atlas_assets.deck.slides import (
        Bars,
        ColumnChart,
        ColumnPoint,
        Multiple,
        SmallChart,
        Tier,
    )

# In inches.
CAPTION = 0.24  # height of a chart's caption
AXIS = 0.3  # height of the month names
FACTS = 0.2  # height of the line under a small chart's heading
MULTIPLE_AXIS = 0.2
LABEL_ROOM = 0.2  # above and below a tier's columns, for their labels
BREAK = 0.07  # thickness of the break in a column or bar that is cut off


class ChartDrawer:
    """Adds charts to the slides of one presentation; `date` (ISO 8601) dates their workbooks."""

    def __init__(self, package: Any, date: str) -> None:
        self.package, self.date = package, date
        self._count = 0
        self.elements: list[Any] = []  # of every chart that was added

    def columns(self, drawn: Any, placeholder: Any, chart: ColumnChart, box: Box) -> None:
        """Draw a column chart into `box`, in place of `placeholder`.

        The tiers of variances, if any, are above the columns, at the same scale.
        """
        scale = _Scale(chart, box.height)
        top = box.top
        for tier, span in zip(chart.tiers, scale.tiers, strict=True):
            height = span.size / scale.per_inch + 2 * LABEL_ROOM
            frame = Box(box.left, top + CAPTION, box.width, height)
            add_text(
                drawn,
                Box(box.left, top, box.width, CAPTION),
                [Run(tier.name, bold=True)],
                Size.LABEL,
            )
            plot = _variance_plot(chart, tier, span, scale)
            self._add(drawn, plot, f"{chart.name}, {tier.name}", _told(chart, tier), frame)
            _cut_variances(drawn, tier, frame)
            if tier.reference == "PL":
                _draw_plan_axis(drawn, frame, tier, span, scale)
            top = frame.bottom
        _name_scenarios(drawn, chart, Box(box.left, top, box.width, CAPTION))
        height = scale.base_height + scale.label_room + AXIS
        base = Box(box.left, top + CAPTION, box.width, height)
        self._add(drawn, _base_plot(chart, scale), chart.name, chart.description, base, placeholder)
        _cut_columns(drawn, chart, scale, base)
        _mark_points(drawn, chart, scale, base)
        _mark_period(drawn, chart, base)

    def small(self, drawn: Any, chart: SmallChart, box: Box) -> None:
        """Draw a figure next to earlier ones, under its name."""
        name = shortened(chart.name, box.width, Size.TABLE, bold=True)
        caption = Box(box.left, box.top, box.width, CAPTION)
        add_text(drawn, caption, [Run(name, bold=True)], Size.TABLE)
        frame = Box(box.left, box.top + CAPTION, box.width, box.height - CAPTION)
        self._add(drawn, _small_plot(chart, frame.height), chart.name, chart.description, frame)
        plot = Box(frame.left, frame.top, frame.width, frame.height - AXIS)
        for at, value in enumerate(chart.values):
            if abs(value) > chart.limit:
                _cut(drawn, plot, at, len(chart.values), chart.labels[at], below=value < 0)

    def multiple(self, drawn: Any, chart: Multiple, box: Box) -> None:
        """Draw one of several small charts of months, under its heading and facts."""
        heading = Box(box.left, box.top, box.width, CAPTION)
        add_text(drawn, heading, fitting(chart.heading, box.width, Size.LABEL), Size.LABEL)
        facts = Box(box.left, heading.bottom, box.width, FACTS)
        add_text(drawn, facts, fitting(chart.facts, box.width, Size.TABLE), Size.TABLE)
        frame = Box(box.left, facts.bottom, box.width, box.bottom - facts.bottom)
        self._add(drawn, _multiple_plot(chart, frame.height), chart.name, chart.description, frame)

    def bars(self, drawn: Any, bars: Bars, box: Box) -> None:
        """Draw bars over the cells of a table's column, one per row."""
        series = bars.series if bars.is_stacked else [*reversed(bars.series)]
        is_in_one_line = bars.is_stacked or len(series) == 1 or bars.low < 0
        plot = Plot(
            categories=bars.rows,
            series=[Series(item.name, item.values, item.role, item.kind) for item in series],
            low=bars.low,
            high=bars.high,
            axis=bars.axis,
            horizontal=True,
            stacked=bars.is_stacked,
            gap=60,
            overlap=100 if is_in_one_line else 70,
        )
        self._add(drawn, plot, bars.name, _told_rows(bars), box)
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
        self.elements.append(part._element)  # noqa: SLF001
        return part


@dataclass(frozen=True)
class _Span:
    """The lowest and the highest value of a tier, zero included, as far as they are drawn."""

    bottom: float
    top: float

    @classmethod
    def of(cls, values: Iterable[float | None], limit: float) -> _Span:
        known = [clipped(value, limit) for value in values if value is not None]
        return cls(min([*known, 0.0]), max([*known, 0.0]))

    @property
    def size(self) -> float:
        return self.top - self.bottom


class _Scale:
    """The scale shared by the tiers of a chart. Heights are in inches."""

    def __init__(self, chart: ColumnChart, height: float) -> None:
        self.limit = chart.limit
        levels = [
            value
            for point in chart.points
            for value in (point.actual, point.forecast, point.target, point.previous)
        ]
        base = _Span.of(levels, chart.limit)
        self.base = base if base.size else _Span(0.0, 1.0)
        self.tiers = [_Span.of(tier.values, chart.limit) for tier in chart.tiers]
        self.label_room = LABEL_ROOM if self.base.bottom == 0 else 2 * LABEL_ROOM
        around = CAPTION + self.label_room + AXIS + len(self.tiers) * (CAPTION + 2 * LABEL_ROOM)
        spans = self.base.size + sum(tier.size for tier in self.tiers)
        self.per_inch = spans / (height - around)
        self.base_height = self.base.size / self.per_inch

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
    names = [name for name in (chart.actual_name, chart.forecast_name) if name]
    shown = [p.actual if p.forecast is None else p.forecast for p in points]
    plot_height = scale.base_height + scale.label_room
    return Plot(
        categories=[point.category for point in points],
        series=[
            *targets,
            Series(
                ", ".join(names),
                shown,
                Role.ACTUAL,
                labels=[_base_label(point, scale) for point in points],
                hatched=[at for at, point in enumerate(points) if point.forecast is not None],
            ),
            *previous,
        ],
        low=scale.base.bottom - (scale.label_room - LABEL_ROOM) * scale.per_inch,
        high=scale.base.top + LABEL_ROOM * scale.per_inch,
        axis=Role.INK,
        overlap=70,
        height=plot_height / (plot_height + AXIS),
        category_size=Size.LABEL,
    )


def _base_label(point: ColumnPoint, scale: _Scale) -> Label | None:
    """Place a label at the column's foot, or at its head where last year's triangle is at the foot.

    A label that does not fit inside the column, or would lie on hatching, goes above it.
    """
    if point.forecast is not None:
        return Label(point.format, Role.INK, "outEnd", on_ground=True)
    actual, previous = point.actual, point.previous
    if actual is None or abs(actual) > scale.limit:
        return None
    height, mark = scale.inches(actual), scale.inches(previous or 0)
    foot, room = 0.26, 0.4
    if height <= foot:
        return Label(point.format, Role.INK, "outEnd", on_ground=True)
    position: LabelPosition = "inBase" if previous is None or not -0.1 < mark < foot else "inEnd"
    if position == "inEnd" and height < room:
        return Label(point.format, Role.INK, "outEnd", on_ground=True)
    return Label(point.format, Role.WHITE, position)


def _variance_plot(chart: ColumnChart, tier: Tier, span: _Span, scale: _Scale) -> Plot:
    series: list[Series] = []
    for sign, role, text_role in (("+", Role.GOOD, Role.GOOD_TEXT), ("-", Role.BAD, Role.BAD)):
        shown = [
            value if value is not None and (value >= 0) is (sign == "+") else None
            for value in tier.values
        ]
        labels = [
            Label(label, text_role if value else Role.INK, "outEnd")
            if value is not None and abs(value) <= scale.limit
            else None
            for value, label in zip(shown, tier.formats, strict=True)
        ]
        hatched = [at for at in tier.forecasts if shown[at] is not None]
        name = f"{tier.name} ({sign})"
        series.append(Series(name, shown, role, labels=labels, hatched=hatched))
    room = LABEL_ROOM * scale.per_inch
    is_plan = tier.reference == "PL"
    return Plot(
        categories=[point.category for point in chart.points],
        series=series,
        low=span.bottom - room,
        high=span.top + room,
        axis=Role.ACTUAL if is_plan else Role.PREVIOUS,
        axis_width=0.75 if is_plan else 2.5,
    )


def _small_plot(chart: SmallChart, height: float) -> Plot:
    """Return a plot whose axis follows its values, so that it stays right when they are edited."""
    last = len(chart.values) - 1
    is_cut = any(abs(value) > chart.limit for value in chart.values)
    most = max(abs(clipped(value, chart.limit)) for value in chart.values)
    series = [
        Series(
            name,
            [value if (at == last) is is_actual else None for at, value in enumerate(chart.values)],
            role,
            labels=[
                Label(label, Role.INK, "outEnd")
                if (at == last) is is_actual and abs(chart.values[at]) <= chart.limit
                else None
                for at, label in enumerate(chart.formats)
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
        low=None if min(chart.values) < 0 else 0.0,
        high=most if is_cut else None,
        axis=Role.INK,
        gap=round(100 * ((12 if chart.is_ratio else 6) / len(chart.values) - 1)),
        top=LABEL_ROOM / height,
        height=1 - (AXIS + LABEL_ROOM) / height,
        category_size=Size.TABLE,
    )


def _multiple_plot(chart: Multiple, height: float) -> Plot:
    outlined = [Series("PL", chart.targets, Role.ACTUAL, "outlined")]
    has_target = any(value is not None for value in chart.targets)
    return Plot(
        categories=chart.categories,
        series=[*(outlined if has_target else []), Series("AC", chart.actuals, Role.ACTUAL)],
        low=chart.low,
        high=chart.high,
        axis=Role.INK,
        overlap=70,
        height=1 - MULTIPLE_AXIS / height,
        category_size=Size.TABLE,
        label_every=max(1, (len(chart.categories) - 1) // 2),
    )


def _told(chart: ColumnChart, tier: Tier) -> str:
    """Return in words what a tier shows."""
    values = [
        f"{point.category} {value:+g}"
        for point, value in zip(chart.points, tier.values, strict=True)
        if value is not None
    ]
    return f"{tier.name}: {'; '.join(values)}"


def _told_rows(bars: Bars) -> str:
    """Return in words what the bars of a table's column show."""
    told = [
        f"{name} "
        + ", ".join(
            f"{item.name.rpartition(' (')[0] or item.name} {value:g}" for item, value in shown
        )
        for at, name in enumerate(bars.rows)
        if (
            shown := [
                (s, v)
                for s in bars.series
                if s.kind != "hidden" and (v := s.values[at]) is not None
            ]
        )
    ]
    return f"{bars.name}: {'; '.join(told)}"


def _name_scenarios(drawn: Any, chart: ColumnChart, box: Box) -> None:
    """Name the scenarios next to small samples of their fill, instead of a legend box."""
    named = [
        ("■ ", Role.ACTUAL, chart.actual_name),
        ("▨ ", Role.ACTUAL, chart.forecast_name),
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


def _draw_plan_axis(drawn: Any, frame: Box, tier: Tier, span: _Span, scale: _Scale) -> None:
    """Draw the axis of a variance from plan as two parallel lines: an outlined strip.

    It is as long as there are targets, because no variance is not the same as none of zero.
    """
    height, step = 0.04, frame.width / len(tier.values)
    known = [at for at, value in enumerate(tier.values) if value is not None]
    first, last = (known[0], known[-1]) if known else (0, len(tier.values) - 1)
    zero = frame.top + LABEL_ROOM + span.top / scale.per_inch
    left, width = frame.left + first * step, (last - first + 1) * step
    strip = Box(left, zero - height / 2, width, height)
    add_mark(drawn, strip, "Plan axis", fill=Role.WHITE, line=Role.ACTUAL)


def _mark_points(drawn: Any, chart: ColumnChart, scale: _Scale, base: Box) -> None:
    """Put the numbers of comments above the columns that they refer to."""
    size, step = 0.2, base.width / len(chart.points)
    for position, point in enumerate(chart.points):
        column = max(point.actual or 0.0, point.forecast or 0.0, point.target or 0.0, 0.0)
        triangle = scale.inches(point.previous or 0.0) + 0.08
        top = base.top + LABEL_ROOM + scale.inches(scale.base.top) - size
        if point.cut:
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
        if point.cut:
            levels = (point.actual or 0.0, point.target or 0.0, point.previous or 0.0)
            below = max(levels, key=abs) < 0
            _cut(drawn, plot, at, len(chart.points), point.cut, below=below)


def _cut_variances(drawn: Any, tier: Tier, frame: Box) -> None:
    """Break the columns of outliers on a tier of variances."""
    for at, (value, label) in enumerate(zip(tier.values, tier.cut, strict=True)):
        if label:
            _cut(drawn, frame, at, len(tier.values), label, below=(value or 0.0) < 0)


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
