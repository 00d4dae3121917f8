"""The figures of channels, and of a unit's programs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from atlas_assets.tracing.formulas import change, difference, share
from atlas_assets.tracing.spans import YEAR, activities, one_of, records, targets

if TYPE_CHECKING:
    from atlas_assets.report.model import ChannelMarketingRow, ProgramProgressRow
    from atlas_assets.tracing.formulas import Expression
    from atlas_assets.tracing.spans import Span


def channel_figure(span: Span, row: ChannelMarketingRow, name: str) -> Expression:
    """Return what a figure of a channel is made of."""
    types = None if row.customer_type == "all" else (row.customer_type,)
    orders = partial(records, "orders", channels=(row.channel_name,), customer_types=types)
    matched = orders(span.places("with_last_year"))
    before = orders(span.places("with_last_year", shift=-YEAR, compared=True))
    everywhere = span.calendar()
    leads = activities("leads", everywhere, channels=(row.channel_name,))
    expressions: dict[str, Expression] = {
        "closings": orders(everywhere),
        "closings_last_year": before,
        "delta_last_year": difference(matched, before),
        "students": records(
            "enrolled", everywhere, channels=(row.channel_name,), customer_types=types
        ),
        "contribution_pct": share(orders(everywhere), records("orders", everywhere)),
        "leads": leads,
        "follow_ups": activities("follow_ups", everywhere, channels=(row.channel_name,)),
        "conversion_pct": share(orders(span.with_leads()), leads),
    }
    return one_of(expressions, name)


def program_figure(span: Span, row: ProgramProgressRow, name: str) -> Expression:
    """Return what a figure of a unit's program is made of."""
    types = None if row.customer_type == "all" else (row.customer_type,)
    of = {"products": (row.product_name,), "customer_types": types}
    everywhere = span.calendar()
    target = targets(everywhere, products=(row.product_name,))
    planned = records("revenue", span.with_programtargets(), products=(row.product_name,))
    matched = records("revenue", span.places("with_last_year"), **of)
    before = records("revenue", span.places("with_last_year", shift=-YEAR, compared=True), **of)
    expressions: dict[str, Expression] = {
        "order_count": records("orders", everywhere, **of),
        "student_count": records("enrolled", everywhere, **of),
        "revenue": records("revenue", everywhere, **of),
        "target_students": targets(
            everywhere, counted="target_students", products=(row.product_name,)
        ),
        "target_revenue": target,
        "gap_to_target": difference(planned, target),
        "achievement_pct": share(planned, target),
        "last_year": before,
        "delta_last_year": difference(matched, before),
        "delta_last_year_pct": change(matched, before),
    }
    return one_of(expressions, name)
