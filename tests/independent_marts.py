"""The marts once more, in polars, from the records that the sample workbooks were written from.

Nothing here reads a cell, a raw file or a model: the two ways meet only in the figures.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from atlas_assets.sample.business import fixture

if TYPE_CHECKING:
    from atlas_assets.configuration.registry import Registry
    from atlas_assets.periods.calendar import Month
    from atlas_assets.sample.defects import Row
    from atlas_assets.sample.workbooks import Samples

NO_REVENUE = {"duplicate", "unit_unknown"}
NO_ENROLLMENT = {
    *("duplicate", "amount_unreadable", "amount_missing", "unit_unknown", "student_missing"),
    *("intake_implausible", "date_unreadable"),
}
KEYS = ["entity_code", "unit_code", "month_key"]


def marts(samples: Samples, registry: Registry) -> dict[str, pl.DataFrame]:
    """Return every mart of the sample, with the columns and types of the warehouse."""
    lines = pl.DataFrame(
        [
            _line(entity, month, position, row, registry)
            for (entity, month), rows in samples.transactions.items()
            for position, row in enumerate(rows)
        ],
        infer_schema_length=None,
    )
    orders = _enrollments(lines.filter("enrolls"))
    known = orders.select("order_key", "customer_type", enrolled_channel="channel_name")
    payments = (
        lines.filter("is_revenue")
        .join(known, on="order_key", how="left")
        .with_columns(
            pl.col("customer_type").fill_null("unknown"),
            channel_name=pl.coalesce("enrolled_channel", "channel_name"),
        )
    )
    return {
        "mart_revenue": _revenue(payments, orders),
        "mart_program_progress": _programs(payments, orders),
        "mart_channel_marketing": _channels(payments, orders, _funnel(samples, registry)),
        "mart_school_progress": _schools(orders),
        "mart_students": _students(payments, orders),
        "mart_targets": _targets(samples),
        "mart_order_payments": _order_payments(payments, orders, registry),
    }


def _line(entity: str, month: Month, position: int, row: Row, registry: Registry) -> dict[str, Any]:
    record, reason = row.record, row.reason
    amount, day, name = record["amount"], record["transaction_date"], record["student_name"]
    unit = _unit(registry, entity, record["unit"])
    intake = _intake(str(record["intake"]))
    student = re.sub(r"[^A-Z0-9']+", " ", name.upper()).strip() if isinstance(name, str) else None
    cell_error_in_amount = reason == "cell_error" and row.column == "amount"
    is_money = isinstance(amount, int) and amount != 0
    school = record["organization_name"]
    has_order = unit and student and reason != "date_unreadable"
    return {
        "entity_code": entity,
        "month_key": month.first_day,
        "position": position,
        "unit_code": unit,
        "student": student,
        "product_name": record["product_name"],
        "intake": intake,
        "school": school if isinstance(school, str) else "Unknown",
        "channel_name": _channel(registry, str(record["channel"])),
        "day": day if isinstance(day, date) else None,
        "amount": amount if isinstance(amount, int) else None,
        "pattern": record["payment_pattern"],
        "is_revenue": is_money and reason not in NO_REVENUE,
        "enrolls": bool(has_order) and reason not in NO_ENROLLMENT and not cell_error_in_amount,
        "order_key": "|".join(
            [entity, student or "", unit or "", _word(record["product_name"]), str(intake)]
        )
        if unit and student
        else None,
    }


def _enrollments(lines: pl.DataFrame) -> pl.DataFrame:
    """Return the orders, each in the month of its first line, with its customer type."""
    orders = (
        lines.sort("month_key", "day", "position")
        .group_by("order_key", maintain_order=True)
        .agg(
            pl.first(*KEYS, "student", "product_name", "school", "channel_name"),
            enrolled_on=pl.col("day").min(),
        )
        .sort("entity_code", "student", "enrolled_on")
    )
    days: dict[str, list[date]] = {}
    types: list[str] = []
    for entity, student, day in orders.select("entity_code", "student", "enrolled_on").iter_rows():
        earlier = [other for other in days.setdefault(f"{entity}|{student}", []) if other < day]
        since = (day - earlier[-1]).days if earlier else None
        types.append("new" if since is None else "renewal" if since <= 365 else "alumni")
        days[f"{entity}|{student}"].append(day)
    return orders.with_columns(customer_type=pl.Series(types, dtype=pl.String))


def _revenue(payments: pl.DataFrame, orders: pl.DataFrame) -> pl.DataFrame:
    paid = payments.group_by(KEYS).agg(
        revenue_actuals=pl.col("amount").sum(),
        transaction_count=pl.len(),
        paying_student_count=pl.col("student").drop_nulls().n_unique(),
    )
    won = orders.group_by(KEYS).agg(order_count=pl.len())
    return paid.join(won, on=KEYS, how="full", coalesce=True).fill_null(0)


def _programs(payments: pl.DataFrame, orders: pl.DataFrame) -> pl.DataFrame:
    keys = [*KEYS, "product_name", "customer_type"]
    paid = payments.group_by(keys).agg(revenue=pl.col("amount").sum())
    won = orders.group_by(keys).agg(
        order_count=pl.len(), student_count=pl.col("student").n_unique()
    )
    return paid.join(won, on=keys, how="full", coalesce=True).fill_null(0)


def _channels(payments: pl.DataFrame, orders: pl.DataFrame, funnel: pl.DataFrame) -> pl.DataFrame:
    keys = [*KEYS, "channel_name", "customer_type"]
    every = pl.lit("all").alias("customer_type")
    paid = (
        pl.concat([payments, payments.with_columns(every)])
        .group_by(keys)
        .agg(revenue=pl.col("amount").sum())
    )
    won = (
        pl.concat([orders, orders.with_columns(every)])
        .group_by(keys)
        .agg(closings=pl.len(), students=pl.col("student").n_unique())
    )
    in_unit = orders.group_by(KEYS).agg(unit_closings=pl.len())
    figures = paid.join(won, on=keys, how="full", coalesce=True)
    figures = figures.join(funnel.with_columns(every), on=keys, how="full", coalesce=True)
    return figures.join(in_unit, on=KEYS, how="left").select(
        *keys,
        *(pl.col(name).fill_null(0) for name in ("closings", "students", "revenue")),
        *("leads", "follow_ups", "target_leads"),
        contribution_pct=pl.col("closings").fill_null(0) * 100.0 / pl.col("unit_closings"),
    )


def _schools(orders: pl.DataFrame) -> pl.DataFrame:
    first = (
        orders.with_columns(year=pl.col("month_key").dt.year())
        .sort("month_key", "enrolled_on", "order_key")
        .unique(["entity_code", "unit_code", "student", "year"], keep="first", maintain_order=True)
    )
    return first.group_by(*KEYS, "year", organization_name="school").agg(student_count=pl.len())


def _students(payments: pl.DataFrame, orders: pl.DataFrame) -> pl.DataFrame:
    columns = [*KEYS, "product_name", "channel_name", "customer_type", "student"]
    named = payments.filter(pl.col("student").is_not_null())
    counted = pl.concat(
        [
            named.select(*columns, counted_as=pl.lit("payer")),
            orders.select(*columns, counted_as=pl.lit("enrolled")),
        ]
    )
    key = pl.concat_str("entity_code", "student", separator="|").alias("student_key")
    return counted.unique().with_columns(key)


def _order_payments(
    payments: pl.DataFrame, orders: pl.DataFrame, registry: Registry
) -> pl.DataFrame:
    settles = {
        _word(word): pattern.settles
        for pattern in registry.payment_patterns
        for word in (pattern.code, pattern.name, *pattern.aliases)
    }
    settling = pl.col("pattern").map_elements(
        lambda written: settles.get(_word(written)), return_dtype=pl.Boolean
    )
    won = orders.select("order_key", order_month="month_key")
    return (
        payments.join(won, on="order_key")
        .with_columns(settles=settling)
        .group_by(*KEYS, "order_key", "order_month")
        .agg(
            amount=pl.col("amount").sum(),
            is_payment=(pl.col("amount") > 0).any(),
            has_part=(~pl.col("settles")).any(),
            is_settled=pl.col("settles").any(),
        )
    )


def _funnel(samples: Samples, registry: Registry) -> pl.DataFrame:
    return (
        pl.DataFrame(
            [
                {
                    "entity_code": entity,
                    "unit_code": activity.unit,
                    "month_key": activity.month.first_day,
                    "channel_name": _channel(registry, activity.channel),
                    "leads": activity.leads,
                    "follow_ups": activity.follow_ups,
                    "target_leads": activity.target_leads,
                }
                for entity, business in samples.businesses.items()
                for activity in business.activities
            ]
        )
        .group_by(*KEYS, "channel_name")
        .agg(pl.col("leads", "follow_ups", "target_leads").sum())
    )


def _targets(samples: Samples) -> pl.DataFrame:
    """Return targets with the figures that the administrators report: the undisturbed business."""
    rows: list[dict[str, Any]] = []
    for entity, business in samples.businesses.items():
        last = max(payment.month for payment in business.transactions)
        for target in business.targets:
            paid = [
                payment
                for payment in business.transactions
                if (payment.order.unit, payment.order.product_name, payment.month)
                == (target.unit, target.product_name, target.month)
            ]
            reported = target.month <= last
            students = {payment.order.student.number for payment in paid}
            rows.append(
                {
                    "entity_code": entity,
                    "unit_code": target.unit,
                    "product_name": target.product_name,
                    "month_key": target.month.first_day,
                    "target_students": target.students,
                    "target_revenue": target.revenue,
                    "reported_students": len(students) if reported else None,
                    "reported_revenue": sum(p.amount for p in paid) if reported else None,
                }
            )
    return pl.DataFrame(rows, infer_schema_length=None)


def _unit(registry: Registry, entity: str, written: object) -> str | None:
    names = {
        _word(name): unit.code
        for unit in registry.entity(entity).units
        for name in (unit.code, unit.name, *unit.aliases)
    }
    return names.get(_word(written))


def _channel(registry: Registry, written: str) -> str:
    names = {
        _word(name): channel.name
        for channel in registry.channels
        for name in (channel.name, *channel.aliases)
    }
    return names.get(_word(written), "Other")


def _intake(written: str) -> date:
    name, year = written.split()
    return date(int(year), fixture()["words"]["months"].index(name) + 1, 1)


def _word(written: object) -> str:
    return re.sub(r"[^A-Z0-9]+", " ", str(written).upper()).strip()
