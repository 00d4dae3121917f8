"""Months as columns, with the variances from target and last year on tiers above them, at the same scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from atlas_assets.dashboard.charts.svg import element, label, link, rectangle
from atlas_assets.deck.outliers import clipped
from atlas_assets.notation.numbers import signed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from markupsafe import Markup

    from atlas_assets.notation.numbers import AmountUnit

STEP, COLUMN = 64.0, 30.0  # width of a month's place, and of its column
PLOT, LEAST_TIER = 190.0, 26.0  # height of the columns, and of a tier at least
HEAD, FOOT, LABEL, LEFT = 16.0, 20.0, 13.0, 44.0
SHIFT = 5.0  # by which a target stands out behind the actual column


@dataclass(frozen=True)
class MonthBar:
    """A month: its name and figures, each with the address of where it comes from."""

    name: str
    actual: Decimal | None
    target: Decimal | None
    last_year: Decimal | None
    gap: Decimal | None
    delta: Decimal | None
    forecast: Decimal | None
    hrefs: dict[str, str]
    is_reported: bool = False


@dataclass(frozen=True)
class _Tier:
    name: str
    style: str
    values: list[tuple[Decimal | None, str]]


class MonthsDrawing:
    """A drawing of months in one unit of money; columns beyond `limit` are cut off."""

    def __init__(self, months: Sequence[MonthBar], unit: AmountUnit, limit: float) -> None:
        self.months, self.unit, self.limit = months, unit, limit
        levels = [
            self._size(value)
            for month in months
            for value in (month.actual, month.target, month.last_year, month.forecast)
        ]
        self.high, self.low = max([*levels, 0.0]) or 1.0, min([*levels, 0.0])
        self.scale = PLOT / (self.high - self.low)
        self.width = LEFT + STEP * len(months)

    def drawn(self, name: str) -> Markup:
        """Return the drawing; `name` says what it shows."""
        tiers = [tier for tier in (self._deltas(), self._gaps()) if any(v for v, _ in tier.values)]
        parts: list[Markup] = []
        top = 0.0
        for tier in tiers:
            marks, height = self._tier(tier, top)
            parts += marks
            top += height
        parts += self._columns(top + HEAD)
        height = top + HEAD + PLOT + FOOT
        return element(
            "svg",
            _hatching(),
            *parts,
            viewBox=f"0 0 {self.width:.0f} {height:.0f}",
            class_="months",
            role="group",
            aria_label=name,
        )

    def _size(self, value: Decimal | None) -> float:
        return 0.0 if value is None else clipped(self.unit.scaled(value), self.limit)

    def _columns(self, top: float) -> list[Markup]:
        zero = top + self.high * self.scale
        marks = [element("line", x1=LEFT, x2=self.width, y1=zero, y2=zero, class_="axis")]
        foot = top + PLOT + LABEL
        for position, month in enumerate(self.months):
            middle = LEFT + STEP * (position + 0.5)
            marks += self._column(month, middle, zero)
            style = "category reported" if month.is_reported else "category"
            marks.append(label(middle, foot, month.name, style))
        return marks

    def _column(self, month: MonthBar, middle: float, zero: float) -> list[Markup]:
        left = middle - COLUMN / 2
        marks: list[Markup] = []

        def height(value: Decimal | None) -> float:
            return self._size(value) * self.scale

        def add(kind: str, value: Decimal | None, sign: str, mark: Markup) -> None:
            told = f"{month.name}: {sign} {self.unit.text(value)}"
            href = month.hrefs.get(kind)
            marks.append(link(href, told, mark) if href else mark)

        if month.target is not None:
            tall = height(month.target)
            mark = rectangle(left - SHIFT, zero, COLUMN, -tall, "outlined actual")
            add("target", month.target, "PL", mark)
        for kind, value, sign in (
            ("actuals", month.actual, "AC"),
            ("forecast", month.forecast, "FC"),
        ):
            if value is None:
                continue
            tall, style = height(value), "filled actual" if kind == "actuals" else "hatched"
            edge = zero - max(tall, 0.0)
            told = label(middle, edge - 3, self.unit.text(value), "value")
            bar = rectangle(left, zero, COLUMN, -tall, style)
            add(kind, value, sign, element("g", bar, told))
        if month.last_year is not None:
            tip = zero - height(month.last_year)
            points = f"{left - 13:.1f},{tip - 4:.1f} {left - 13:.1f},{tip + 4:.1f} {left - 6:.1f},{tip:.1f}"
            mark = element("polygon", points=points, class_="filled previous")
            add("last_year", month.last_year, "PY", mark)
        return marks

    def _gaps(self) -> _Tier:
        values = [(month.gap, month.hrefs.get("gap_to_target", "")) for month in self.months]
        return _Tier("ΔPL", "plan", values)

    def _deltas(self) -> _Tier:
        values = [(month.delta, month.hrefs.get("delta_last_year", "")) for month in self.months]
        return _Tier("ΔPY", "previous", values)

    def _tier(self, tier: _Tier, top: float) -> tuple[list[Markup], float]:
        """Return a tier of variances, and its height."""
        sizes = [self._size(value) * self.scale for value, _ in tier.values]
        above, below = max([*sizes, 0.0]), -min([*sizes, 0.0])
        height = max(above + below, LEAST_TIER) + 2 * LABEL + 4
        zero = top + LABEL + above
        marks = [
            label(2.0, zero + 4, tier.name, "tier"),
            element("line", x1=LEFT, x2=self.width, y1=zero, y2=zero, class_=f"axis {tier.style}"),
        ]
        for position, ((value, href), size) in enumerate(zip(tier.values, sizes, strict=True)):
            if value is None:
                continue
            middle = LEFT + STEP * (position + 0.5)
            marks.append(self._variance(tier, position, middle, zero, size, value, href))
        return marks, height

    def _variance(
        self,
        tier: _Tier,
        position: int,
        middle: float,
        zero: float,
        size: float,
        value: Decimal,
        href: str,
    ) -> Markup:
        style = "good" if size >= 0 else "bad"
        told = signed(self.unit.text(value), value)
        y = zero - size - 3 if size >= 0 else zero - size + LABEL - 2
        mark = element(
            "g",
            rectangle(middle - COLUMN / 2, zero, COLUMN, -size, f"filled {style}"),
            label(middle, y, told, f"value {style}_text"),
        )
        title = f"{self.months[position].name}: {tier.name} {told}"
        return link(href, title, mark) if href else mark


def _hatching() -> Markup:
    line = element("line", x1=0.0, x2=0.0, y1=0.0, y2=6.0, class_="hatch")
    pattern = element(
        "pattern",
        line,
        id="hatching",
        width=6.0,
        height=6.0,
        patternUnits="userSpaceOnUse",
        patternTransform="rotate(45)",
    )
    return element("defs", pattern)
