"""Jobs: one for each stage, and those of a whole month.

The command line, the sensor and the schedules run the same jobs.
"""

from __future__ import annotations

import dagster as dg

from atlas_assets.orchestration.checks import SPECS
from atlas_assets.periods.calendar import PeriodType

RAW = dg.AssetSelection.groups("raw")
MODELS = dg.AssetSelection.groups("staging", "intermediate", "marts")
VALIDATION = dg.AssetSelection.groups("validation")
RECORDS = dg.AssetSelection.assets(["operational", "records"])
REPORTS = {
    type_: dg.AssetSelection.assets(
        *(["reports", f"{type_}_{kind}"] for kind in ("report", "deck", "pdf"))
    )
    for type_ in (PeriodType.MONTHLY, PeriodType.QUARTERLY, PeriodType.YEARLY)
}
MONTHLY_REPORTS = REPORTS[PeriodType.MONTHLY]

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
MONTHLY_CLOSE = "monthly_close"
FRESHNESS = "freshness"

_SELECTIONS: dict[str, tuple[dg.AssetSelection, str]] = {
    EXTRACT: (RAW, "Workbooks → raw files."),
    LOAD: (
        dg.AssetSelection.groups("staging"),
        "Raw files → views of the warehouse, `raw.*` and `staging.*`.",
    ),
    VALIDATE: (
        VALIDATION | dg.AssetSelection.checks(*(spec.key for spec in SPECS)),
        "Account for every row and rupiah of the sheets, and write the validation file.",
    ),
    TRANSFORM: (MODELS | VALIDATION, "Raw files → marts."),
    SYNC: (RAW | MODELS | VALIDATION, "Workbooks → marts, and the validation file."),
    PUBLISH: (RECORDS, "Warehouse → operational database."),
    REPORT: (MONTHLY_REPORTS, "Marts → report.json, deck and PDF."),
    QUARTERLY_REPORT: (REPORTS[PeriodType.QUARTERLY], "Marts → the reports of a quarter."),
    YEARLY_REPORT: (REPORTS[PeriodType.YEARLY], "Marts → the reports of a year."),
    RANGE_REPORT: (
        dg.AssetSelection.assets(["reports", "range_report"]),
        "Marts → the report of one entity over any months.",
    ),
    DELIVER: (RECORDS | MONTHLY_REPORTS, "Warehouse → operational database, report, deck and PDF."),
    BACKFILL: (
        RAW | MODELS | VALIDATION | RECORDS,
        "The data of a month: workbooks → marts → operational database.",
    ),
    MONTHLY_CLOSE: (
        RAW | MODELS | VALIDATION | RECORDS | MONTHLY_REPORTS,
        "Everything for a month: workbooks → marts → operational database, report, deck and PDF.",
    ),
    SEED: (
        dg.AssetSelection.assets(["operational", "lookups"]),
        "Migrate the operational database and fill its lookups.",
    ),
}


def jobs(due_months: list[dg.AssetCheckKey]) -> list[dg.UnresolvedAssetJobDefinition]:
    """Return all jobs; `due_months` are the checks that look for late months."""
    freshness = dg.define_asset_job(
        FRESHNESS,
        selection=dg.AssetSelection.checks(*due_months),
        description="Is every month there that is due?",
    )
    return [
        freshness,
        *(
            dg.define_asset_job(name, selection=selection, description=description)
            for name, (selection, description) in _SELECTIONS.items()
        ),
    ]
