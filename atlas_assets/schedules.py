"""Runs that the calendar asks for: the month's close, and the running month once a week."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args
from zoneinfo import ZoneInfo

import dagster as dg

from atlas_assets.automation import MONTHLY_CLOSE
from atlas_assets.partitions import RANGE_END_TAG, RANGE_START_TAG
from atlas_assets.periods import Month
from atlas_assets.registry import Weekday
from atlas_assets.scope import Scope

if TYPE_CHECKING:
    from atlas_assets.registry import Registry


def schedules(registry: Registry) -> list[dg.ScheduleDefinition]:
    """Return both schedules, which run from the first start on, in the business's time zone."""
    calendar = registry.calendar
    weekday = (get_args(Weekday).index(calendar.weekly_day) + 1) % 7  # cron's week begins on Sunday
    return [
        _schedule(
            registry,
            "monthly_close",
            f"0 {calendar.close_hour} {calendar.close_day} * *",
            "Everything for the month that is over, of every entity.",
            months_back=1,
        ),
        _schedule(
            registry,
            "weekly",
            f"0 {calendar.close_hour} * * {weekday}",
            "Everything for the running month, of every entity.",
            months_back=0,
        ),
    ]


def _schedule(
    registry: Registry, name: str, cron: str, description: str, *, months_back: int
) -> dg.ScheduleDefinition:
    zone = registry.calendar.time_zone

    @dg.schedule(
        name=name,
        description=description,
        job_name=MONTHLY_CLOSE,
        cron_schedule=cron,
        execution_timezone=zone,
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
    def run_months(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        day = context.scheduled_execution_time.astimezone(ZoneInfo(zone)).date()
        month = Month.of(day).plus(-months_back)
        scope = Scope(tuple(sorted(entity.code for entity in registry.entities)), (month,))
        tags = {RANGE_START_TAG: scope.first_key, RANGE_END_TAG: scope.last_key}
        return dg.RunRequest(run_key=f"{name} {day}", tags=tags)

    return run_months
