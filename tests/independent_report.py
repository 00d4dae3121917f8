"""The figures of a report once more, in plain Python, from the independent marts.

Nothing here reads a model of dbt or a query of the report: the two ways meet only in the figures.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    import polars as pl

    from atlas_assets.periods.calendar import Period

Row = dict[str, Any]
LEAST_BASE, LEAST_MONTHS, FACTORS = 20, 3, (0.2, 5.0)
LEAST_STUDENTS, LEAST_REVENUE, MOST_MOVERS = 5, 1_000_000, 5


@dataclass
class Business:
    """One entity's marts, and the months that it has figures of."""

    marts: dict[str, list[Row]]
    months: set[date]
    units: list[str]

    @classmethod
    def of(cls, marts: dict[str, pl.DataFrame], entity: str, units: list[str]) -> Business:
        own = {
            name: [row for row in frame.to_dicts() if row["entity_code"] == entity]
            for name, frame in marts.items()
        }
        return cls(own, {row["month_key"] for row in own["mart_revenue"]}, units)

    def revenue(self, unit: str, month: date) -> float:
        return sum(
            row["revenue_actuals"]
            for row in self.marts["mart_revenue"]
            if (row["unit_code"], row["month_key"]) == (unit, month)
        )

    def target(self, unit: str, month: date) -> float | None:
        found = [
            row["target_revenue"]
            for row in self.marts["mart_targets"]
            if (row["unit_code"], row["month_key"]) == (unit, month)
        ]
        return sum(found) if found else None

    def exists(self, unit: str, month: date) -> bool:
        """Whether the unit had any figure by then, in a month that the entity has figures of."""
        first = min(
            (r["month_key"] for r in self.marts["mart_revenue"] if r["unit_code"] == unit),
            default=None,
        )
        return month in self.months and first is not None and first <= month


