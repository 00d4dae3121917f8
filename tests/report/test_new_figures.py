"""What a board decides with, computed independently of the product from the records of the samples."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import independent_marts
import independent_report as again
import pytest
from conftest import YEARS, Installation
from independent_report import Business, shifted
from sqlalchemy import text

from atlas_assets.operational.sessions import OperationalStore
from atlas_assets.periods.calendar import Month, Period, month_range
from atlas_assets.report.assemble import assemble
from atlas_assets.report.editions import compare
from atlas_assets.report.model import Comparison, Report, SubjectReport
from atlas_assets.sample.workbooks import write_samples

PERIODS = ["2026-10", "2026-Q3", "2025", "2025-11..2026-02", "2026-02", "2025-01"]


@pytest.fixture(scope="module")
def businesses(
    built: Installation, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Business]:
    """Both entities, from the records that the built workbooks were written from."""
    configuration = built.workspace.configuration
    samples = write_samples(
        tmp_path_factory.mktemp("again"),
        configuration,
        years=YEARS,
        seed=7,
        scale=0.5,
        defects=0.08,
    )
    marts = independent_marts.marts(samples, configuration.registry)
    return {
        entity.code: Business.of(marts, entity.code, [unit.code for unit in entity.units])
        for entity in configuration.registry.entities
    }


@pytest.fixture(scope="module", params=[(e, p) for e in ("IONS", "EPN") for p in PERIODS])
def made(request: pytest.FixtureRequest, built: Installation) -> Report:
    entity, period = request.param
    registry = built.workspace.configuration.registry
    with built.workspace.warehouse.reading() as connection:
        return assemble(connection, registry, entity, Period.parse(period), locale="en")


@pytest.fixture
def business(made: Report, businesses: dict[str, Business]) -> Business:
    return businesses[made.meta.entity]


@dataclass(frozen=True)
class Near:
    """A number that equals others, of whatever type, up to rounding."""

    value: float

    def __eq__(self, other: object) -> bool:
        return other is not None and math.isclose(
            float(other), self.value, rel_tol=1e-6, abs_tol=1e-3
        )

    __hash__ = None


def near(value: Any) -> Near | None:
    return None if value is None else Near(float(value))


def subjects(made: Report) -> Iterator[tuple[SubjectReport, list[str]]]:
    yield made.totals, list(made.units)
    for code, unit in made.units.items():
        yield unit, [code]


def months_of(made: Report) -> list[Any]:
    return [Month.parse(text).first_day for text in made.meta.months]


def year_of(made: Report) -> tuple[list[Any], list[Any]]:
    """Return the months of the fiscal year to the period's end, and those after it."""
    period = made.meta.covered
    first = period.year_first
    so_far = [month.first_day for month in month_range(first, period.last)]
    rest = [month.first_day for month in month_range(period.last.plus(1), first.plus(11))]
    return so_far, rest


def agrees(told: Comparison | None, found: tuple[Any, Any, int] | None) -> None:
    if told is None:
        assert found is None or None in found[:2]
        return
    assert found is not None
    before, now, have = found
    assert (told.value, told.actuals, told.coverage.have) == (near(before), near(now), have)
    assert told.delta == near(now - before)
    if told.delta_pct is not None:
        assert told.delta_pct == near((now - before) * 100 / before)


def test_revenue_is_compared_over_what_both_sides_have(made: Report, business: Business) -> None:
    months = months_of(made)
    value = again.revenue_of(business)
    for subject, units in subjects(made):
        section = subject.revenue
        target, actual, have = again.targeted(business, units, months)
        assert section.coverage.target.have == have
        assert section.coverage.target.of == len(units) * len(months)
        assert section.revenue_target == (near(target) if have else None)
        assert section.gap_to_target == (near(actual - target) if have else None)
        assert section.revenue_actuals == near(value([(u, m) for u in units for m in months]))
        assert section.actuals_without_target == near(
            float(section.revenue_actuals) - float(actual)
        )
        if have and target:
            assert section.gap_pct == near((actual - target) * 100 / target)
        agrees(section.last_year, again.compared(business, units, months, 12, value))
        agrees(section.last_period, again.compared(business, units, months, len(months), value))
        for point in section.trend:
            month = Month.parse(point.month).first_day
            plan, taken, _ = again.targeted(business, units, [month])
            assert point.gap_to_target == (near(taken - plan) if point.target is not None else None)
            both = again.compared(business, units, [month], 12, value)
            assert point.delta_last_year == (near(both[1] - both[0]) if both else None)


