"""Sentences about revenue: against target and last year, how broad it was, and how the year stands."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from atlas_assets.deck.commentary import Remark
from atlas_assets.deck.sentences import longest_fitting, short_name
from atlas_assets.notation.numbers import percent, signed
from atlas_assets.notation.strings import period_label
from atlas_assets.periods.calendar import Month, Period

if TYPE_CHECKING:
    from atlas_assets.deck.slide_writer import SlideWriter
    from atlas_assets.notation.strings import Strings
    from atlas_assets.report.model import (
        Bridge,
        Report,
        ReportMeta,
        RevenueSection,
        SubjectReport,
        TrendPoint,
        UnitReport,
        YtdSection,
    )

HALF, MOST_NAMED = 50, 3  # percent of the gaps on one side, and the units that may make it up


def revenue_message(
    subject: SubjectReport, name: str, writer: SlideWriter, strings: Strings
) -> str:
    """Compare a subject's revenue with its target, and say so where the year tells another story.

    Only where it does not, last year is mentioned.
    """
    head = against_target(subject.revenue, name, writer.period, strings)
    year = _year_disagrees(subject, strings)
    last_year = _against_last_year(subject.revenue, strings)
    return longest_fitting(head + (year or last_year), head)


def summary_message(report: Report, subject: str, strings: Strings) -> str:
    """Say how the period went and how the year stands, as far as there is room."""
    totals, ytd = report.totals, report.totals.ytd
    head = against_target(totals.revenue, subject, report.meta.period_label, strings)
    last_year = _against_last_year(totals.revenue, strings)
    if ytd.first == report.meta.months[0]:
        return longest_fitting(head + last_year, head)
    year = _year_disagrees(totals, strings) or _year_so_far(totals, strings)
    return longest_fitting(head + year, head + last_year, head)


def against_target(section: RevenueSection, subject: str, period: str, strings: Strings) -> str:
    """Say what a subject took in, and how that compares with its target where it has one."""
    locale = strings.locale
    places = {"subject": short_name(subject), "period": period}
    if section.revenue_actuals == 0:
        return strings("no_revenue", **places)
    if section.revenue_actuals < 0:
        return _refunded(section, strings, **places)
    actual = strings.money.text(section.revenue_actuals)
    if section.gap_pct is None:
        return strings("without_target", actual=actual, **places)
    side = _side(section.gap_pct)
    pct = percent(abs(section.gap_pct), locale)
    if section.coverage.target.is_complete:
        return strings(f"{side}_target", pct=pct, actual=actual, **places)
    covered = section.coverage.target
    return strings("without_target", actual=actual, **places) + strings(
        f"{side}_partial", pct=pct, have=str(covered.have), of=str(covered.of)
    )


def _side(pct: Decimal) -> str:
    if round(pct, 1) == 0:
        return "on"
    return "above" if pct > 0 else "below"


def _refunded(section: RevenueSection, strings: Strings, **places: str) -> str:
    """Say that more was paid back than received, as an amount: shares of it would mean nothing."""
    gap = section.gap_to_target
    told = strings("refunded", amount=strings.money.text(-section.revenue_actuals), **places)
    if section.gap_pct is None or not gap or not section.coverage.target.is_complete:
        return told
    return told + strings("refunded_against_target", gap=signed(strings.money.text(gap), gap))


def _against_last_year(section: RevenueSection, strings: Strings) -> str:
    """Say how much more or less it was than last year, if the two years can be compared as a whole."""
    last_year = section.last_year
    change = last_year and last_year.delta_pct
    if not change or round(change, 1) == 0 or section.revenue_actuals <= 0:
        return ""
    if last_year is None or not last_year.coverage.is_complete:
        return ""
    targets = section.coverage.target
    if targets.have and not targets.is_complete:  # the gap before it is of other months
        return ""
    rises = change > 0
    agrees = section.gap_pct is None or (section.gap_pct >= 0) is rises
    key = f"{'and' if agrees else 'but'}_{'up' if rises else 'down'}"
    return strings(key, pct=percent(abs(change), strings.locale))


def _year_disagrees(subject: SubjectReport, strings: Strings) -> str:
    """Say how the year to date stands where it points the other way than the period."""
    section, ytd = subject.revenue, subject.ytd
    if section.revenue_actuals <= 0 or ytd.actuals <= 0:
        return ""
    last_year = section.last_year and section.last_year.delta_pct
    for key, of_period, of_year in (
        ("target", section.gap_pct, ytd.gap_pct),
        ("last_year", last_year, ytd.delta_last_year_pct),
    ):
        if of_period is None or of_year is None:
            continue
        sides = _side(of_period), _side(of_year)
        if "on" not in sides and sides[0] != sides[1]:
            pct = percent(abs(of_year), strings.locale)
            return strings(f"year_{sides[1]}_{key}", pct=pct) + _where(ytd, key, strings)
        return ""
    return ""


def _where(ytd: YtdSection, key: str, strings: Strings) -> str:
    """Say in how many unit-months the year to date has what it is compared with, if not in all."""
    covered = ytd.coverage.target if key == "target" else ytd.coverage.last_year
    if covered.is_complete:
        return ""
    return strings("where_covered", have=str(covered.have), of=str(covered.of))


def _year_so_far(subject: SubjectReport, strings: Strings) -> str:
    """Say how the year to date stands."""
    ytd = subject.ytd
    for key, pct in (("target", ytd.gap_pct), ("last_year", ytd.delta_last_year_pct)):
        if pct is not None and ytd.actuals > 0:
            told = strings(f"year_so_far_{_side(pct)}_{key}", pct=percent(abs(pct), strings.locale))
            return told + _where(ytd, key, strings)
    return ""


def breadth_message(report: Report, subject: str, strings: Strings) -> str:
    """Say how many units lost how much, how many gained, and which make up half of it."""
    bridge = report.bridge.period
    of = bridge.reference
    if not bridge.compared_count:
        return strings("breadth_nothing", subject=short_name(subject))
    lost = -bridge.below_sum > bridge.above_sum
    side, other = ("below", "above") if lost else ("above", "below")
    counts = {"below": bridge.below_count, "above": bridge.above_count}
    sums = {"below": bridge.below_sum, "above": bridge.above_sum}
    told = strings(
        f"breadth_{side}_{of}",
        count=str(counts[side]),
        of=str(bridge.compared_count),
        sum=strings.money.text(abs(sums[side])),
    )
    if not counts[side]:
        return strings(f"breadth_level_{of}", of=str(bridge.compared_count))
    if bridge.compared_count == 1:
        return told
    opposite = ""
    if counts[other]:
        opposite = strings(
            f"breadth_{other}_too",
            count=str(counts[other]),
            sum=strings.money.text(abs(sums[other])),
        )
    makers = _told_makers(bridge, report, strings, is_below=lost)
    return longest_fitting(told + opposite + makers, told + makers, told + opposite, told)


def _told_makers(bridge: Bridge, report: Report, strings: Strings, *, is_below: bool) -> str:
    names = _makers_of_half(bridge, report, is_below=is_below)
    if not names:
        return strings("breadth_spread", most=str(MOST_NAMED))
    share = percent(names[-1][1], strings.locale)
    listed = strings("list_joint").join(short_name(name) for name, _ in names)
    key = "breadth_one" if len(names) == 1 else "breadth_some"
    return strings(key, units=listed, share=share)


def _makers_of_half(bridge: Bridge, report: Report, *, is_below: bool) -> list[tuple[str, Decimal]]:
    """Return the fewest units that make up half of the gaps on a side, each with its running share.

    Empty if more than MOST_NAMED were needed.
    """
    same_side = [step for step in bridge.steps if step.delta and (step.delta < 0) is is_below]
    named: list[tuple[str, Decimal]] = []
    for step in sorted(same_side, key=lambda step: step.running_share_pct or Decimal(0)):
        named.append((report.units[step.unit].name, step.running_share_pct or Decimal(0)))
        if named[-1][1] >= HALF:
            return named if len(named) <= MOST_NAMED else []
    return []


def year_message(writer: SlideWriter, strings: Strings) -> str:
    """Say where the year would end at its pace, or else how it stands."""
    totals, year, locale = writer.report.totals, writer.fiscal_year, strings.locale
    outlook = totals.outlook
    if outlook is None:
        actual = strings.money.text(totals.ytd.actuals)
        if writer.report.meta.covered.is_end_of_year:
            return strings("year_closed", year=year, actual=actual) + _closed(totals, strings)
        head = strings("year_stands", span=writer.year_to_date, actual=actual)
        return head + _year_so_far(totals, strings)
    head = strings("outlook_message", year=year, amount=strings.money.text(outlook.full_year))
    if outlook.gap_pct is not None:
        return head + strings(
            f"outlook_{_side(outlook.gap_pct)}_target", pct=percent(abs(outlook.gap_pct), locale)
        )
    pct = outlook.delta_last_year_pct
    if pct is not None:
        head += strings(f"outlook_{_side(pct)}_last_year", pct=percent(abs(pct), locale))
    # A year that grows can miss its target all the same.
    so_far = _year_so_far(totals, strings) if totals.ytd.gap_pct is not None else ""
    return longest_fitting(head + so_far, head)


def _closed(subject: SubjectReport, strings: Strings) -> str:
    """Say how a whole year compares."""
    ytd = subject.ytd
    for key, pct in (("target", ytd.gap_pct), ("last_year", ytd.delta_last_year_pct)):
        if pct is not None and ytd.actuals > 0:
            return strings(f"outlook_{_side(pct)}_{key}", pct=percent(abs(pct), strings.locale))
    return ""


def units_message(writer: SlideWriter, strings: Strings) -> str:
    """Say how many units are above their target since the year began, and which is the largest."""
    report, largest = writer.report, writer.by_size[0]
    bridge = report.bridge.ytd
    if largest.revenue.revenue_actuals <= 0:
        return against_target(report.totals.revenue, writer.subject, writer.period, strings)
    amount = strings.money.text(largest.revenue.revenue_actuals)
    told = strings(
        "largest_unit", unit=short_name(largest.name), amount=amount, period=writer.period
    )
    if not bridge.compared_count:
        return told
    above = strings(
        f"units_above_in_year_{bridge.reference}",
        count=str(bridge.above_count),
        of=str(bridge.compared_count),
        span=writer.year_to_date,
    )
    return longest_fitting(told + above, told)


def year_remarks(report: Report, strings: Strings) -> list[Remark]:
    """Say what the outlook rests on, and how the year to date stands."""
    remarks: list[Remark] = []
    ytd, outlook = report.totals.ytd, report.totals.outlook
    for key, gap in (("target", ytd.gap), ("last_year", ytd.delta_last_year)):
        if gap:
            text = signed(strings.money.text(gap), gap)
            remarks.append(Remark.of(strings(f"year_gap_{key}", gap=text)))
    if ytd.loaded_months < ytd.of_months:
        months = {"loaded": str(ytd.loaded_months), "of": str(ytd.of_months)}
        remarks.insert(0, Remark.of(strings("months_missing", **months)))
    if outlook is None and not report.meta.covered.is_end_of_year:
        key = "no_outlook" if report.meta.is_whole else "no_outlook_of_some"
        remarks.append(Remark.of(strings(key)))
    return remarks


def unassigned(report: Report, strings: Strings) -> list[Remark]:
    """Return a remark on revenue that is not assigned to a unit yet, if there is any."""
    amount = report.data_quality.unassigned_revenue
    if not amount:
        return []
    return [Remark.of(strings("unassigned_comment", amount=strings.money.text(amount)))]


def unit_remarks(unit: UnitReport, meta: ReportMeta, strings: Strings) -> list[Remark]:
    """Name a unit's largest programs and channels, and what moved its revenue.

    A remark about one of the period's months (`YYYY-MM`) carries that month, so that the chart can
    number it.
    """
    remarks = [*_largest_programs(unit, strings), *_largest_channels(unit, strings)]
    section, locale, months = unit.revenue, strings.locale, meta.months
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
        remarks.append(Remark.of(text))
    if section.best_year and section.best_year.delta < 0:
        best = section.best_year
        text = strings(
            "best_comment",
            best=period_label(meta.parsed(best.period), locale),
            value=strings.money.text(best.value),
        )
        remarks.append(Remark.of(text))
    return remarks


NAMED = 3  # programs and channels in brief


def _largest_programs(unit: UnitReport, strings: Strings) -> list[Remark]:
    rows = [row for row in unit.programs if row.customer_type == "all" and row.revenue > 0]
    told = [
        strings(
            "program_in_brief" if row.gap_to_target is None else "program_in_brief_gap",
            name=short_name(row.product_name),
            revenue=strings.money.text(row.revenue),
            gap=signed(strings.money.text(row.gap_to_target), row.gap_to_target or 0),
        )
        for row in rows[:NAMED]
    ]
    return [Remark.of(strings("programs_in_brief", programs="; ".join(told)))] if told else []


def _largest_channels(unit: UnitReport, strings: Strings) -> list[Remark]:
    rows = [row for row in unit.channels if row.customer_type == "all" and row.closings > 0]
    told = [f"{short_name(row.channel_name)} {row.closings}" for row in rows[:NAMED]]
    return [Remark.of(strings("channels_in_brief", channels="; ".join(told)))] if told else []


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