def shifted(month: date, months: int) -> date:
    index = month.year * 12 + month.month - 1 + months
    return month.replace(year=index // 12, month=index % 12 + 1)


def pairs(
    business: Business, units: list[str], months: list[date], by: int
) -> list[tuple[str, date, date]]:
    """Return the unit-months that exist now and `by` months earlier."""
    return [
        (unit, month, shifted(month, -by))
        for unit in units
        for month in months
        if month in business.months and business.exists(unit, shifted(month, -by))
    ]


def compared(
    business: Business,
    units: list[str],
    months: list[date],
    by: int,
    value: Callable[[Iterable[tuple[str, date]]], float | None],
) -> tuple[float | None, float | None, int] | None:
    """Return a figure of both periods over the unit-months of both, and how many these are."""
    both = pairs(business, units, months, by)
    if not both:
        return None
    now = value([(unit, month) for unit, month, _ in both])
    before = value([(unit, earlier) for unit, _, earlier in both])
    return before, now, len(both)


def revenue_of(business: Business) -> Callable[[Iterable[tuple[str, date]]], float]:
    return lambda cells: sum(business.revenue(unit, month) for unit, month in cells)


def payers_of(business: Business) -> Callable[[Iterable[tuple[str, date]]], int]:
    def count(cells: Iterable[tuple[str, date]]) -> int:
        wanted = set(cells)
        return len(
            {
                row["student_key"]
                for row in business.marts["mart_students"]
                if row["counted_as"] == "payer" and (row["unit_code"], row["month_key"]) in wanted
            }
        )

    return count


def orders_of(
    business: Business, types: set[str] | None = None
) -> Callable[[Iterable[tuple[str, date]]], int]:
    def count(cells: Iterable[tuple[str, date]]) -> int:
        wanted = set(cells)
        return sum(
            row["order_count"]
            for row in business.marts["mart_program_progress"]
            if (row["unit_code"], row["month_key"]) in wanted
            and (types is None or row["customer_type"] in types)
        )

    return count


def share_of(
    part: Callable[[Iterable[tuple[str, date]]], float],
    whole: Callable[[Iterable[tuple[str, date]]], float],
    factor: float = 1,
) -> Callable[[Iterable[tuple[str, date]]], float | None]:
    def share(cells: Iterable[tuple[str, date]]) -> float | None:
        known = list(cells)
        return part(known) * factor / whole(known) if whole(known) else None

    return share


def won_value_of(business: Business) -> Callable[[Iterable[tuple[str, date]]], float]:
    """Return what was paid for the orders won in some unit-months, by the last of these."""

    def value(cells: Iterable[tuple[str, date]]) -> float:
        wanted = set(cells)
        until = max(month for _, month in wanted)
        return sum(
            row["amount"]
            for row in business.marts["mart_order_payments"]
            if (row["unit_code"], row["order_month"]) in wanted and row["month_key"] <= until
        )

    return value


MEASURES: dict[str, Callable[[Business], Callable[[Iterable[tuple[str, date]]], float | None]]] = {
    "orders": orders_of,
    "students": payers_of,
    "order_value": lambda business: share_of(won_value_of(business), orders_of(business)),
    "revenue_per_paying_student": lambda business: share_of(
        revenue_of(business), payers_of(business)
    ),
    "returning_share_pct": lambda business: share_of(
        orders_of(business, {"renewal", "alumni"}),
        orders_of(business, {"new", "renewal", "alumni"}),
        100,
    ),
}


def targeted(business: Business, units: list[str], months: list[date]) -> tuple[float, float, int]:
    """Return target and revenue of the unit-months that have a target, and how many these are."""
    cells = [
        (unit, month, target)
        for unit in units
        for month in months
        if month in business.months and (target := business.target(unit, month)) is not None
    ]
    actual = sum(business.revenue(unit, month) for unit, month, _ in cells)
    return sum(target for *_, target in cells), actual, len(cells)


def outlook(
    business: Business, units: list[str], so_far: list[date], rest: list[date]
) -> dict[date, float] | None:
    """Return the forecast of the other months of the year, or None without a basis."""
    both = pairs(business, units, so_far, 12)
    before = sum(business.revenue(unit, earlier) for unit, _, earlier in both)
    if len({month for _, month, _ in both}) < LEAST_MONTHS or not before:
        return None
    factor = sum(business.revenue(unit, month) for unit, month, _ in both) / before
    is_known = all(
        any(business.exists(unit, shifted(month, -12)) for unit in units) for month in rest
    )
    if not FACTORS[0] <= factor <= FACTORS[1] or not is_known or not rest:
        return None
    if not set(so_far) <= business.months:
        return None
    return {
        month: factor * sum(business.revenue(unit, shifted(month, -12)) for unit in units)
        for month in rest
    }


def retention(
    business: Business, units: list[str], end: date
) -> tuple[int, int, float | None] | None:
    """Return the students of the year before, how many came back, and their share."""
    enrolled: dict[date, set[str]] = defaultdict(set)
    for row in business.marts["mart_students"]:
        if row["counted_as"] == "enrolled" and row["unit_code"] in units:
            enrolled[row["month_key"]].add(row["student_key"])
    now = [shifted(end, -back) for back in range(12)]
    base = set().union(*(enrolled[shifted(month, -12)] for month in now))
    returned = base & set().union(*(enrolled[month] for month in now))
    if not base:
        return None
    both_years = {shifted(end, -back) for back in range(24)}
    is_told = len(base) >= LEAST_BASE and both_years <= business.months
    return len(base), len(returned), len(returned) * 100 / len(base) if is_told else None


def open_orders(business: Business, units: list[str], end: date) -> tuple[int, float, Counter[int]]:
    """Return the number of open orders at the end of a month, what was paid, and their ages."""
    by_order: dict[str, list[Row]] = defaultdict(list)
    for row in business.marts["mart_order_payments"]:
        if row["unit_code"] in units and row["month_key"] <= end:
            by_order[row["order_key"]].append(row)
    ages: Counter[int] = Counter()
    paid_so_far = 0.0
    for rows in by_order.values():
        paid = sum(row["amount"] for row in rows)
        is_part = any(row["has_part"] for row in rows)
        if paid > 0 and is_part and not any(row["is_settled"] for row in rows):
            last = max(row["month_key"] for row in rows if row["is_payment"])
            months = (end.year - last.year) * 12 + end.month - last.month
            ages[min(months, 12)] += 1
            paid_so_far += paid
    return sum(ages.values()), paid_so_far, ages


def funnel(business: Business, units: list[str], months: list[date]) -> dict[str, float | None]:
    """Return the steps of the funnel, and conversions now and last year."""

    def rows(of: list[date]) -> list[Row]:
        return [
            row
            for row in business.marts["mart_channel_marketing"]
            if row["customer_type"] == "all"
            and row["unit_code"] in units
            and row["month_key"] in of
        ]

    def total(of: list[Row], name: str) -> float | None:
        known = [row[name] for row in of if row[name] is not None]
        return sum(known) if known else None

    now = rows(months)
    with_leads = [row for row in now if row["leads"] is not None]
    leads, closings = total(now, "leads"), total(with_leads, "closings")
    return {
        **{name: total(now, name) for name in ("target_leads", "leads", "follow_ups")},
        "closings": closings,
        "conversion_pct": closings * 100 / leads if leads and closings is not None else None,
    }


def movers(business: Business, period: Period, kind: str) -> list[tuple[str, str, float, float]]:
    """Return what gained and lost most: name, unit, now and last year, the largest gain first."""
    mart, name, value, least = {
        "programs": ("mart_program_progress", "product_name", "revenue", LEAST_REVENUE),
        "schools": ("mart_school_progress", "organization_name", "student_count", LEAST_STUDENTS),
    }[kind]
    months = [month.first_day for month in period.months]
    both = {(unit, month) for unit, month, _ in pairs(business, business.units, months, 12)}
    sums: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0, 0])
    for row in business.marts[mart]:
        if row[name] == "Unknown" and kind == "schools":
            continue
        for side, month in ((0, row["month_key"]), (1, shifted(row["month_key"], 12))):
            if (row["unit_code"], month) in both:
                sums[row[name], row["unit_code"]][side] += row[value]
    told = [(*key, now, before) for key, (now, before) in sums.items() if max(now, before) >= least]
    told.sort(key=lambda row: (row[3] - row[2], row[0], row[1]))
    up = [row for row in told[:MOST_MOVERS] if row[2] > row[3]]
    down = sorted(told, key=lambda row: (row[2] - row[3], row[0], row[1]))[:MOST_MOVERS]
    down = [row for row in down if row[2] < row[3]]
    return [*up, *sorted(down, key=lambda row: (row[3] - row[2], row[0], row[1]))]
