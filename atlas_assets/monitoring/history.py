"""Checks that reports are based on the whole history of the source: figures alone do not show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atlas_assets.periods.calendar import Month

if TYPE_CHECKING:
    from collections.abc import Sequence

    from atlas_assets.report.model import Report
    from atlas_assets.sources.isolation import IsolatedSource
    from atlas_assets.sources.raw_store import RawStore


def missing_history(
    source: IsolatedSource, raw_store: RawStore, reports: Sequence[Report]
) -> list[str]:
    """Return a message for each entity that has months before its report which are not loaded."""
    last = {report.meta.entity: Month.parse(report.meta.months[-1]) for report in reports}
    missing = {
        entity: [
            month
            for month in source.months(entity)
            if month < end and not raw_store.is_loaded("transactions", entity, month)
        ]
        for entity, end in last.items()
    }
    return [
        f"{entity}: {len(months)} earlier months are not loaded ({months[0]} to {months[-1]}), so "
        "customer types, comparisons and schools are incomplete. Run `atlas build "
        f"--entity {entity} --period {last[entity]}`."
        for entity, months in missing.items()
        if months
    ]
