"""Sentences about orders, students and where they came from."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from atlas_assets.deck.sentences import FEWEST, NAME_LENGTH, longest_fitting, short_name
from atlas_assets.notation.numbers import number, percent, signed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from atlas_assets.deck.slide_writer import SlideWriter
    from atlas_assets.notation.strings import Strings
    from atlas_assets.report.model import Mover, YearFigure


def customers_message(writer: SlideWriter, strings: Strings) -> str:
    """State the orders with their change since last year, and how many students returned."""
    totals, locale = writer.report.totals, strings.locale
    figures = totals.key_comparison
    head = _counted("orders_won", figures.orders, writer.period, strings)
    share, known = figures.returning_share_pct.value, figures.orders.value or 0
    returning = (
        strings("returning_share_told", pct=percent(share, locale))
        if share is not None and known >= FEWEST
        else ""
    )
    retention = totals.retention
    kept = (
        strings("retention_told", pct=percent(retention.rate_pct, locale))
        if retention and retention.rate_pct is not None
        else ""
    )
    return longest_fitting(head + returning + kept, head + returning, head)


def funnel_message(writer: SlideWriter, strings: Strings) -> str:
    """State the leads with their change since last year, and how many of them became orders."""
    funnel, locale = writer.report.totals.funnel, strings.locale
    head = _counted("leads_told", funnel.leads, writer.period, strings)
    conversion, leads = funnel.conversion_pct, funnel.leads.value or 0
    if conversion.value is None or leads < FEWEST:
        return head
    told = head + strings("conversion_told", pct=percent(conversion.value, locale))
    if conversion.last_year is None:
        return told
    before = percent(conversion.last_year.value, locale)
    return longest_fitting(told + strings("conversion_before", pct=before), told)


def _counted(key: str, figure: YearFigure, period: str, strings: Strings) -> str:
    """State a count, with its difference to last year if both years can be compared as a whole."""
    locale, value = strings.locale, figure.value or Decimal(0)
    told = strings(key, count=number(value, locale), period=period)
    last_year = figure.last_year
    if last_year is None or not last_year.coverage.is_complete:
        return told
    delta = last_year.delta
    if not delta:
        return told + strings("as_many_as_last_year")
    side = "more" if delta > 0 else "fewer"
    return told + strings(f"{side}_than_last_year", delta=number(abs(delta), locale))


def movers_message(
    writer: SlideWriter,
    kind: str,
    movers: Sequence[Mover],
    text_of: Callable[[Decimal], str],
    strings: Strings,
) -> str:
    """Name what gained most and what lost most since last year."""

    def told(mover: Mover, length: int = NAME_LENGTH) -> str:
        unit = short_name(writer.report.units[mover.unit].name, length)
        name = f"{short_name(mover.name, length)} ({unit})"
        text = strings.money.text(mover.delta) if kind == "programs" else text_of(mover.delta)
        return f"{name}: {signed(text, mover.delta)}"

    gained, lost = (mover for mover in (movers[0], movers[-1]))
    if gained.delta > 0 and lost.delta < 0:
        return longest_fitting(
            *(
                strings(f"movers_{kind}_both", gained=told(gained, length), lost=told(lost, length))
                for length in (NAME_LENGTH, NAME_LENGTH // 2, NAME_LENGTH // 3)
            )
        )
    if gained.delta > 0:
        return strings(f"movers_{kind}_gained", gained=told(gained))
    return strings(f"movers_{kind}_lost", lost=told(lost))
