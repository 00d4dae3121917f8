"""Key messages: one sentence with a figure and a verdict, derived from the report by rules."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from atlas_assets.deck.boxes import MESSAGE
from atlas_assets.deck.commentary import Remark
from atlas_assets.deck.text_fit import ELLIPSIS, line_count
from atlas_assets.notation.numbers import number, percent, signed
from atlas_assets.notation.strings import period_label
from atlas_assets.notation.tokens import Size
from atlas_assets.periods.calendar import Month, Period, year_text
from atlas_assets.report.model import NO_SCHOOL

if TYPE_CHECKING:
    from atlas_assets.notation.strings import Strings
    from atlas_assets.report.model import (
        DataQualitySection,
        ProgramProgressRow,
        Report,
        ReportMeta,
        RevenueSection,
        TrendPoint,
        UnitReport,
    )

MESSAGE_LINES = 2
NAME_LENGTH = 36  # characters; keeps a message with two names within its two lines


def fits_message(text: str) -> bool:
    """Return whether a text fits as a slide's message, even with a page number after it."""
    lines = line_count(f"{text} (1/2)", MESSAGE.width, Size.MESSAGE, bold=True)
    return lines <= MESSAGE_LINES


def short_name(name: str, length: int = NAME_LENGTH) -> str:
    """Return a name for use in a message, cut with an ellipsis beyond `length` characters."""
    return name if len(name) <= length else name[: length - 1].rstrip() + ELLIPSIS


def revenue_message(section: RevenueSection, subject: str, period: str, strings: Strings) -> str:
    """Compare revenue with the target, and say whether last year points the same way."""
    return _against_target(section, subject, period, strings) + _against_last_year(section, strings)


def summary_message(report: Report, subject: str, strings: Strings) -> str:
    """Compare the entity's revenue with its target.

    As far as there is room, add the unit that contributes most to the gap and the change since
    last year.
    """
    totals = report.totals
    head = _against_target(totals, subject, report.meta.period_label, strings)
    cause = _main_contributor(report, strings) if _names_gap(totals) else ""
    tail = _against_last_year(totals, strings)
    candidates = (head + cause + tail, head + cause, head + tail)
    return next((text for text in candidates if fits_message(text)), head)


def _against_target(section: RevenueSection, subject: str, period: str, strings: Strings) -> str:
    locale = strings.locale
    places = {"subject": short_name(subject), "period": period}
    if section.revenue_actuals == 0:
        return strings("no_revenue", **places)
    if section.revenue_actuals < 0:
        return _refunded(section, strings, **places)
    actual = strings.money.text(section.revenue_actuals)
    if section.gap_pct is None:
        return strings("without_target", actual=actual, **places)
    is_met = round(section.gap_pct, 1) == 0
    key = "on_target" if is_met else "above_target" if section.gap_pct > 0 else "below_target"
    return strings(key, pct=percent(abs(section.gap_pct), locale), actual=actual, **places)


def _refunded(section: RevenueSection, strings: Strings, **places: str) -> str:
    """Say that more was paid back than received, as an amount: shares of it would mean nothing."""
    gap = section.gap_to_target
    told = strings("refunded", amount=strings.money.text(-section.revenue_actuals), **places)
    if section.gap_pct is None or not gap:
        return told
    return told + strings("refunded_against_target", gap=signed(strings.money.text(gap), gap))


def _names_gap(section: RevenueSection) -> bool:
    """Return whether the message on a section tells a gap to the target, which a unit may explain."""
    if section.revenue_actuals == 0 or section.gap_pct is None:
        return False
    return section.revenue_actuals < 0 or round(section.gap_pct, 1) != 0


def _against_last_year(section: RevenueSection, strings: Strings) -> str:
    change = section.last_year and section.last_year.delta_pct
    if not change or round(change, 1) == 0 or section.revenue_actuals <= 0:
        return ""
    rises = change > 0
    agrees = section.gap_pct is None or (section.gap_pct >= 0) is rises
    key = f"{'and' if agrees else 'but'}_{'up' if rises else 'down'}"
    return strings(key, pct=percent(abs(change), strings.locale))


