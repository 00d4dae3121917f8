"""The bars in the rows of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atlas_assets.dashboard.charts.svg import element, rectangle

if TYPE_CHECKING:
    from markupsafe import Markup

    from atlas_assets.deck.slides import Bars, BarSeries

WIDTH, WIDE, HEIGHT = 140.0, 260.0, 18.0  # those that are stacked are wide


def drawn_bars(bars: Bars) -> list[Markup]:
    """Return a drawing for each row, all at one scale."""
    return [_drawn(bars, position) for position in range(len(bars.rows))]


def _drawn(bars: Bars, position: int) -> Markup:
    width = WIDE if bars.is_stacked else WIDTH
    scale = width / (bars.high - bars.low)
    zero = -bars.low * scale
    marks: list[Markup] = []
    start = zero
    for depth, series in enumerate(bars.series):
        value = series.values[position]
        if value is None:
            continue
        size = min(max(value, bars.low), bars.high) * scale
        if series.kind != "hidden":
            inset = 3.0 if bars.is_stacked else 2.0 if depth else 4.0  # the first one is in front
            x = start if size >= 0 else start + size
            mark = rectangle(x, inset, abs(size), HEIGHT - 2 * inset, _style(series))
            marks.append(mark)
        if bars.is_stacked:
            start += size
    axis = element("line", x1=zero, x2=zero, y1=0.0, y2=HEIGHT, class_="axis")
    return element(
        "svg",
        *reversed(marks),
        axis,
        viewBox=f"0 0 {width:.0f} {HEIGHT:.0f}",
        class_="bars wide" if bars.is_stacked else "bars",
        aria_hidden="true",
    )


def _style(series: BarSeries) -> str:
    return f"{series.kind} {series.role}"
