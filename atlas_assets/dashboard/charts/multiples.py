"""Small drawings of months that share a scale, each leading to its unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atlas_assets.dashboard.charts.svg import element, label, link, rectangle

if TYPE_CHECKING:
    from collections.abc import Callable

    from markupsafe import Markup

    from atlas_assets.deck.slides import Multiple

STEP, COLUMN, PLOT, FOOT = 20.0, 12.0, 72.0, 14.0


def drawn_multiple(chart: Multiple, address: Callable[[str], str]) -> Markup:
    """Return the drawing of a unit; `address` leads from the place of a figure to where it comes from."""
    scale = PLOT / (chart.high - chart.low)
    zero = chart.high * scale
    width = STEP * len(chart.categories)
    marks: list[Markup] = []
    for position, name in enumerate(chart.categories):
        left, place = position * STEP + (STEP - COLUMN) / 2, chart.places[position]
        for values, sign, key, style, shift in (
            (chart.targets, "PL", "target", "outlined actual", 3.0),
            (chart.actuals, "AC", "actuals", "filled actual", 0.0),
        ):
            value = values[position]
            if value is None:
                continue
            held = min(max(value, chart.low), chart.high)
            mark = rectangle(left - shift, zero, COLUMN, -held * scale, style)
            title = f"{chart.heading[0].text}, {name}: {sign}"
            marks.append(link(address(f"{place}.{key}"), title, mark) if place else mark)
    last = len(chart.categories) - 1
    for position in (0, last):
        middle = position * STEP + STEP / 2
        marks.append(label(middle, PLOT + FOOT - 3, chart.categories[position], "category"))
    marks.append(element("line", x1=0.0, x2=width, y1=zero, y2=zero, class_="axis"))
    return element(
        "svg",
        *marks,
        viewBox=f"0 0 {width:.0f} {PLOT + FOOT:.0f}",
        class_="multiple",
        role="group",
        aria_label=chart.name,
    )
