"""The files of reports, to download."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from atlas_assets.dashboard.parts.blocks import Page
from atlas_assets.dashboard.parts.listing import ListColumn, Listing
from atlas_assets.notation.strings import period_label
from atlas_assets.periods.calendar import Period, PeriodType
from atlas_assets.report.files import SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from atlas_assets.dashboard.context import Context


def reports(context: Context) -> Page:
    """Return the list of the entity's reports."""
    strings = context.strings

    def opened(suffix: str) -> Callable[[dict[str, Any]], str]:
        return lambda row: context.view.at(f"/reports/{row['folder']}/{row[suffix]}")

    columns = [
        ListColumn("label", strings("web_period")),
        ListColumn("type", strings("web_type"), facet=True),
        ListColumn("units", strings("unit"), facet=True),
        *(
            ListColumn(suffix, suffix.upper(), href=opened(suffix), is_sortable=False)
            for suffix in SUFFIXES
        ),
    ]
    rows = _rows(context)
    table = Listing(context, "reports", strings("web_reports"), columns).table(rows)
    return Page(strings("web_reports"), strings("web_reports_message"), [table])


def report_file(context: Context, kind: str, name: str) -> Path | None:
    """Return a file of the entity's reports, or None if there is none of that name."""
    listed = {row[suffix] for row in _rows(context) if row["folder"] == kind for suffix in SUFFIXES}
    if name not in listed:
        return None
    return context.workspace.report_files.output_dir / kind / name


def _rows(context: Context) -> list[dict[str, Any]]:
    """Return a row for each report that has been written, the newest period first."""
    folder, entity = context.workspace.report_files.output_dir, context.view.entity
    start = context.build.registry.fiscal_year_start
    rows: list[dict[str, Any]] = []
    for kind in PeriodType:
        for path in folder.glob(f"{kind}/{entity}-*.json"):
            text, _, units = path.stem.removeprefix(f"{entity}-").partition("+")
            try:
                period = Period.parse(text, start)
            except ValueError:
                continue
            names = {suffix: path.with_name(f"{path.stem}.{suffix}") for suffix in SUFFIXES}
            rows.append(
                {
                    "label": period_label(period, context.view.language),
                    "folder": str(kind),
                    "type": context.word("report", str(kind)),
                    "units": units,
                    "last": str(period.last),
                    **{key: file.name if file.exists() else None for key, file in names.items()},
                }
            )
    return sorted(rows, key=lambda row: (row["last"], row["folder"]), reverse=True)