def _main_contributor(report: Report, strings: Strings) -> str:
    """Name the unit that contributes most to the entity's gap to its target, if any."""
    gap = report.totals.gap_to_target
    if not gap or len(report.units) == 1:
        return ""
    same_way = [
        (unit, unit.revenue.gap_to_target)
        for unit in report.units.values()
        if unit.revenue.gap_to_target and unit.revenue.gap_to_target * gap > 0
    ]
    if not same_way:
        return ""
    unit, its_gap = max(same_way, key=lambda item: abs(item[1]))
    gap_text = signed(strings.money.text(its_gap), its_gap)
    return strings("mainly", unit=short_name(unit.name), gap=gap_text)


def revenue_remarks(unit: UnitReport, meta: ReportMeta, strings: Strings) -> list[Remark]:
    """Explain a unit's revenue: its gap, the month and customers that moved it, the best year.

    A remark about one of the period's months (`YYYY-MM`) carries that month, so that the chart can
    number it.
    """
    section, locale, months = unit.revenue, strings.locale, meta.months
    remarks: list[Remark] = []
    if section.gap_to_target:
        gap = signed(strings.money.text(section.gap_to_target), section.gap_to_target)
        month = months[0] if len(months) == 1 else None
        remarks.append(Remark(text=strings("gap_comment", gap=gap), month=month))
    if len(months) > 1 and (widest := _widest_gap(section.trend, months)):
        point, gap = widest
        key = "widest_above" if gap > 0 else "widest_below"
        name = period_label(Period.of_month(Month.parse(point.month)), locale)
        text = strings(key, month=name, gap=signed(strings.money.text(gap), gap))
        remarks.append(Remark(text=text, month=point.month))
    remarks += _refund_remarks(section.trend, months, strings)
    if driver := _driver(unit):
        kind, delta = driver
        key = "driver_up" if delta > 0 else "driver_down"
        delta_text = signed(strings.money.text(delta), delta)
        text = strings(key, type=strings.customer_type(kind), delta=delta_text)
        remarks.append(Remark(text=text))
    if section.best_year and section.best_year.delta < 0:
        best = section.best_year
        text = strings(
            "best_comment",
            best=period_label(meta.parsed(best.period), locale),
            value=strings.money.text(best.value),
        )
        remarks.append(Remark(text=text))
    return remarks


def _refund_remarks(trend: list[TrendPoint], months: list[str], strings: Strings) -> list[Remark]:
    """Name the one of several months in which refunds exceeded receipts most, if there is one."""
    if len(months) == 1:  # the message tells it
        return []
    refunds = [
        (point.actuals, point.month)
        for point in trend
        if point.month in months and point.actuals is not None and point.actuals < 0
    ]
    if not refunds:
        return []
    amount, month = min(refunds)
    name = period_label(Period.of_month(Month.parse(month)), strings.locale)
    text = strings("refunded_month", month=name, amount=strings.money.text(-amount))
    return [Remark(text=text, month=month)]


def unassigned_remark(report: Report, strings: Strings) -> list[Remark]:
    """Return a remark on revenue that is not assigned to a unit yet, if there is any."""
    amount = report.data_quality.unassigned_revenue
    if not amount:
        return []
    return [Remark(text=strings("unassigned_comment", amount=strings.money.text(amount)))]


def _widest_gap(trend: list[TrendPoint], months: list[str]) -> tuple[TrendPoint, Decimal] | None:
    """Return the month of the period furthest from its target, with its gap."""
    gaps = [
        (point, point.gap_to_target)
        for point in trend
        if point.gap_to_target and point.month in months
    ]
    return max(gaps, key=lambda item: abs(item[1]), default=None)


def _driver(unit: UnitReport) -> tuple[str, Decimal] | None:
    """Return the customer type that moved the unit's revenue most, with its change."""
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
    """State the number of orders and their average value; `before` names the previous period."""
    section, locale, subject = unit.key_comparison, strings.locale, short_name(unit.name)
    if not section.orders.value:
        return strings("no_orders", subject=subject, period=period)
    places = {
        "subject": subject,
        "orders": strings.counted(
            "orders", section.orders.value, number(section.orders.value, locale)
        ),
        "cash": _cash_per_order(section.average_order_value.value, strings),
    }
    if section.orders.last_period is None:
        return strings("key_message_alone", **places)
    delta = section.orders.last_period.delta
    key = "key_message_up" if delta > 0 else "key_message_down" if delta else "key_message_same"
    return strings(key, delta=number(abs(delta), locale), before=before, **places)


def _cash_per_order(average: Decimal | None, strings: Strings) -> str:
    if average is not None and average < 0:
        return strings("refunds_above_cash")
    return strings("cash_per_order", average=strings.money.text(average))


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
