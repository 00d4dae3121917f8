"""Jobs: one for each stage, and some that process whole months.

The command line, the sensor and the schedules run the same jobs.
"""

from __future__ import annotations

from typing import get_args

import dagster as dg

from atlas_assets.orchestration import keys
from atlas_assets.orchestration.checks import SPECS
from atlas_assets.periods.calendar import PeriodType

_RAW = dg.AssetSelection.groups(keys.RAW)
_MODELS = dg.AssetSelection.groups(keys.STAGING, keys.INTERMEDIATE, keys.MARTS)
_VALIDATION = dg.AssetSelection.groups(keys.VALIDATION)
_RECORDS = dg.AssetSelection.assets(keys.RECORDS)
_REPORTS = {
    type_: dg.AssetSelection.assets(
        *(keys.report(type_, kind) for kind in get_args(keys.ReportKind))
    )
    for type_ in keys.REPORT_TYPES
}
_MONTHLY_REPORTS = _REPORTS[PeriodType.MONTHLY]

SEED = "seed"
EXTRACT = "extract"
LOAD = "load"
VALIDATE = "validate"
TRANSFORM = "transform"
SYNC = "sync"
PUBLISH = "publish"
REPORT = "report"
QUARTERLY_REPORT = "quarterly_report"
YEARLY_REPORT = "yearly_report"
RANGE_REPORT = "range_report"
DELIVER = "deliver"
BACKFILL = "backfill"
SERVE = "serve"
MONTHLY_CLOSE = "monthly_close"
FRESHNESS = "freshness"
JAFFLE_SHOP = "jaffle_shop"

_SELECTIONS: dict[str, tuple[dg.AssetSelection, str]] = {
    EXTRACT: (_RAW, "Workbooks → raw files."),
    LOAD: (
        dg.AssetSelection.groups(keys.STAGING),
        "Raw files → tables of the warehouse, `raw.*` and `staging.*`.",
    ),
    VALIDATE: (
        _VALIDATION | dg.AssetSelection.checks(*(spec.key for spec in SPECS)),
        "Account for every row and amount of the sheets, and write the validation file.",
    ),
    TRANSFORM: (_MODELS | _VALIDATION, "Raw files → marts."),
    SYNC: (_RAW | _MODELS | _VALIDATION, "Workbooks → marts, and the validation file."),
    PUBLISH: (_RECORDS, "Warehouse → operational database."),
    REPORT: (_MONTHLY_REPORTS, "Marts → report.json, deck and PDF."),
    QUARTERLY_REPORT: (_REPORTS[PeriodType.QUARTERLY], "Marts → the reports of a quarter."),
    YEARLY_REPORT: (_REPORTS[PeriodType.YEARLY], "Marts → the reports of a year."),
    RANGE_REPORT: (
        dg.AssetSelection.assets(keys.RANGE_REPORT),
        "Marts → the report of one entity over any months.",
    ),
    DELIVER: (
        _RECORDS | _MONTHLY_REPORTS,
        "Warehouse → operational database, report, deck and PDF.",
    ),
    BACKFILL: (
        _RAW | _MODELS | _VALIDATION | _RECORDS,
        "The data of a month: workbooks → marts → operational database.",
    ),
    MONTHLY_CLOSE: (
        _RAW | _MODELS | _VALIDATION | _RECORDS | _MONTHLY_REPORTS,
        "Everything for a month: workbooks → marts → operational database, report, deck and PDF.",
    ),
    SERVE: (
        dg.AssetSelection.assets(keys.SNAPSHOT),
        "Both databases → the snapshot that the dashboard reads.",
    ),
    SEED: (
        dg.AssetSelection.assets(keys.LOOKUPS),
        "Migrate the operational database and fill its lookups.",
    ),
}


def jaffle_shop_job() -> dg.UnresolvedAssetJobDefinition:
    """Return the job of the Jaffle Shop, which only installations with its files have."""
    return dg.define_asset_job(
        JAFFLE_SHOP,
        selection=dg.AssetSelection.groups(keys.JAFFLE_SHOP),
        description="The Jaffle Shop: CSV files → dlt → DuckDB → dbt.",
    )


def jobs(due_months: list[dg.AssetCheckKey]) -> list[dg.UnresolvedAssetJobDefinition]:
    """Return all jobs; `due_months` are the keys of the checks that look for late months."""
    freshness = dg.define_asset_job(
        FRESHNESS,
        selection=dg.AssetSelection.checks(*due_months),
        description="Check that every month that is due is built and up to date.",
    )
    return [
        freshness,
        *(
            dg.define_asset_job(name, selection=selection, description=description)
            for name, (selection, description) in _SELECTIONS.items()
        ),
    ]
