"""Charts of months with their tiers of variances, for the entity and for each unit."""

from __future__ import annotations

from itertools import dropwhile
from math import inf
from typing import TYPE_CHECKING

from atlas_assets.deck.outliers import limit, ordinary
from atlas_assets.deck.slides import ColumnChart, ColumnPoint, Tier
from atlas_assets.notation.numbers import signed
from atlas_assets.notation.strings import short_month
from atlas_assets.periods.calendar import Month
from atlas_assets.report.figures import place_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from atlas_assets.deck.slide_writer import SlideWriter
    from atlas_assets.deck.slides import Comment
    from atlas_assets.notation.numbers import AmountUnit
    from atlas_assets.report.model import OutlookMonth, TrendPoint


def known_months(trend: list[TrendPoint]) -> list[TrendPoint]:
    """Drop the leading months without actuals and target, unless all are without."""
    known = list(dropwhile(lambda p: p.actuals is None and p.target is None, trend))
    return known or trend


def unit_of(
    writer: SlideWriter, trend: list[TrendPoint], outlook: Sequence[OutlookMonth] = ()
) -> AmountUnit:
    """Return the unit of a chart of months, in which its smallest amounts can be read."""
    amounts = [v for p in trend for v in (*_levels(p), p.gap_to_target, p.delta_last_year)]
    amounts += [v for month in outlook for v in (month.forecast, month.target, month.last_year)]
    return writer.money.unit(ordinary(amounts))


def month_chart(
    writer: SlideWriter,
    name: str,
    trend: list[TrendPoint],
    scale: AmountUnit,
    comments: list[Comment],
    outlook: Sequence[OutlookMonth] = (),
    empty: Sequence[str] = (),
) -> ColumnChart:
    """Return months with the variances that there are, and hatched the months that are extrapolated.

    `empty` are months (`YYYY-MM`) that only have their place.
    """
    return _MonthChart(writer, trend, scale, outlook, empty).drawn(name, comments)


class _MonthChart:
    def __init__(
        self,
        writer: SlideWriter,
        trend: list[TrendPoint],
        scale: AmountUnit,
        outlook: Sequence[OutlookMonth],
        empty: Sequence[str],
    ) -> None:
        self.writer, self.trend, self.scale = writer, trend, scale
        self.outlook, self.empty = outlook, empty
        levels = [amount for point in trend for amount in _levels(point)]
        gaps = [amount for p in trend for amount in (p.gap_to_target, p.delta_last_year)]
        rest = [amount for m in outlook for amount in (m.forecast, m.target, m.last_year)]
        self.limit = limit(scale.scaled(amount) for amount in (*levels, *gaps, *rest))

    def drawn(self, name: str, comments: list[Comment]) -> ColumnChart:
        strings = self.writer.strings
        has_target = any(point.target is not None for point in self.trend)
        has_previous = any(point.last_year is not None for point in self.trend)
        points = [self._point(point, comments) for point in self.trend]
        points += [self._forecast(month) for month in self.outlook]
        points += [ColumnPoint(self._category(month), None, None, None, "") for month in self.empty]
        told = "; ".join(
            f"{point.category} {self.scale.text(amount)}"
            for point, amount in zip(points, self._amounts(), strict=True)
            if amount is not None
        )
        return ColumnChart(
            name=name,
            description=strings("chart_described", name=name, values=told),
            points=points,
            actual_name=strings("actual_name"),
            target_name=strings("target_name") if has_target else None,
            previous_name=strings("previous_name") if has_previous else None,
            forecast_name=strings("forecast_name") if self.outlook else None,
            tiers=[
                *([self._tier("PY")] if has_previous else []),
                *([self._tier("PL")] if has_target else []),
            ],
            limit=self.limit,
            cut_name=strings("cut_off") if self.limit < inf else "",
        )

    def _amounts(self) -> list[Decimal | None]:
        known = [*(p.actuals for p in self.trend), *(m.forecast for m in self.outlook)]
        return [*known, *[None] * len(self.empty)]

    def _point(self, point: TrendPoint, comments: list[Comment]) -> ColumnPoint:
        scale = self.scale
        levels = (("", point.actuals), ("□ ", point.target), ("▲ ", point.last_year))
        return ColumnPoint(
            category=self._category(point.month),
            actual=scale.scaled(point.actuals),
            target=scale.scaled(point.target),
            previous=scale.scaled(point.last_year),
            format=scale.format(point.actuals),
            marks=[c.number for c in comments if c.number and c.month == point.month],
            is_reported=point.month in self.writer.report.meta.months,
            cut=", ".join(sign + self._cut(amount) for sign, amount in levels if self._cut(amount)),
            place=month_place(point.actuals, point.target),
        )

    def _forecast(self, month: OutlookMonth) -> ColumnPoint:
        scale = self.scale
        return ColumnPoint(
            category=self._category(month.month),
            actual=None,
            target=scale.scaled(month.target),
            previous=scale.scaled(month.last_year),
            format=scale.format(month.forecast),
            forecast=scale.scaled(month.forecast),
            place=month_place(month.forecast),
        )

    def _tier(self, reference: str) -> Tier:
        is_plan = reference == "PL"
        variances = [p.gap_to_target if is_plan else p.delta_last_year for p in self.trend]
        forecast = [m.gap_to_target if is_plan else m.delta_last_year for m in self.outlook]
        variances += [*forecast, *[None] * len(self.empty)]
        name = "variance_to_target" if is_plan else "variance_to_previous"
        return Tier(
            self.writer.strings(name),
            "PL" if is_plan else "PY",
            [self.scale.scaled(value) for value in variances],
            [self.scale.format(value, is_variance=True) for value in variances],
            [
                signed(cut, value) if value and (cut := self._cut(value)) else ""
                for value in variances
            ],
            list(range(len(self.trend), len(self.trend) + len(self.outlook))),
        )

    def _cut(self, amount: Decimal | None) -> str:
        """Return an amount in full if its column is cut off."""
        is_cut = amount is not None and abs(self.scale.scaled(amount)) > self.limit
        return self.writer.money.text(amount) if is_cut else ""

    def _category(self, text: str) -> str:
        """Return a month's name, with the year for the first month shown and every January."""
        month, locale = Month.parse(text), self.writer.locale
        name = short_month(month, locale)
        is_first = text == self.trend[0].month
        return f"{name} {month.year % 100:02d}" if is_first or month.number == 1 else name


def month_place(*figures: Decimal | None) -> str:
    """Return the place of the month that figures belong to; empty if they have none."""
    return next((place.rpartition(".")[0] for place in map(place_of, figures) if place), "")


def _levels(point: TrendPoint) -> tuple[Decimal | None, ...]:
    return (point.actuals, point.target, point.last_year)
