"""The asset keys, groups and owners that Python names. Models get their keys from dbt."""

from __future__ import annotations

from typing import Literal

import dagster as dg

from atlas_assets.periods.calendar import PeriodType

RAW, STAGING, INTERMEDIATE, MARTS = "raw", "staging", "intermediate", "marts"
VALIDATION, OPERATIONAL, REPORTS, CALENDAR = "validation", "operational", "reports", "calendar"
SERVING, JAFFLE_SHOP = "serving", "jaffle_shop"

FINANCE, DATA = "team:finance", "team:data"  # owners

ReportKind = Literal["report", "deck", "pdf"]
REPORT_TYPES = (PeriodType.MONTHLY, PeriodType.QUARTERLY, PeriodType.YEARLY)


def raw(table: str) -> dg.AssetKey:
    """Return the key of a raw table."""
    return dg.AssetKey([RAW, table])


def intermediate(model: str) -> dg.AssetKey:
    """Return the key of an intermediate model."""
    return dg.AssetKey([INTERMEDIATE, model])


def mart(model: str) -> dg.AssetKey:
    """Return the key of a mart."""
    return dg.AssetKey([MARTS, model])


def report(type_: PeriodType, kind: ReportKind) -> dg.AssetKey:
    """Return the key of the reports, decks or PDFs of a type of period."""
    return dg.AssetKey([REPORTS, f"{type_}_{kind}"])


def step(key: dg.AssetKey) -> str:
    """Return the name of the step that makes an asset, as used in the config of a run."""
    return "__".join(key.path)


VALIDATION_FILE = dg.AssetKey([VALIDATION, "validation_file"])
LOOKUPS = dg.AssetKey([OPERATIONAL, "lookups"])
RECORDS = dg.AssetKey([OPERATIONAL, "records"])
RANGE_REPORT = dg.AssetKey([REPORTS, "range_report"])
SNAPSHOT = dg.AssetKey([SERVING, "snapshot"])
CLOSED_MONTHS = dg.AssetKey([CALENDAR, "closed_months"])
REPORTED_MARTS = [
    mart("mart_revenue"),
    mart("mart_program_progress"),
    mart("mart_channel_marketing"),
    mart("mart_school_progress"),
    mart("mart_students"),
    mart("mart_targets"),
    mart("mart_order_payments"),
    mart("mart_unit_months"),
    mart("mart_year_to_date"),
    mart("mart_outlook"),
    mart("mart_retention"),
    mart("mart_open_orders"),
    mart("mart_funnel"),
    mart("mart_movers"),
]
