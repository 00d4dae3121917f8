"""Key messages: one sentence with the number and the verdict, written by rules from the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atlas_assets.notation.numbers import number, percent, rupiah, signed

if TYPE_CHECKING:
    from atlas_assets.notation.strings import Strings
    from atlas_assets.report.model import RevenueSection, UnitReport


def revenue_message(section: RevenueSection, subject: str, period: str, strings: Strings) -> str:
    """Say how revenue stands against the target, and whether last year agrees with that."""
    locale = strings.locale
    actual = rupiah(section.revenue_actuals, locale)
    if section.revenue_actuals == 0:
        return strings("no_revenue", subject=subject, period=period)
    places = {"subject": subject, "period": period, "actual": actual}
    if section.gap_pct is None:
        head, good = strings("without_target", **places), None
    else:
        distance = section.gap_pct
        pct = percent(abs(distance), locale)
        key = (
            "on_target"
            if round(distance, 1) == 0
            else ("above_target" if distance > 0 else "below_target")
        )
        head, good = strings(key, pct=pct, **places), distance >= 0
    if section.last_year is None or not section.last_year.delta_pct:
        return head
    change = section.last_year.delta_pct
    rises = change > 0
    word = "and" if good is None or good is rises else "but"
    return head + strings(f"{word}_{'up' if rises else 'down'}", pct=percent(abs(change), locale))


def revenue_comments(unit: UnitReport, strings: Strings) -> list[str]:
    """Say what stands behind a unit's revenue: the gap, the strongest mover, the best year."""
    section, locale = unit.revenue, strings.locale
    comments: list[str] = []
    if section.gap_to_target is not None:
        gap = signed(rupiah(section.gap_to_target, locale), section.gap_to_target)
        comments.append(strings("gap_comment", gap=gap))
    if driver := _driver(unit):
        kind, delta = driver
        key = "driver_up" if delta > 0 else "driver_down"
        text = signed(rupiah(delta, locale), delta)
        comments.append(strings(key, type=strings.customer_type(kind), delta=text))
    if section.best_year and section.best_year.delta < 0:
        comments.append(
            strings(
                "best_comment",
                best=section.best_year.period,
                value=rupiah(section.best_year.value, locale),
            )
        )
    return comments


def _driver(unit: UnitReport) -> tuple[str, float] | None:
    """Return the customer type that moved most in the direction of the unit's revenue."""
    change = unit.revenue.last_year
    if change is None or change.delta == 0:
        return None
    moves = {
        kind: float(figures.revenue.last_year.delta)
        for kind, figures in unit.key_comparison.by_customer_type.items()
        if kind != "unknown" and figures.revenue.last_year is not None
    }
    same_way = {kind: delta for kind, delta in moves.items() if delta * float(change.delta) > 0}
    return max(same_way.items(), key=lambda item: abs(item[1])) if same_way else None


def key_message(unit: UnitReport, period: str, before: str, strings: Strings) -> str:
    """Say how many orders were won and what they are worth."""
    section, locale = unit.key_comparison, strings.locale
    if not section.orders.value:
        return strings("no_orders", subject=unit.name, period=period)
    places = {
        "subject": unit.name,
        "orders": number(section.orders.value, locale),
        "average": rupiah(section.average_order_value.value, locale),
    }
    if section.orders.last_period is None:
        return strings("key_message_alone", **places)
    delta = section.orders.last_period.delta
    change = signed(number(delta, locale), delta) if delta else f"±{number(0, locale)}"
    return strings("key_message", delta=change, before=before, **places)


def program_message(unit: UnitReport, period: str, strings: Strings) -> str:
    """Name the program that brought most."""
    sold = [row for row in unit.programs if row.customer_type == "all" and row.revenue > 0]
    if not sold:
        return strings("program_none", subject=unit.name, period=period)
    best, locale = sold[0], strings.locale
    verdict = (
        strings("program_verdict", pct=percent(best.achievement_pct, locale))
        if best.achievement_pct is not None
        else ""
    )
    revenue = rupiah(best.revenue, locale)
    return strings(
        "program_message",
        program=best.product_name,
        subject=unit.name,
        revenue=revenue,
        verdict=verdict,
    )


def school_message(unit: UnitReport, strings: Strings) -> str:
    """Name the school that sent most students this year."""
    schools, locale = unit.schools, strings.locale
    named = [name for name in schools.organizations if name != "Unknown"]
    if not named:
        return strings("school_none", subject=unit.name)
    best, year = named[0], schools.years[-1]
    before = (
        strings(
            "school_before",
            count=number(schools.matrix[best][schools.years[-2]], locale),
            year=schools.years[-2],
        )
        if len(schools.years) > 1
        else ""
    )
    count = number(schools.matrix[best][year], locale)
    return strings(
        "school_message", school=best, subject=unit.name, count=count, year=year, before=before
    )


def channel_message(unit: UnitReport, period: str, strings: Strings) -> str:
    """Name the channel that brought most closings."""
    won = [row for row in unit.channels if row.customer_type == "all" and row.closings > 0]
    if not won:
        return strings("channel_none", subject=unit.name, period=period)
    best, locale = won[0], strings.locale
    return strings(
        "channel_message",
        channel=best.channel_name,
        subject=unit.name,
        closings=number(best.closings, locale),
        pct=percent(best.contribution_pct, locale),
    )
