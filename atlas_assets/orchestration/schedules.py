"""Schedules: the monthly close, the weekly update of the running month, the search for late months."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import dagster as dg

from atlas_assets.configuration.registry import Weekday
from atlas_assets.monitoring.deadlines import LAST_DEADLINE
from atlas_assets.orchestration.dagster_internals import next_tick
from atlas_assets.orchestration.jobs import FRESHNESS, MONTHLY_CLOSE
from atlas_assets.periods.calendar import Month
from atlas_assets.periods.scope import Partition
from atlas_assets.sources.known_months import known_months, newest_month

if TYPE_CHECKING:
    from datetime import datetime

    from atlas_assets.sources.isolation import IsolatedSource
    from atlas_assets.workspace import Workspace


def schedules(workspace: Workspace) -> list[dg.ScheduleDefinition]:
    """Return all schedules, in the time zone of the business; they are on by default."""
    calendar = workspace.configuration.registry.calendar
    hour = calendar.close_hour
    weekday = (get_args(Weekday).index(calendar.weekly_day) + 1) % 7  # cron's week begins on Sunday
    return [
        _schedule(
            workspace,
            "monthly_close",
            f"0 {hour} {calendar.close_day} * *",
            "Everything for the month that is over, of every entity that has rows for it.",
            months_back=1,
        ),
        _schedule(
            workspace,
            "weekly",
            f"0 {hour} * * {weekday}",
            "Everything for the running month, of every entity that has rows for it.",
            months_back=0,
        ),
        dg.ScheduleDefinition(
            name=FRESHNESS,
            description="Looks for months whose deadline has passed and that are not up to date.",
            job_name=FRESHNESS,
            cron_schedule=f"0 {hour + LAST_DEADLINE} * * *",
            execution_timezone=calendar.time_zone,
            default_status=dg.DefaultScheduleStatus.RUNNING,
        ),
    ]


def next_ticks(workspace: Workspace, now: datetime) -> dict[str, datetime]:
    """Return when each schedule next runs, by name, in the time zone of the business."""
    zone = workspace.configuration.registry.calendar.zone
    return {
        schedule.name: next_tick(str(schedule.cron_schedule), zone, now)
        for schedule in schedules(workspace)
    }


def _schedule(
    workspace: Workspace, name: str, cron: str, description: str, *, months_back: int
) -> dg.ScheduleDefinition:
    registry = workspace.configuration.registry
    zone = registry.calendar.zone

    @dg.schedule(
        name=name,
        description=description,
        job_name=MONTHLY_CLOSE,
        cron_schedule=cron,
        execution_timezone=zone.key,
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
    def run_months(
        context: dg.ScheduleEvaluationContext,
    ) -> list[dg.RunRequest] | dg.SkipReason:
        """Request a run for each entity that has rows, so that no entity stops another."""
        day = context.scheduled_execution_time.astimezone(zone).date()
        month = Month.of(day).plus(-months_back)
        entities = sorted(entity.code for entity in registry.entities)
        requests = [
            dg.RunRequest(
                run_key=f"{name} {entity} {day}", partition_key=Partition(entity, month).key
            )
            for entity in entities
            if _has_rows(workspace.source, Partition(entity, month), Month.of(day))
        ]
        return requests or dg.SkipReason(f"No entity has rows for {month} yet.")

    return run_months


def _has_rows(source: IsolatedSource, partition: Partition, running: Month) -> bool:
    newest = newest_month(source, partition.entity, running)
    known = known_months(source, partition.entity, running)
    return newest is not None and newest >= partition.month and partition.month in known
