"""Says of each figure of a report which records it is made of.

The paths are those of report.json, such as `units.TM.revenue.last_year.delta_pct`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from atlas_assets.errors import UsageError
from atlas_assets.periods.calendar import Month, Period, month_range
from atlas_assets.report.model import NO_SCHOOL
from atlas_assets.tracing.formulas import (
    Formula,
    Known,
    Places,
    Records,
    change,
    difference,
    parameters,
    share,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from atlas_assets.report.model import (
        Bridge,
        BridgeStep,
        ChannelMarketingRow,
        Comparison,
        Report,
        SubjectReport,
        UnitReport,
    )
    from atlas_assets.tracing.formulas import Expression, Value

    Measure = Callable[[Places, Month], Expression]  # of places, by the end of a month

YEAR = 12  # months
_RETURNING, _TYPED = ("renewal", "alumni"), ("new", "renewal", "alumni")


@dataclass(frozen=True)
class Span:
    """Consecutive months of some units."""

    units: tuple[str, ...]
    first: Month
    last: Month

    def places(self, condition: str = "any", *, shift: int = 0, compared: bool = False) -> Places:
        """Return its months that have figures and meet a condition, or those they are compared with.

        `shift` is how many months later the compared ones lie.
        """
        return Places(
            "months",
            parameters(
                units=self.units,
                first=self.first.first_day,
                last=self.last.first_day,
                condition=condition,
                shift=shift,
                side="compared" if compared else "actual",
            ),
        )

    def calendar(self) -> Places:
        """Return all of its months."""
        return self._listed("calendar")

    def with_program_target(self) -> Places:
        """Return its months, by the programs that have a target in them."""
        return self._listed("programs")

    def with_leads(self, *, and_target: bool = False) -> Places:
        """Return its months, by the channels whose leads are recorded in them."""
        return self._listed("channels", matched=and_target)

    def funnel(
        self, step: str, *, matched: bool = False, compared: bool = False, by_channel: bool = False
    ) -> Places:
        """Return its months in which a step of the funnel is recorded."""
        side = "compared" if compared else "actual"
        return self._listed("funnel", step=step, matched=matched, side=side, by_channel=by_channel)

    def shifted(self, months: int) -> Span:
        """Return the span so many months later."""
        return Span(self.units, self.first.plus(months), self.last.plus(months))

    def _listed(self, query: str, **more: Value) -> Places:
        first, last = self.first.first_day, self.last.first_day
        return Places(query, parameters(units=self.units, first=first, last=last, **more))


def records(query: str, *places: Places, **filters: Value) -> Records:
    """Return records in places."""
    return Records(query, places, parameters(**filters))


class Figures:
    """The figures of one report."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.period = report.meta.covered

    def expression(self, path: str) -> Expression:
        """Return what the figure at a path is made of. Raises UsageError if there is no such figure."""
        match path.split("."):
            case ["totals", *rest] if rest:
                return self._subject("totals").expression(rest)
            case ["units", unit, *rest] if unit in self.report.units and rest:
                return self._subject(unit).expression(rest)
            case ["bridge", "period" | "ytd" as span, *rest]:
                return self._bridge(span).expression(rest)
            case ["movers", kind, index, name]:
                return self._mover(kind, int(index), name)
            case ["data_quality", *rest]:
                return self._quality(rest)
            case _:
                raise unknown(path)

    def _subject(self, key: str) -> _Subject:
        if key == "totals":
            return _Subject(self.report, self.report.totals, tuple(self.report.meta.scope))
        return _Subject(self.report, self.report.units[key], (key,))

    def _bridge(self, span: str) -> _Bridge:
        first = self.period.first if span == "period" else self.period.year_first
        bridge = self.report.bridge.period if span == "period" else self.report.bridge.ytd
        return _Bridge(bridge, first, self.period.last)

    def _mover(self, kind: str, index: int, name: str) -> Expression:
        mover = (self.report.movers.programs if kind == "programs" else self.report.movers.schools)[index]
        span = Span((mover.unit,), self.period.first, self.period.last)
        if kind == "programs":
            of = partial(records, "revenue", products=(mover.name,))
        else:
            of = partial(records, "school_students", schools=(mover.name,), counted="students")
        return _versus(
            name,
            value=of(span.places("with_last_year")),
            other=of(span.places("with_last_year", shift=-YEAR, compared=True)),
            names=("value", "last_year", "delta", "delta_pct"),
        )

    def _quality(self, rest: list[str]) -> Expression:
        first, last = self.period.first.first_day, self.period.last.first_day
        rows = partial(records, "sheet_rows", first=first, last=last, counted="rows")
        match rest:
            case ["rows"]:
                return rows()
            case ["valid"]:
                return rows(reasons=("valid",))
            case ["duplicates"]:
                return rows(reasons=("duplicate",))
            case ["flagged", reason]:
                return rows(reasons=(reason,))
            case ["unassigned_revenue"]:
                return rows(reasons=("unit_unknown",), counted="money")
            case ["checks", index, name]:
                check = self.report.data_quality.checks[int(index)]
                return records(
                    "checks", first=first, last=last, check=check.name, unit=check.unit, counted=name
                )
            case _:
                raise unknown(".".join(["data_quality", *rest]))


