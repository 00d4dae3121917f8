"""When the figures of a month are due, and which of them are late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from atlas_assets.monitoring.status import partition_status
from atlas_assets.periods.calendar import Month, consecutive_runs, span_text
from atlas_assets.sources.known_months import known_months, newest_month
from atlas_assets.warehouse.ledger import DATA_STAGES

if TYPE_CHECKING:
    from atlas_assets.configuration.registry import Calendar
    from atlas_assets.monitoring.staleness import Staleness
    from atlas_assets.monitoring.status import PartitionStatus
    from atlas_assets.warehouse.ledger import Stage

# Hours after the close of a month within which a stage has to be done.
DEADLINES: dict[Stage, int] = {
    "extract": 1,
    "transform": 2,
    "validate": 2,
    "publish": 3,
    "report": 3,
    "present": 3,
}
LAST_DEADLINE = max(DEADLINES.values())


@dataclass(frozen=True)
class Late:
    """Successive months for which something due is missing, stale or failed, and why."""

    entity: str
    first: Month
    last: Month
    what: str
    why: str = ""

    @property
    def where(self) -> str:
        """The entity and its months."""
        return f"{self.entity} {span_text([self.first, self.last], ' to ')}"

    def message(self) -> str:
        """Return the text of the notification."""
        why = f" ({self.why})" if self.why else ""
        return f"{self.where} late: {self.what}{why}. `atlas status` shows all there is to do."


def deadline(calendar: Calendar, month: Month, stage: Stage) -> datetime:
    """Return when a stage of a month is due, in the time zone of the business."""
    day = month.plus(1).first_day + timedelta(days=calendar.close_day - 1)
    hour = time(calendar.close_hour + DEADLINES[stage])
    return datetime.combine(day, hour, calendar.zone)


@dataclass(frozen=True)
class Outlook:
    """The months of an entity: their states, the newest one with data (if any), and the late ones."""

    statuses: list[PartitionStatus]
    newest: Month | None
    late: list[Late]


def outlook(staleness: Staleness, entity: str, now: datetime) -> Outlook:
    """Return the state of every known month of an entity. Reads the source and writes nothing."""
    running = Month.of(now.date())
    newest = newest_month(staleness.source, entity, running)
    months = known_months(staleness.source, entity, running)
    statuses = partition_status(staleness, entity, months)
    configuration = staleness.configuration
    first = min(
        (year.months[0] for year in configuration.years.values() if year.entity == entity),
        default=None,
    )
    calendar = configuration.registry.calendar
    return Outlook(statuses, newest, _late_of(calendar, entity, statuses, newest, now, first))


def _late_of(
    calendar: Calendar,
    entity: str,
    statuses: list[PartitionStatus],
    newest: Month | None,
    now: datetime,
    first: Month | None,
) -> list[Late]:
    """Return which of an entity's months are late.

    `first` is the first configured month, `newest` the last one with data.

    A month is late if a stage that is due is not fresh: a workbook may have changed since it was
    loaded, marts may be older than what is loaded, records or a report older than the marts. Records
    and a report are due for the newest due month, and for every month that already had them.
    """
    due: dict[Stage, Month] = {s: _last_due(calendar, s, now) for s in DEADLINES}
    last = due["extract"]
    reasons = {
        status.month: reason
        for status in statuses
        if status.month <= last and (reason := _why_late(status, due, newest))
    }
    if first and first <= last and all(status.month != last for status in statuses):
        reasons[last] = ("no workbook or sheet", "put its workbook into the source folder")
    return [
        Late(entity, months[0], months[-1], *reason)
        for run in consecutive_runs(list(reasons))
        for reason, group in groupby(run, lambda month: reasons[month])
        for months in [list(group)]
    ]


def _last_due(calendar: Calendar, stage: Stage, now: datetime) -> Month:
    month = Month.of(now.astimezone(calendar.zone).date()).plus(-1)
    return month if deadline(calendar, month, stage) <= now else month.plus(-1)


def _why_late(
    status: PartitionStatus, due: dict[Stage, Month], newest: Month | None
) -> tuple[str, str] | None:
    if newest is None or status.month > newest:
        return "no rows yet", "fill its sheet and save the workbook"
    wrong: list[Stage] = [
        stage
        for stage, state in status.stages.items()
        if state != "fresh"
        and status.month <= due[stage]
        and (state != "missing" or stage in DATA_STAGES or status.month == due[stage])
    ]
    # If the figures themselves are late, so is all that is made from them: name their first stage only.
    named = wrong[:1] if set(wrong[:1]) & set(DATA_STAGES) else wrong
    what = ", ".join(f"{stage} {status.stages[stage]}" for stage in named)
    return (what, status.reason) if what else None
