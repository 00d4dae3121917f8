"""Native charts written as one piece of XML, and the workbooks behind them.

Everything about a chart is set explicitly, so that PowerPoint and LibreOffice draw it alike: no
style, legend or gridlines, and a hidden value axis. Labels are the chart's own values with a number
format, so that they follow when somebody edits the data.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from pptx.util import Pt
from xlsxwriter import Workbook

from atlas_assets.deck.drawing_xml import (
    NAMESPACES,
    attribute_xml,
    scheme_color,
    solid_fill,
    text_look,
    text_xml,
)
from atlas_assets.notation.tokens import Role, Size

LabelPosition = Literal["outEnd", "inBase", "inEnd", "ctr"]
SeriesKind = Literal["filled", "outlined", "hidden", "triangles"]
_SHOWN = (
    '<c:showLegendKey val="0"/><c:showVal val="{}"/><c:showCatName val="0"/>'
    '<c:showSerName val="0"/><c:showPercent val="0"/><c:showBubbleSize val="0"/>'
)
_GROUND = f"<c:spPr>{solid_fill(Role.WHITE)}</c:spPr>"
WORKBOOK_RELATION = "rId1"


@dataclass(frozen=True)
class Label:
    """A column's label, written by a number format; `on_ground` puts it on white."""

    format: str
    role: Role
    position: LabelPosition
    on_ground: bool = False


@dataclass(frozen=True)
class Series:
    """Values drawn alike. Later series lie in front; what is hidden only carries what is stacked on it.

    `hatched` are the positions of forecasts.
    """

    name: str
    values: list[float | None]
    role: Role
    kind: SeriesKind = "filled"
    labels: list[Label | None] = field(default_factory=list)
    hatched: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Plot:
    """A chart of columns, or of horizontal bars with the first category on top.

    The plot is as wide as its frame; `top` and `height` are shares of the height of the frame. `low` to
    `high` is the value axis; an end that is None follows the values. `gap` between categories and
    `overlap` of series are
    in percent of a column's width; `axis_width` and `category_size` are in points, and without a
    `category_size` categories are not named; `label_every` names only some.
    """

    categories: list[str]
    series: list[Series]
    low: float | None
    high: float | None
    axis: Role
    axis_width: float = 0.75
    horizontal: bool = False
    stacked: bool = False
    gap: int = 50
    overlap: int = 100
    height: float = 1.0
    top: float = 0.0
    category_size: float | None = None
    label_every: int = 1


def chart_xml(plot: Plot) -> bytes:
    """Return the chart part of a plot; its workbook must be related as WORKBOOK_RELATION."""
    columns = [item for item in enumerate(plot.series) if item[1].kind != "triangles"]
    triangles = [item for item in enumerate(plot.series) if item[1].kind == "triangles"]
    axes = '<c:axId val="1"/><c:axId val="2"/>'
    drawn = (
        f'<c:barChart><c:barDir val="{"bar" if plot.horizontal else "col"}"/>'
        f'<c:grouping val="{"stacked" if plot.stacked else "clustered"}"/><c:varyColors val="0"/>'
        f"{''.join(_series(plot, *item) for item in columns)}"
        f'<c:gapWidth val="{plot.gap}"/><c:overlap val="{plot.overlap}"/>{axes}</c:barChart>'
    )
    if triangles:
        drawn += (
            '<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>'
            f"{''.join(_series(plot, *item) for item in triangles)}"
            f'<c:marker val="1"/>{axes}</c:lineChart>'
        )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<c:chartSpace {NAMESPACES}><c:date1904 val="0"/><c:roundedCorners val="0"/><c:chart>'
        '<c:autoTitleDeleted val="1"/><c:plotArea><c:layout><c:manualLayout>'
        '<c:layoutTarget val="inner"/><c:xMode val="edge"/><c:yMode val="edge"/><c:x val="0"/>'
        f'<c:y val="{plot.top:.4f}"/><c:w val="1"/><c:h val="{plot.height:.4f}"/></c:manualLayout></c:layout>'
        f"{drawn}{_category_axis(plot)}{_value_axis(plot)}</c:plotArea>"
        '<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart>'
        f"<c:txPr><a:bodyPr/><a:lstStyle/>{_paragraph(Size.TABLE, Role.INK)}</c:txPr>"
        f'<c:externalData r:id="{WORKBOOK_RELATION}"><c:autoUpdate val="0"/></c:externalData>'
        "</c:chartSpace>"
    ).encode()


def chart_workbook(plot: Plot, date: str) -> bytes:
    """Return the workbook that PowerPoint opens to edit the chart; `date` (ISO 8601) is its only date."""
    buffer = io.BytesIO()
    with Workbook(buffer, {"in_memory": True}) as workbook:
        workbook.set_properties({"created": datetime.fromisoformat(date).replace(tzinfo=None)})
        sheet = workbook.add_worksheet("Sheet1")
        sheet.write_column(1, 0, plot.categories)
        for column, series in enumerate(plot.series, start=1):
            sheet.write_string(0, column, series.name)
            for row, value in enumerate(series.values, start=1):
                if value is not None:
                    sheet.write_number(row, column, value)
    return buffer.getvalue()