class _Subject:
    """The figures of the entity or of a unit."""

    def __init__(self, report: Report, section: SubjectReport, units: tuple[str, ...]) -> None:
        self.section, self.units = section, units
        self.period = report.meta.covered
        self.span = Span(units, self.period.first, self.period.last)
        self.year = Span(units, self.period.year_first, self.period.last)

    def expression(self, rest: list[str]) -> Expression:
        match rest:
            case ["revenue", "trend", index, *name]:
                month = Month.parse(self.section.revenue.trend[int(index)].month)
                return span_figure(Span(self.units, month, month), name)
            case ["revenue", "last_period" | "last_year" | "best_year", *_]:
                return self._key_figure(self.section.revenue, rest[1:], _revenue)
            case ["revenue", *name]:
                return span_figure(self.span, name)
            case ["ytd", "of_months"]:
                return Known(self.section.ytd.of_months)
            case ["ytd", "loaded_months"]:
                one = Span(self.units[:1], self.year.first, self.year.last)
                return records("unit_months", one.places())
            case ["ytd", *name]:
                return span_figure(self.year, name)
            case ["outlook", *name]:
                return self._outlook(name)
            case ["key_comparison", *name]:
                return self._key_comparison(name)
            case ["retention", name]:
                return self._retention(name)
            case ["open_orders", *name]:
                return self._open_orders(name)
            case ["funnel", *name]:
                return self._funnel(name)
            case ["channels", index, name]:
                return self._channel(self.section.channels[int(index)], name)
            case ["programs", index, name]:
                return self._program(int(index), name)
            case ["schools", *name]:
                return self._school(name)
            case _:
                raise unknown(".".join(rest))

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
                return _versus(
                    only, actuals, value, names=("actuals", "value", "delta", "delta_pct")
                )
            case _:
                raise unknown(".".join(name))

    def _key_comparison(self, rest: list[str]) -> Expression:
        section = self.section.key_comparison
        if rest[0] == "by_customer_type":
            kind, name, *more = rest[1:]
            measure = _of_records("orders" if name == "orders" else "revenue", customer_types=(kind,))
            return self._key_figure(getattr(section.by_customer_type[kind], name), more, measure)
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
                target = _target(Span(self.units, month, month).calendar())
                return _scenarios(name, forecast(month), target, last_year(month), "forecast")
            case [name]:
                target = _target(whole.calendar())
                year_before = records("revenue", whole.shifted(-YEAR).places())
                return _scenarios(name, full_year, target, year_before, "full_year")
            case _:
                raise unknown(".".join(["outlook", *rest]))

    def _retention(self, name: str) -> Expression:
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
            leads, planned = _activities("leads", places), _activities("target_leads", places)
            make = difference if rest[0] == "leads_gap" else share
            return make(leads, planned)
        name = "closings" if rest[0] == "conversion_pct" else rest[0]

        def step(*, matched: bool = False, compared: bool = False) -> Expression:
            funnel = partial(self.span.funnel, name, matched=matched, compared=compared)
            if name != "closings":
                return _activities(name, funnel())
            closings = records("orders", funnel(by_channel=True))
            if rest[0] == "conversion_pct":
                return share(closings, _activities("leads", funnel()))
            return closings

        if rest[1:] == ["value"]:
            return step()
        comparison = getattr(self.section.funnel, rest[0]).last_year
        value, actuals = step(matched=True, compared=True), step(matched=True)
        places = self.span.funnel(name, matched=True)
        return self._comparison(comparison, rest[2:], value, actuals, places)

    def _channel(self, row: ChannelMarketingRow, name: str) -> Expression:
        types = None if row.customer_type == "all" else (row.customer_type,)
        orders = partial(records, "orders", channels=(row.channel_name,), customer_types=types)
        matched = orders(self.span.places("with_last_year"))
        before = orders(self.span.places("with_last_year", shift=-YEAR, compared=True))
        everywhere = self.span.calendar()
        leads = _activities("leads", everywhere, channels=(row.channel_name,))
        expressions: dict[str, Expression] = {
            "closings": orders(everywhere),
            "closings_last_year": before,
            "delta_last_year": difference(matched, before),
            "students": records(
                "enrolled", everywhere, channels=(row.channel_name,), customer_types=types
            ),
            "contribution_pct": share(orders(everywhere), records("orders", everywhere)),
            "leads": leads,
            "follow_ups": _activities(
                "follow_ups", everywhere, channels=(row.channel_name,)
            ),
            "conversion_pct": share(orders(self.span.with_leads()), leads),
        }
        return _one_of(expressions, name)

    def _program(self, index: int, name: str) -> Expression:
        unit: UnitReport = self.section  # pyright: ignore[reportAssignmentType]  only units have programs
        row = unit.programs[index]
        types = None if row.customer_type == "all" else (row.customer_type,)
        of = {"products": (row.product_name,), "customer_types": types}
        everywhere = self.span.calendar()
        target = _target(everywhere, products=(row.product_name,))
        planned = records("revenue", self.span.with_program_target(), products=(row.product_name,))
        matched = records("revenue", self.span.places("with_last_year"), **of)
        before = records(
            "revenue", self.span.places("with_last_year", shift=-YEAR, compared=True), **of
        )
        expressions: dict[str, Expression] = {
            "order_count": records("orders", everywhere, **of),
            "student_count": records("enrolled", everywhere, **of),
            "revenue": records("revenue", everywhere, **of),
            "target_students": _target(
                everywhere, counted="target_students", products=(row.product_name,)
            ),
            "target_revenue": target,
            "gap_to_target": difference(planned, target),
            "achievement_pct": share(planned, target),
            "last_year": before,
            "delta_last_year": difference(matched, before),
            "delta_last_year_pct": change(matched, before),
        }
        return _one_of(expressions, name)

    def _school(self, rest: list[str]) -> Expression:
        def students(*places: Places, counted: str = "students", **schools: Value) -> Records:
            return records("school_students", *places, counted=counted, **schools)

        def in_year(year: int) -> Places:
            first = self.period.year_first.plus(YEAR * (year - self.period.year))
            last = min(first.plus(YEAR - 1), self.period.last)
            return Span(self.units, first, last).calendar()

        match rest:
            case ["years", index]:
                return Known(self._years[int(index)])
            case ["matrix", *name, year]:
                return students(in_year(int(year)), schools=(".".join(name),))
            case ["totals", year]:
                return students(in_year(int(year)))
            case ["progress", index, name]:
                which = self._schools(int(index))
                now, before = self.year.calendar(), self.year.shifted(-YEAR).calendar()
                if name == "school_count":
                    return self._school_count(int(index), students(now, before, counted="schools", **which))
                return _versus(
                    name,
                    students(now, **which),
                    students(before, **which),
                    names=("students", "last_year", "delta", ""),
                )
            case _:
                raise unknown(".".join(["schools", *rest]))

    @property
    def _progress(self) -> Any:
        unit: UnitReport = self.section  # pyright: ignore[reportAssignmentType]  only units have schools
        return unit.schools.progress

    @property
    def _years(self) -> list[int]:
        unit: UnitReport = self.section  # pyright: ignore[reportAssignmentType]
        return unit.schools.years

    def _schools(self, index: int) -> dict[str, Value]:
        """Return which schools a row of the progress is about."""
        rows = self._progress
        match rows[index].kind:
            case "school":
                return {"schools": (rows[index].name,)}
            case "unknown":
                return {"schools": (NO_SCHOOL,)}
            case "others":
                named = tuple(row.name for row in rows if row.kind == "school")
                return {"other_schools": (*named, NO_SCHOOL)}
            case _:
                return {}

    def _school_count(self, index: int, schools: Records) -> Expression:
        """Return how many schools a row is about; all of them leaves out who has none."""
        if self._progress[index].kind != "total":
            return schools
        return Records(
            schools.query,
            schools.places,
            parameters(**dict(schools.parameters), other_schools=(NO_SCHOOL,)),
        )


