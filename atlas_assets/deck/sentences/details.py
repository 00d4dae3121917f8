"""Sentences about the tables of the appendix."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from atlas_assets.deck.sentences import short_name
from atlas_assets.notation.numbers import number, percent, signed
from atlas_assets.periods.calendar import year_text
from atlas_assets.report.model import NO_SCHOOL

if TYPE_CHECKING:
    from atlas_assets.notation.strings import Strings
    from atlas_assets.periods.calendar import Period
    from atlas_assets.report.model import (
        DataQualitySection,
        ProgramProgressRow,
        SubjectReport,
        UnitReport,
    )


def key_message(name: str, of: SubjectReport, period: str, before: str, strings: Strings) -> str:
    """State the number of orders and revenue per paying student; `before` names the previous period."""
    section, locale, subject = of.key_comparison, strings.locale, short_name(name)
    if not section.orders.value:
        return strings("no_orders", subject=subject, period=period)
    each = section.revenue_per_paying_student.value
    places = {
        "subject": subject,
        "orders": strings.counted(
            "orders", section.orders.value, number(section.orders.value, locale)
        ),
        "each": "" if each is None else _per_student(each, strings),
    }
    last = section.orders.last_period
    if last is None or not last.coverage.is_complete:
        return strings("key_message_alone", **places)
    key = (
        "key_message_up"
        if last.delta > 0
        else "key_message_down"
        if last.delta
        else "key_message_same"
    )
    return strings(key, delta=number(abs(last.delta), locale), before=before, **places)


def _per_student(each: Decimal, strings: Strings) -> str:
    if each < 0:
        return strings("refunds_above_cash")
    return strings("per_student", each=strings.money.text(each))


def program_message(unit: UnitReport, period: str, strings: Strings) -> str:
    """Name the program furthest from its target or, without targets, the one with most revenue."""
    programs = [row for row in unit.programs if row.customer_type == "all"]
    subject = short_name(unit.name)
    sold = [row for row in programs if row.revenue > 0]
    if not sold:
        return _without_income(programs, subject, period, strings)
    gaps = [(row, row.gap_to_target) for row in programs if row.gap_to_target]
    if gaps:
        row, gap = max(gaps, key=lambda item: abs(item[1]))
        return _program_gap(row, gap, subject, strings)
    best = sold[0]
    is_tied = any(row.revenue == best.revenue for row in sold[1:])
    return strings(
        "program_message_tied" if is_tied else "program_message",
        program=short_name(best.product_name),
        subject=subject,
        revenue=strings.money.text(best.revenue),
    )


def _program_gap(row: ProgramProgressRow, gap: Decimal, subject: str, strings: Strings) -> str:
    """Tell a program's gap to its target, with its revenue or what its refunds exceed it by."""
    is_refunded = row.revenue < 0 and gap < 0
    below = "program_below_refunded" if is_refunded else "program_below"
    return strings(
        "program_above" if gap > 0 else below,
        program=short_name(row.product_name),
        subject=subject,
        gap=signed(strings.money.text(gap), gap),
        revenue=strings.money.text(abs(row.revenue) if is_refunded else row.revenue),
    )


def _without_income(
    programs: list[ProgramProgressRow], subject: str, period: str, strings: Strings
) -> str:
    """Say that no program brought revenue, and where refunds were largest, or that none was sold."""
    places = {"subject": subject, "period": period}
    least = min(programs, key=lambda row: row.revenue, default=None)
    if least is not None and least.revenue < 0:
        refund = strings.money.text(-least.revenue)
        program = short_name(least.product_name)
        return strings("program_refunded", program=program, refund=refund, **places)
    is_sold = any(row.order_count for row in programs)
    return strings("program_unpaid" if is_sold else "program_none", **places)


def school_message(unit: UnitReport, period: Period, strings: Strings) -> str:
    """Name the school with most students this year; only a whole year is compared with the last."""
    schools, locale, subject = unit.schools, strings.locale, short_name(unit.name)
    named = [
        name
        for name in schools.organizations
        if name != NO_SCHOOL and schools.levels[name] != strings("level_of_no_school")
    ]
    if not named:
        return strings("school_none", subject=subject)
    best, year = named[0], schools.years[-1]
    sent, this_year = schools.matrix[best][year], year_text(year, period.year_start)
    if sent == 0:
        return strings("school_none_this_year", subject=subject, year=this_year)
    is_tied = any(schools.matrix[name][year] == sent for name in named[1:])
    if is_tied and sent == 1:
        return strings("school_one_each", subject=subject, year=this_year)
    before = ""
    if period.is_end_of_year and len(schools.years) > 1:
        earlier = schools.years[-2]
        count = number(schools.matrix[best][earlier], locale)
        before = strings("school_before", count=count, year=year_text(earlier, period.year_start))
    return strings(
        "school_message_tied" if is_tied else "school_message",
        school=short_name(best),
        subject=subject,
        count=number(sent, locale),
        year=this_year,
        before=before,
    )


def channel_message(unit: UnitReport, period: str, strings: Strings) -> str:
    """Name the channel with most closings."""
    won = [row for row in unit.channels if row.customer_type == "all" and row.closings > 0]
    subject = short_name(unit.name)
    if not won:
        return strings("channel_none", subject=subject, period=period)
    best, locale = won[0], strings.locale
    if best.closings == 1 and len(won) > 1:
        return strings("channel_one_each", subject=subject, period=period)
    is_tied = any(row.closings == best.closings for row in won[1:])
    return strings(
        "channel_message_tied" if is_tied else "channel_message",
        channel=short_name(best.channel_name),
        subject=subject,
        closings=strings.counted("closings", Decimal(best.closings), number(best.closings, locale)),
        pct=percent(best.contribution_pct, locale),
    )


def quality_message(quality: DataQualitySection, strings: Strings) -> str:
    """State how many rows are valid and whether all figures reconcile."""
    locale = strings.locale
    failed = [check for check in quality.checks if not check.passed]
    if any(check.is_blocking for check in failed):
        return strings("quality_message_failed", failed=number(len(failed), locale))
    valid, rows = number(quality.valid, locale), number(quality.rows, locale)
    if failed:
        count = number(len(failed), locale)
        return strings("quality_message_warned", valid=valid, rows=rows, failed=count)
    return strings("quality_message", valid=valid, rows=rows)
