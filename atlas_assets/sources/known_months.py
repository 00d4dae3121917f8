"""The months of an entity that can be processed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atlas_assets.errors import SourceError

if TYPE_CHECKING:
    from atlas_assets.periods.calendar import Month
    from atlas_assets.sources.isolation import IsolatedSource


def known_months(source: IsolatedSource, entity: str, last: Month) -> list[Month]:
    """Return the months up to and including `last` that the source covers, in order."""
    return [month for month in source.months(entity) if month <= last]


def newest_month(source: IsolatedSource, entity: str, last: Month) -> Month | None:
    """Return the newest month up to `last` whose transactions have rows or cannot be read, or None."""
    for month in reversed(known_months(source, entity, last)):
        try:
            rows = source.look("transactions", entity, month).rows_kept
        except SourceError:
            return month
        if rows:
            return month
    return None
