"""Runs that the calendar asks for: the month's close, the running month, a look for what is late."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args
from zoneinfo import ZoneInfo

import dagster as dg
from dagster._utils.schedules import cron_string_iterator

from atlas_assets.automation import FRESHNESS, MONTHLY_CLOSE
from atlas_assets.freshness import LAST_DEADLINE
from atlas_assets.partitions import RANGE_END_TAG, RANGE_START_TAG
from atlas_assets.periods import Month
from atlas_assets.registry import Weekday
from atlas_assets.scope import Scope

if TYPE_CHECKING:
    from datetime import datetime

    from atlas_assets.registry import Registry


def schedules(registry: Registry) -> list[dg.ScheduleDefinition]:
    """Return all schedules, which run from the first start on, in the business's time zone."""
    calendar = registry.calendar
    hour = calendar.close_hour
    weekday = (get_args(Weekday).index(calendar.weekly_day) + 1) % 7  # cron's week begins on Sunday
    return [
        _schedule(
            registry,
            "monthly_close",
            f"0 {hour} {calendar.close_day} * *",
            "Everything for the month that is over, of every entity.",
            months_back=1,
        ),
        _schedule(
            registry,
            "weekly",
            f"0 {hour} * * {weekday}",
            "Everything for the running month, of every entity.",
            months_back=0,
        ),
        dg.ScheduleDefinition(
            name=FRESHNESS,
            description="Looks for months whose deadline has passed and that are not there.",
            job_name=FRESHNESS,
            cron_schedule=f"0 {hour + LAST_DEADLINE} * * *",
            execution_timezone=calendar.time_zone,
            default_status=dg.DefaultScheduleStatus.RUNNING,
        ),
    ]


def next_ticks(registry: Registry, now: datetime) -> dict[str, datetime]:
    """Return when each schedule runs next, in the business's time zone, by its name."""
    zone = ZoneInfo(registry.calendar.time_zone)
    return {
        schedule.name: next(
            cron_string_iterator(now.timestamp(), str(schedule.cron_schedule), zone.key)
        ).astimezone(zone)
        for schedule in schedules(registry)
    }


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
