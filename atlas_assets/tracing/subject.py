"""The figures that the entity has as well as each of its units."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from atlas_assets.periods.calendar import Month, Period, month_range
from atlas_assets.tracing.formulas import Formula, Known, Records, difference, share
from atlas_assets.tracing.spans import (
    YEAR,
    Span,
    activities,
    records,
    scenarios,
    span_figure,
    targets,
    unknown,
    versus,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from atlas_assets.report.model import (
        Comparison,
        SubjectReport,
    )
    from atlas_assets.tracing.formulas import Expression, Places, Value

    Measure = Callable[[Places, Month], Expression]  # of places, by the end of a month

_RETURNING, _TYPED = ("renewal", "alumni"), ("new", "renewal", "alumni")


class Subject:
    """The figures of the entity or of a unit; `span` is the period of a report, of its units."""

    def __init__(self, section: SubjectReport, span: Span, period: Period) -> None:
        self.section, self.span, self.period = section, span, period
        self.units = span.units
        self.year = Span(span.units, period.year_first, period.last)

    def expression(self, rest: list[str]) -> Expression:
        """Return what a figure is made of. Raises UsageError if there is none."""
        sections = {
            "revenue": self._revenue,
            "ytd": self._ytd,
            "outlook": self._outlook,
            "key_comparison": self._key_comparison,
            "retention": self._retention,
            "open_orders": self._open_orders,
            "funnel": self._funnel,
        }
        return sections[rest[0]](rest[1:])

    def _revenue(self, rest: list[str]) -> Expression:
        match rest:
            case ["trend", index, *name]:
                month = Month.parse(self.section.revenue.trend[int(index)].month)
                return span_figure(Span(self.units, month, month), name)
            case ["last_period" | "last_year" | "best_year", *_]:
                return self._key_figure(self.section.revenue, rest, _of_records("revenue"))
            case _:
                return span_figure(self.span, rest)

    def _ytd(self, rest: list[str]) -> Expression:
        match rest:
            case ["of_months"]:
                return Known(self.section.ytd.of_months)
            case ["loaded_months"]:
                one = Span(self.units[:1], self.year.first, self.year.last)
                return records("unit_months", one.places())
            case _:
                return span_figure(self.year, rest)

    def _key_figure(self, figure: Any, rest: list[str], measure: Measure) -> Expression:
        """Return the value of a figure, or one of what it is compared with."""
        if rest == ["value"]:
            return measure(self.span.places(), self.period.last)
        kind, *name = rest
        comparison: Comparison = getattr(figure, kind)
        first = Period.parse(comparison.period, self.period.year_start).first
        shift = len(month_range(min(first, self.period.first), max(first, self.period.first))) - 1
        shift = -shift if first < self.period.first else shift
        actual = self.span.places("compared", shift=shift)
        compared = self.span.places("compared", shift=shift, compared=True)
        return self._comparison(
            comparison,
            name,
            measure(compared, self.period.last.plus(shift)),
            measure(actual, self.period.last),
            actual,
        )

    @staticmethod
    def _comparison(
        comparison: Comparison,
        name: list[str],
        value: Expression,
        actuals: Expression,
        places: Places,
    ) -> Expression:
        match name:
            case ["coverage", "have"]:
                return records("unit_months", places)
            case ["coverage", "of"]:
                return Known(comparison.coverage.of)
            case [only]:
                return versus(
                    only, actuals, value, names=("actuals", "value", "delta", "delta_pct")
                )
            case _:
                raise unknown(".".join(name))

    def _key_comparison(self, rest: list[str]) -> Expression:
        section = self.section.key_comparison
        by_type: dict[Any, Any] = dict(section.by_customer_type)
        if rest[0] == "by_customer_type":
            kind, name, *more = rest[1:]
            measure = _of_records(
                "orders" if name == "orders" else "revenue", customer_types=(kind,)
            )
            return self._key_figure(getattr(by_type[kind], name), more, measure)
        return self._key_figure(getattr(section, rest[0]), rest[1:], _KEY_MEASURES[rest[0]])

    def _outlook(self, rest: list[str]) -> Expression:
        outlook = self.section.outlook
        if outlook is None:
            raise unknown("outlook")
        matched = records("revenue", self.year.places("with_last_year"))
        before = records("revenue", self.year.places("with_last_year", shift=-YEAR, compared=True))

        def last_year(month: Month) -> Records:
            earlier = month.plus(-YEAR)
            return records("revenue", Span(self.units, earlier, earlier).places("begun"))

        def forecast(month: Month) -> Formula:
            return Formula("scaled", (last_year(month), matched, before), decimals=2)

        whole = Span(self.units, self.year.first, self.year.first.plus(YEAR - 1))
        to_date = records("revenue", self.year.places())
        rest_of_year = tuple(forecast(Month.parse(month.month)) for month in outlook.months)
        full_year = Formula("sum", (to_date, *rest_of_year))
        match rest:
            case ["growth_factor"]:
                return Formula("ratio", (matched, before), decimals=6)
            case ["actual_to_date"]:
                return to_date
            case ["forecast_rest"]:
                return Formula("sum", rest_of_year)
            case ["months", index, name]:
                month = Month.parse(outlook.months[int(index)].month)
                target = targets(Span(self.units, month, month).calendar())
                return scenarios(name, forecast(month), target, last_year(month), "forecast")
            case [name]:
                target = targets(whole.calendar())
                year_before = records("revenue", whole.shifted(-YEAR).places())
                return scenarios(name, full_year, target, year_before, "full_year")
            case _:
                raise unknown(".".join(["outlook", *rest]))

    def _retention(self, rest: list[str]) -> Expression:
        (name,) = rest
        last = self.period.last if name != "last_year_rate_pct" else self.period.last.plus(-YEAR)
        base_span = Span(self.units, last.plus(1 - 2 * YEAR), last.plus(-YEAR))
        base = records("enrolled", base_span.calendar())
        returned = records(
            "enrolled",
            base_span.calendar(),
            units=self.units,
            again_first=last.plus(1 - YEAR).first_day,
            again_last=last.first_day,
        )
        match name:
            case "base":
                return base
            case "returned":
                return returned
            case _:
                return share(returned, base)

    def _open_orders(self, rest: list[str]) -> Expression:
        until = self.period.last.first_day
        of = partial(records, "open_orders", units=self.units, until=until)
        match rest:
            case ["count"]:
                return of(counted="orders")
            case ["paid_so_far"]:
                return of(counted="money")
            case ["oldest"]:
                found = of(counted="ages")
                return Records(found.query, found.places, found.parameters, is_largest=True)
            case ["by_age", index, name]:
                age = self.section.open_orders.by_age[int(index)].months
                return Known(age) if name == "months" else of(counted="orders", age=age)
            case _:
                raise unknown(".".join(["open_orders", *rest]))

    def _funnel(self, rest: list[str]) -> Expression:
        if rest[0] in {"leads_gap", "leads_achievement_pct"}:
            places = self.span.with_leads(and_target=True)
            leads, planned = activities("leads", places), activities("target_leads", places)
            make = difference if rest[0] == "leads_gap" else share
            return make(leads, planned)
        name = "closings" if rest[0] == "conversion_pct" else rest[0]

        def step(*, matched: bool = False, compared: bool = False) -> Expression:
            funnel = partial(self.span.funnel, name, matched=matched, compared=compared)
            if name != "closings":
                return activities(name, funnel())
            closings = records("orders", funnel(by_channel=True))
            if rest[0] == "conversion_pct":
                return share(closings, activities("leads", funnel()))
            return closings

        if rest[1:] == ["value"]:
            return step()
        comparison = getattr(self.section.funnel, rest[0]).last_year
        value, actuals = step(matched=True, compared=True), step(matched=True)
        places = self.span.funnel(name, matched=True)
        return self._comparison(comparison, rest[2:], value, actuals, places)


def _of_records(query: str, **filters: Value) -> Measure:
    return lambda places, _until: records(query, places, **filters)


_KEY_MEASURES: dict[str, Measure] = {
    "orders": _of_records("orders"),
    "students": _of_records("payers"),
    "order_value": lambda places, until: Formula(
        "ratio", (records("won_value", places, until=until.first_day), records("orders", places))
    ),
    "revenue_per_paying_student": lambda places, _until: Formula(
        "ratio", (records("revenue", places), records("payers", places))
    ),
    "returning_share_pct": lambda places, _until: share(
        records("orders", places, customer_types=_RETURNING),
        records("orders", places, customer_types=_TYPED),
    ),
}