class _Bridge:
    """The figures of the way from target to actual."""

    def __init__(self, bridge: Bridge, first: Month, last: Month) -> None:
        self.bridge, self.first, self.last = bridge, first, last

    def expression(self, rest: list[str]) -> Expression:
        steps = self.bridge.steps
        compared = [step for step in steps if step.delta is not None]
        rated = tuple(self._of(step, "delta_pct") for step in steps if step.delta_pct is not None)
        match rest:
            case ["above_count"]:
                return Formula("above", rated)
            case ["below_count"]:
                return Formula("below", rated)
            case ["compared_count"]:
                return Formula("count", rated)
            case ["above_sum" | "below_sum" as name]:
                sign = 1 if name == "above_sum" else -1
                return self._sum([step for step in compared if (step.delta or 0) * sign > 0])
            case ["steps", index, name]:
                return self._step(steps[int(index)], name, compared)
            case _:
                raise unknown(".".join(["bridge", *rest]))

    def _step(self, step: BridgeStep, name: str, compared: list[BridgeStep]) -> Expression:
        def gap(other: BridgeStep) -> Any:
            return other.delta or 0

        same_side = [other for other in compared if gap(other) * gap(step) > 0]
        by_size = sorted(same_side, key=lambda other: (-abs(gap(other)), other.unit))
        values = tuple(self._of(other, "value") for other in compared)
        match name:
            case "share_pct":
                return share(self._of(step, "delta"), self._sum(same_side))
            case "running_share_pct":
                larger = by_size[: by_size.index(step) + 1]
                return share(self._sum(larger), self._sum(same_side))
            case "before" | "after":
                until = compared.index(step) + (name == "after")
                gaps = tuple(self._of(other, "delta") for other in compared[:until])
                return Formula("sum", (*values, *gaps))
            case _:
                return self._of(step, name)

    def _sum(self, steps: list[BridgeStep]) -> Formula:
        return Formula("sum", tuple(self._of(step, "delta") for step in steps))

    def _of(self, step: BridgeStep, name: str) -> Expression:
        span = Span((step.unit,), self.first, self.last)
        reference = self.bridge.reference
        if name == "actuals_not_compared":
            return records("revenue", span.places(f"without_{reference}"))
        value = (
            _target(span.places())
            if reference == "target"
            else records("revenue", span.places("with_last_year", shift=-YEAR, compared=True))
        )
        actuals = records("revenue", span.places(f"with_{reference}"))
        return _versus(name, actuals, value, names=("actuals", "value", "delta", "delta_pct"))


