"""Jobs: the whole month, and one for each stage. The command line runs the same ones."""

from __future__ import annotations

import dagster as dg

from atlas_assets.checks import SPECS

RAW = dg.AssetSelection.groups("raw")
MODELS = dg.AssetSelection.groups("staging", "intermediate", "marts")
VALIDATION = dg.AssetSelection.groups("validation")
RECORDS = dg.AssetSelection.assets(["operational", "records"])
REPORTS = dg.AssetSelection.groups("reports")

SEED = "seed"
EXTRACT = "extract"
VALIDATE = "validate"
TRANSFORM = "transform"
SYNC = "sync"
PUBLISH = "publish"
REPORT = "report"
DELIVER = "deliver"
BACKFILL = "backfill"
MONTHLY_CLOSE = "monthly_close"

_SELECTIONS: dict[str, tuple[dg.AssetSelection, str]] = {
    EXTRACT: (RAW, "Workbooks → raw files."),
    VALIDATE: (
        VALIDATION | dg.AssetSelection.checks(*(spec.key for spec in SPECS)),
        "Account for every row and rupiah of the sheets, and write the validation file.",
    ),
    TRANSFORM: (MODELS | VALIDATION, "Raw files → marts."),
    SYNC: (RAW | MODELS | VALIDATION, "Workbooks → marts, and the validation file."),
    PUBLISH: (RECORDS, "Warehouse → operational database."),
    REPORT: (REPORTS, "Marts → report.json, deck and PDF."),
    DELIVER: (RECORDS | REPORTS, "Warehouse → operational database, report, deck and PDF."),
    BACKFILL: (
        RAW | MODELS | VALIDATION | RECORDS,
        "The data of a month: workbooks → marts → operational database.",
    ),
    MONTHLY_CLOSE: (
        RAW | MODELS | VALIDATION | RECORDS | REPORTS,
        "Everything for a month: workbooks → marts → operational database, report, deck and PDF.",
    ),
    SEED: (
        dg.AssetSelection.assets(["operational", "lookups"]),
        "Migrate the operational database and fill its lookups.",
    ),
}


def jobs() -> list[dg.UnresolvedAssetJobDefinition]:
    """Return all jobs."""
    return [
        dg.define_asset_job(name, selection=selection, description=description)
        for name, (selection, description) in _SELECTIONS.items()
    ]
