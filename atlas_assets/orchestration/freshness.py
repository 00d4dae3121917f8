"""Freshness in the web UI: a policy for every asset, and a check of the due months for each entity.

A policy is satisfied by any month that is built; the checks look at every month.
"""

from datetime import timedelta
from functools import cache

import dagster as dg

from atlas_assets.configuration.registry import Registry
from atlas_assets.monitoring.deadlines import DEADLINES, outlook
from atlas_assets.orchestration import keys
from atlas_assets.orchestration.failures import as_dagster_failure
from atlas_assets.orchestration.partitions import starting_months
from atlas_assets.periods.calendar import PeriodType
from atlas_assets.warehouse.ledger import Stage
from atlas_assets.workspace import Workspace

_STAGES: dict[str, Stage] = {
    keys.RAW: "extract",
    keys.STAGING: "transform",
    keys.INTERMEDIATE: "transform",
    keys.MARTS: "transform",
    keys.VALIDATION: "validate",
    keys.OPERATIONAL: "publish",
    keys.REPORTS: "report",
}
_LONGER = {str(type_): type_ for type_ in (PeriodType.QUARTERLY, PeriodType.YEARLY)}
_WHAT_FRESH_MEANS = (
    "\n\n*Fresh* means that any month was made since the last close, even if another failed. The checks of "
    "`calendar/closed_months` name the months that are late."
)
CLOSED_MONTHS = dg.AssetSpec(
    keys.CLOSED_MONTHS,
    description="The calendar of closed months. It is never materialized; its checks report late months.",
    group_name=keys.CALENDAR,
    kinds={"yaml"},
    owners=[keys.FINANCE],
    deps=[keys.report(PeriodType.MONTHLY, "deck"), keys.RECORDS],
)


def with_freshness_policy(registry: Registry, spec: dg.AssetSpec) -> dg.AssetSpec:
    """Return an asset's spec with its deadline after the close, if it is partitioned by time.

    Reports of quarters and years are due when the next one begins, everything else every month.
    """
    stage = _STAGES.get(spec.group_name or "")
    if stage is None or spec.partitions_def is None:
        return spec
    longer = _LONGER.get(spec.key.path[-1].partition("_")[0])
    months = starting_months(registry, longer) if longer else "*"
    calendar = registry.calendar
    hour = calendar.close_hour + DEADLINES[stage]
    policy = _policy(hour, calendar.close_day, months, calendar.time_zone)
    return spec.replace_attributes(
        freshness_policy=policy, description=f"{spec.description or ''}{_WHAT_FRESH_MEANS}"
    )


@cache  # Dagster looks through years of a schedule: half a second for all assets
def _policy(hour: int, day: int, months: str, zone: str) -> dg.FreshnessPolicy:
    return dg.FreshnessPolicy.cron(
        deadline_cron=f"0 {hour} {day} {months} *",
        lower_bound_delta=timedelta(days=day - 1, hours=hour),
        timezone=zone,
    )


def due_month_checks(registry: Registry) -> list[dg.AssetChecksDefinition]:
    """Return the check of due months for each entity."""
    return [_due_months(entity.code) for entity in registry.entities]


def _due_months(entity: str) -> dg.AssetChecksDefinition:
    @dg.asset_check(
        name=f"due_months_of_{entity.lower()}",
        asset=CLOSED_MONTHS.key,
        description=(
            f"Every month of {entity} whose deadline has passed is built and up to date with the "
            "workbooks."
        ),
    )
    def due_months(workspace: dg.ResourceParam[Workspace]) -> dg.AssetCheckResult:
        now = workspace.configuration.registry.calendar.now()
        with as_dagster_failure():
            late = outlook(workspace.staleness, entity, now).late
        return dg.AssetCheckResult(
            passed=not late,
            description="\n".join(months.message() for months in late) or "Nothing is late.",
            metadata={"late": [months.where for months in late]},
        )

    return due_months
