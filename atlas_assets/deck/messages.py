"""Key messages: one sentence with the number and the verdict, written by rules from the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atlas_assets.deck.commentary import Remark
from atlas_assets.deck.text_fit import ELLIPSIS
from atlas_assets.notation.numbers import number, percent, rupiah, signed
from atlas_assets.notation.strings import period_label
from atlas_assets.periods import Month, Period

if TYPE_CHECKING:
    from decimal import Decimal

    from atlas_assets.notation.strings import Strings
    from atlas_assets.report.model import (
        DataQualitySection,
        RevenueSection,
        TrendPoint,
        UnitReport,
    )

NAME_LENGTH = 36  # so that a message with two names stays within its two lines


def short_name(name: str, length: int = NAME_LENGTH) -> str:
    """Return a name as it stands in a message: long ones are cut."""
    return name if len(name) <= length else name[: length - 1].rstrip() + ELLIPSIS


def revenue_message(section: RevenueSection, subject: str, period: str, strings: Strings) -> str:
    """Say how revenue stands against the target, and whether last year agrees with that."""
    locale, subject = strings.locale, short_name(subject)
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


def revenue_remarks(unit: UnitReport, last_month: str, strings: Strings) -> list[Remark]:
    """Say what stands behind a unit's revenue: the gap, who moved it, the worst month, the best year.

    Remarks about one month bear it, to be numbered in the chart.
    """
    section, locale = unit.revenue, strings.locale
    remarks: list[Remark] = []
    if section.gap_to_target:
        gap = signed(rupiah(section.gap_to_target, locale), section.gap_to_target)
        is_month = section.trend[-1].gap_to_target == section.gap_to_target
        text = strings("gap_comment", gap=gap)
        remarks.append(Remark(text=text, month=last_month if is_month else None))
    if driver := _driver(unit):
        kind, delta = driver
        key = "driver_up" if delta > 0 else "driver_down"
        told = signed(rupiah(delta, locale), delta)
        text = strings(key, type=strings.customer_type(kind), delta=told)
        remarks.append(Remark(text=text))
    if widest := _widest_gap(section.trend):
        point, gap = widest
        if point.month != last_month:
            month = period_label(Period.of_month(Month.parse(point.month)), locale)
            text = strings("widest_gap", month=month, gap=signed(rupiah(gap, locale), gap))
            remarks.append(Remark(text=text, month=point.month))
    if section.best_year and section.best_year.delta < 0:
        best = section.best_year
        text = strings(
            "best_comment",
            best=period_label(Period.parse(best.period), locale),
            value=rupiah(best.value, locale),
        )
        remarks.append(Remark(text=text))
    return remarks


def _widest_gap(trend: list[TrendPoint]) -> tuple[TrendPoint, Decimal] | None:
    """Return the month of the chart that is farthest from its target, and how far."""
    gaps = [(point, point.gap_to_target) for point in trend if point.gap_to_target]
    return max(gaps, key=lambda item: abs(item[1]), default=None)


def _driver(unit: UnitReport) -> tuple[str, Decimal] | None:
    """Return the customer type that moved most in the direction of the unit's revenue."""
    change = unit.revenue.last_year
    if change is None or change.delta == 0:
        return None
    moves = {
        kind: figures.revenue.last_year.delta
        for kind, figures in unit.key_comparison.by_customer_type.items()
        if kind != "unknown" and figures.revenue.last_year is not None
    }
    same_way = {kind: delta for kind, delta in moves.items() if delta * change.delta > 0}
    return max(same_way.items(), key=lambda item: abs(item[1])) if same_way else None


def key_message(unit: UnitReport, period: str, before: str, strings: Strings) -> str:
    """Say how many orders were won and what they are worth."""
    section, locale, subject = unit.key_comparison, strings.locale, short_name(unit.name)
    if not section.orders.value:
        return strings("no_orders", subject=subject, period=period)
    places = {
        "subject": subject,
        "orders": number(section.orders.value, locale),
        "average": rupiah(section.average_order_value.value, locale),
    }
    if section.orders.last_period is None:
        return strings("key_message_alone", **places)
    delta = section.orders.last_period.delta
    if not delta:
        return strings("key_message_same", before=before, **places)
    change = signed(number(delta, locale), delta)
    return strings("key_message", delta=change, before=before, **places)


def program_message(unit: UnitReport, period: str, strings: Strings) -> str:
    """Name the program that brought most."""
    sold = [row for row in unit.programs if row.customer_type == "all" and row.revenue > 0]
    subject = short_name(unit.name)
    if not sold:
        return strings("program_none", subject=subject, period=period)
    best, locale = sold[0], strings.locale
    verdict = (
        strings("program_verdict", pct=percent(best.achievement_pct, locale))
        if best.achievement_pct is not None
        else ""
    )
    is_tied = any(row.revenue == best.revenue for row in sold[1:])
    return strings(
        "program_message_tied" if is_tied else "program_message",
        program=short_name(best.product_name),
        subject=subject,
        revenue=rupiah(best.revenue, locale),
        verdict=verdict,
    )


def school_message(unit: UnitReport, strings: Strings) -> str:
    """Name the school that sent most students this year."""
    schools, locale, subject = unit.schools, strings.locale, short_name(unit.name)
    named = [name for name in schools.organizations if name != "Unknown"]
    if not named:
        return strings("school_none", subject=subject)
    best, year = named[0], schools.years[-1]
    sent = schools.matrix[best][year]
    if sent == 0:
        return strings("school_none_this_year", subject=subject, year=year)
    before = (
        strings(
            "school_before",
            count=number(schools.matrix[best][schools.years[-2]], locale),
            year=schools.years[-2],
        )
        if len(schools.years) > 1
        else ""
    )
    is_tied = any(schools.matrix[name][year] == sent for name in named[1:])
    return strings(
        "school_message_tied" if is_tied else "school_message",
        school=short_name(best),
        subject=subject,
        count=number(sent, locale),
        year=year,
        before=before,
    )


def channel_message(unit: UnitReport, period: str, strings: Strings) -> str:
    """Name the channel that brought most closings."""
    won = [row for row in unit.channels if row.customer_type == "all" and row.closings > 0]
    subject = short_name(unit.name)
    if not won:
        return strings("channel_none", subject=subject, period=period)
    best, locale = won[0], strings.locale
    return strings(
        "channel_message",
        channel=short_name(best.channel_name),
        subject=subject,
        closings=number(best.closings, locale),
        pct=percent(best.contribution_pct, locale),
    )


def quality_message(quality: DataQualitySection, strings: Strings) -> str:
    """Say how many rows are valid, and whether all figures agree."""
    locale = strings.locale
    failed = [check for check in quality.checks if not check.passed]
    if any(check.is_blocking for check in failed):
        return strings("quality_message_failed", failed=number(len(failed), locale))
    valid, rows = number(quality.valid, locale), number(quality.rows, locale)
    if not failed:
        return strings("quality_message", valid=valid, rows=rows)
    names = ", ".join(strings(f"check_{check.name}") for check in failed)
    return strings("quality_message_warned", valid=valid, rows=rows, names=names)
