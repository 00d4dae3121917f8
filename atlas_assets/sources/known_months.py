"""Which months there are to work on."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from atlas_assets.errors import SourceError
from atlas_assets.periods.calendar import Month

if TYPE_CHECKING:
    from datetime import date

    from atlas_assets.workspace import Workspace


def business_now(workspace: Workspace) -> datetime:
    """Return the time by the clock of the business."""
    return datetime.now(ZoneInfo(workspace.configuration.registry.calendar.time_zone))


def known_months(
    workspace: Workspace, entity: str, today: date, last: Month | None = None
) -> list[Month]:
    """Return the months that have a sheet and have begun, up to `last`."""
    end = last or Month.of(today)
    return [month for month in workspace.source.months(entity) if month <= end]


def newest_month(workspace: Workspace, entity: str, today: date) -> Month | None:
    """Return the newest month whose transaction sheet has rows, or cannot be read."""
    for month in reversed(known_months(workspace, entity, today)):
        try:
            rows = workspace.source.look("transactions", entity, month).rows_kept
        except SourceError:
            return month
        if rows:
            return month
    return None