def test_the_year_to_date_and_its_outlook(made: Report, business: Business) -> None:
    so_far, rest = year_of(made)
    value = again.revenue_of(business)
    for subject, units in subjects(made):
        ytd = subject.ytd
        target, actual, have = again.targeted(business, units, so_far)
        assert ytd.actuals == near(value([(u, m) for u in units for m in so_far]))
        assert ytd.target == (near(target) if have else None)
        assert ytd.gap == (near(actual - target) if have else None)
        both = again.compared(business, units, so_far, 12, value)
        assert ytd.last_year == (near(both[0]) if both else None)
        assert ytd.delta_last_year == (near(both[1] - both[0]) if both else None)
        found = again.outlook(business, units, so_far, rest)
        assert (subject.outlook is None) is (found is None)
        if subject.outlook and found:
            told = {month.month: month.forecast for month in subject.outlook.months}
            assert told == {f"{month:%Y-%m}": near(amount) for month, amount in found.items()}
            assert subject.outlook.full_year == near(float(ytd.actuals) + sum(found.values()))


def test_key_figures_have_last_year_over_the_same_units(made: Report, business: Business) -> None:
    months = months_of(made)
    for subject, units in subjects(made):
        figures = subject.key_comparison
        cells = [(unit, month) for unit in units for month in months]
        for name, measure in again.MEASURES.items():
            figure, value = getattr(figures, name), measure(business)
            assert (figure.value or 0) == near(value(cells) or 0), name
            agrees(figure.last_year, again.compared(business, units, months, 12, value))


def test_retention_open_orders_and_funnel(made: Report, business: Business) -> None:
    months = months_of(made)
    for subject, units in subjects(made):
        found = again.retention(business, units, months[-1])
        told = subject.retention
        assert (told is None) is (found is None)
        if told and found:
            assert (told.base, told.returned, told.rate_pct) == (*found[:2], near(found[2]))
            before = again.retention(business, units, shifted(months[-1], -12))
            assert told.last_year_rate_pct == near(before and before[2])
        count, paid, ages = again.open_orders(business, units, months[-1])
        orders = subject.open_orders
        assert (orders.count, orders.paid_so_far) == (count, near(paid))
        assert {age.months: age.count for age in orders.by_age} == ages
        for name, value in again.funnel(business, units, months).items():
            assert getattr(subject.funnel, name).value == near(value), name


def test_movers_and_the_bridge(made: Report, business: Business) -> None:
    for kind, told in (("programs", made.movers.programs), ("schools", made.movers.schools)):
        found = again.movers(business, made.meta.covered, kind)
        assert [(m.name, m.unit, m.value, m.last_year) for m in told] == [
            (name, unit, near(now), near(before)) for name, unit, now, before in found
        ]
    year, has_target = year_of(made)[0], made.totals.revenue.revenue_target is not None
    for bridge, months in ((made.bridge.period, months_of(made)), (made.bridge.ytd, year)):
        assert bridge.reference == ("target" if has_target else "last_year")
        level = sum(step.value or 0 for step in bridge.steps)
        gains, losses, shares = Decimal(0), Decimal(0), {True: Decimal(0), False: Decimal(0)}
        for step in bridge.steps:
            if has_target:
                value, actual, have = again.targeted(business, [step.unit], months)
            else:
                found = again.compared(
                    business, [step.unit], months, 12, again.revenue_of(business)
                )
                value, actual, have = found or (0, 0, 0)
            assert step.delta == (near(actual - value) if have else None)
            if step.delta is None:
                continue
            assert step.before == level
            level += step.delta
            assert step.after == level
            gains, losses = gains + max(step.delta, 0), losses + min(step.delta, 0)
            shares[step.delta > 0] += step.share_pct or 0
        assert (bridge.above_sum, bridge.below_sum) == (gains, losses)
        assert all(not share or share == near(100) for share in shares.values())


def test_ids_are_those_of_the_records(built: Installation) -> None:
    """What a report names is found in the operational database."""
    registry = built.workspace.configuration.registry
    with built.workspace.warehouse.reading() as connection:
        made = assemble(connection, registry, "EPN", Period.parse("2026-10"), locale="en")
    units = [unit.id for unit in made.units.values()]
    sold = [row.id for u in made.units.values() for row in u.programs if row.order_count]
    channels = [row.id for row in made.totals.channels]
    schools = [r.id for u in made.units.values() for r in u.schools.progress if r.id and r.students]
    store = OperationalStore.of(built.settings)
    with store.reader() as connection:
        for table, ids in (
            ("core_unit", units),
            ("catalog_item", sold),
            ("marketing_channel", channels),
            ("db_organization", schools),
        ):
            rows = connection.execute(text(f"SELECT id FROM {table}"))
            assert ids
            known = {row[0] for row in rows}
            assert table == "db_organization" or set(ids) <= known
            assert set(ids) & known


def test_an_edition_with_the_same_figures_is_the_same(built: Installation) -> None:
    registry = built.workspace.configuration.registry
    with built.workspace.warehouse.reading() as connection:
        one, other = (
            assemble(connection, registry, "EPN", Period.parse("2026-10"), locale=locale)
            for locale in ("en", "id")
        )
    assert one.meta.edition == other.meta.edition
    assert compare(one, other).figures == []