def _series(plot: Plot, index: int, series: Series) -> str:
    column = chr(ord("B") + index)
    last = len(plot.categories) + 1
    points = "".join(
        f'<c:pt idx="{position}"><c:v>{value!r}</c:v></c:pt>'
        for position, value in enumerate(series.values)
        if value is not None
    )
    names = "".join(
        f'<c:pt idx="{position}"><c:v>{text_xml(name)}</c:v></c:pt>'
        for position, name in enumerate(plot.categories)
    )
    count = f'<c:ptCount val="{len(plot.categories)}"/>'
    smooth = '<c:smooth val="0"/>' if series.kind == "triangles" else ""
    return (
        f'<c:ser><c:idx val="{index}"/><c:order val="{index}"/><c:tx><c:strRef>'
        f'<c:f>Sheet1!${column}$1</c:f><c:strCache><c:ptCount val="1"/><c:pt idx="0">'
        f"<c:v>{text_xml(series.name)}</c:v></c:pt></c:strCache></c:strRef></c:tx>"
        f"{_look(series)}{_labels(series)}"
        f"<c:cat><c:strRef><c:f>Sheet1!$A$2:$A${last}</c:f><c:strCache>{count}{names}"
        f"</c:strCache></c:strRef></c:cat><c:val><c:numRef><c:f>Sheet1!${column}$2:${column}${last}</c:f>"
        f"<c:numCache><c:formatCode>General</c:formatCode>{count}{points}</c:numCache></c:numRef>"
        f"</c:val>{smooth}</c:ser>"
    )


def _look(series: Series) -> str:
    fill = solid_fill(series.role)
    match series.kind:
        case "triangles":
            return (
                "<c:spPr><a:ln><a:noFill/></a:ln></c:spPr><c:marker>"
                f'<c:symbol val="triangle"/><c:size val="8"/><c:spPr>{fill}'
                f'<a:ln w="6350">{solid_fill(Role.WHITE)}</a:ln></c:spPr></c:marker>'
            )
        case "hidden":
            look = "<a:noFill/>"
        case "outlined":
            look = f'{solid_fill(Role.WHITE)}<a:ln w="{Pt(1.25)}">{fill}</a:ln>'
        case "filled":
            look = fill
    forecasts = "".join(
        f'<c:dPt><c:idx val="{position}"/><c:invertIfNegative val="0"/><c:bubble3D val="0"/>'
        f"<c:spPr>{_hatched(series.role)}</c:spPr></c:dPt>"
        for position in series.hatched
    )
    return f'<c:spPr>{look}</c:spPr><c:invertIfNegative val="0"/>{forecasts}'


def _hatched(role: Role) -> str:
    return (
        f'<a:pattFill prst="wdUpDiag"><a:fgClr>{scheme_color(role)}</a:fgClr>'
        f"<a:bgClr>{scheme_color(Role.WHITE)}</a:bgClr></a:pattFill>"
        f'<a:ln w="{Pt(1)}">{solid_fill(role)}</a:ln>'
    )


def _labels(series: Series) -> str:
    labels = "".join(
        f'<c:dLbl><c:idx val="{position}"/>'
        f'<c:numFmt formatCode={attribute_xml(label.format)} sourceLinked="0"/>'
        f"{_GROUND if label.on_ground else '<c:spPr><a:noFill/></c:spPr>'}"
        f'<c:txPr><a:bodyPr wrap="none"/><a:lstStyle/>{_paragraph(Size.TABLE, label.role)}</c:txPr>'
        f'<c:dLblPos val="{label.position}"/>{_SHOWN.format(1)}</c:dLbl>'
        for position, label in enumerate(series.labels)
        if label
    )
    return f"<c:dLbls>{labels}{_SHOWN.format(0)}</c:dLbls>" if labels else ""


def _paragraph(size: float, role: Role) -> str:
    look = text_look(size, role, bold=role is Role.WHITE)
    return f"<a:p><a:pPr><a:defRPr {look}</a:defRPr></a:pPr></a:p>"


def _category_axis(plot: Plot) -> str:
    size = plot.category_size
    return (
        '<c:catAx><c:axId val="1"/><c:scaling>'
        f'<c:orientation val="{"maxMin" if plot.horizontal else "minMax"}"/></c:scaling>'
        f'<c:delete val="0"/><c:axPos val="{"l" if plot.horizontal else "b"}"/>'
        '<c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/>'
        f'<c:minorTickMark val="none"/><c:tickLblPos val="{"low" if size else "none"}"/>'
        f'<c:spPr><a:ln w="{Pt(plot.axis_width)}">{solid_fill(plot.axis)}</a:ln></c:spPr>'
        f"<c:txPr><a:bodyPr/><a:lstStyle/>{_paragraph(size or Size.TABLE, Role.INK)}</c:txPr>"
        '<c:crossAx val="2"/><c:crosses val="autoZero"/><c:auto val="0"/><c:lblAlgn val="ctr"/>'
        f'<c:lblOffset val="100"/><c:tickLblSkip val="{plot.label_every}"/>'
        '<c:noMultiLvlLbl val="1"/></c:catAx>'
    )


def _axis_end(name: str, value: float | None) -> str:
    return "" if value is None else f'<c:{name} val="{value!r}"/>'


def _value_axis(plot: Plot) -> str:
    return (
        '<c:valAx><c:axId val="2"/><c:scaling><c:orientation val="minMax"/>'
        f"{_axis_end('max', plot.high)}{_axis_end('min', plot.low)}</c:scaling>"
        '<c:delete val="1"/>'
        f'<c:axPos val="{"t" if plot.horizontal else "l"}"/>'
        '<c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/>'
        '<c:minorTickMark val="none"/><c:tickLblPos val="none"/><c:crossAx val="1"/>'
        '<c:crosses val="autoZero"/><c:crossBetween val="between"/></c:valAx>'
    )