def span_figure(span: Span, name: list[str]) -> Expression:
    """Return a figure of revenue in a span: itself, or what it is compared with."""
    target = _target(span.places())
    planned = records("revenue", span.places("with_target"))
    matched = records("revenue", span.places("with_last_year"))
    before = records("revenue", span.places("with_last_year", shift=-YEAR, compared=True))
    actuals = records("revenue", span.places())
    months = len(month_range(span.first, span.last)) * len(span.units)
    expressions: dict[str, Expression] = {
        "actuals": actuals,
        "revenue_actuals": actuals,
        "target": target,
        "revenue_target": target,
        "actuals_matched_target": planned,
        "actuals_without_target": records("revenue", span.places("without_target")),
        "gap": difference(planned, target),
        "gap_to_target": difference(planned, target),
        "gap_pct": change(planned, target),
        "achievement_pct": share(planned, target),
        "last_year": before,
        "actuals_matched_last_year": matched,
        "delta_last_year": difference(matched, before),
        "delta_last_year_pct": change(matched, before),
        "coverage.target.have": records("unit_months", span.places("with_target")),
        "coverage.last_year.have": records("unit_months", span.places("with_last_year")),
        "coverage.target.of": Known(months),
        "coverage.last_year.of": Known(months),
    }
    return _one_of(expressions, ".".join(name))


def _revenue(places: Places, _until: Month) -> Expression:
    return records("revenue", places)


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


def _target(places: Places, *, counted: str = "target_revenue", **filters: Value) -> Records:
    return records("targets", places, counted=counted, **filters)


def _activities(counted: str, places: Places, **filters: Value) -> Records:
    return records("activities", places, counted=counted, **filters)


def _versus(
    name: str, value: Expression, other: Expression, names: tuple[str, str, str, str]
) -> Expression:
    """Return one of two figures, their difference, or the change from the second to the first."""
    made = (value, other, difference(value, other), change(value, other))
    return _one_of(dict(zip(names, made, strict=True)), name)


def _scenarios(
    name: str, value: Expression, target: Expression, last_year: Expression, own: str
) -> Expression:
    """Return an extrapolated figure, or what it is compared with."""
    expressions = {
        own: value,
        "target": target,
        "target_full_year": target,
        "gap_to_target": difference(value, target),
        "gap_pct": change(value, target),
        "last_year": last_year,
        "last_year_full": last_year,
        "delta_last_year": difference(value, last_year),
        "delta_last_year_pct": change(value, last_year),
    }
    return _one_of(expressions, name)


def _one_of(expressions: dict[str, Expression], name: str) -> Expression:
    try:
        return expressions[name]
    except KeyError:
        raise unknown(name) from None


def unknown(path: str) -> UsageError:
    """Return the error about a path that leads to no figure."""
    return UsageError(
        f"There is no figure {path!r} in this report. Expected a path in report.json, such as "
        "totals.revenue.revenue_actuals or units.TM.revenue.gap_to_target."
    )
