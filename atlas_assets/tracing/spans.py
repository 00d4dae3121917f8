"""Months of units in which records are looked for, and the figures of revenue in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from atlas_assets.errors import UsageError
from atlas_assets.periods.calendar import month_range
from atlas_assets.tracing.formulas import (
    Known,
    Places,
    Records,
    change,
    difference,
    parameters,
    share,
)

if TYPE_CHECKING:
    from atlas_assets.periods.calendar import Month
    from atlas_assets.tracing.formulas import Expression, Value

YEAR = 12  # months


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

    def with_programtargets(self) -> Places:
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


def span_figure(span: Span, name: list[str]) -> Expression:
    """Return a figure of revenue in a span: itself, or what it is compared with."""
    target = targets(span.places())
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
    return one_of(expressions, ".".join(name))


def targets(places: Places, *, counted: str = "target_revenue", **filters: Value) -> Records:
    """Return targets of revenue, or of students (`counted`)."""
    return records("targets", places, counted=counted, **filters)


def activities(counted: str, places: Places, **filters: Value) -> Records:
    """Return what marketing activities brought: leads, follow_ups or target_leads (`counted`)."""
    return records("activities", places, counted=counted, **filters)


def versus(
    name: str, value: Expression, other: Expression, names: tuple[str, str, str, str]
) -> Expression:
    """Return one of two figures, their difference, or the change from the second to the first."""
    made = (value, other, difference(value, other), change(value, other))
    return one_of(dict(zip(names, made, strict=True)), name)


def scenarios(
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
    return one_of(expressions, name)


def one_of(expressions: dict[str, Expression], name: str) -> Expression:
    """Return the expression of a name. Raises UsageError if there is none."""
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
