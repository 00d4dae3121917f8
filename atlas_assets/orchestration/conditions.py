"""What follows its parents without being asked.

Months are worked on by jobs. What is made of months (records, reports, those of quarters and years)
also follows by condition, so that nothing stays older than what it is made of, whoever built that.
"""

from __future__ import annotations

import dagster as dg

CONDITION = dg.AutomationCondition
# Facts that became others make marts stale; records wait until these are built again.
_MARTS_UPDATED = CONDITION.any_deps_updated().ignore(dg.AssetSelection.groups("intermediate"))
_A_PARENT_IS_REFUSED = CONDITION.any_deps_match(
    CONDITION.any_checks_match(CONDITION.check_failed(), blocking_only=True)
)
# Of late months, too. A quarter or year has missing parents until its last month is built.
FOLLOWS_ALWAYS = (
    CONDITION.eager()
    .without(CONDITION.in_latest_time_window())
    .replace("any_deps_updated", _MARTS_UPDATED)
    & ~_A_PARENT_IS_REFUSED
)
# A report that nobody has made of a month stays unmade.
FOLLOWS_ONCE_MADE = FOLLOWS_ALWAYS & ~CONDITION.missing()


def followers() -> dg.AutomationConditionSensorDefinition:
    """Return the sensor that evaluates the conditions, which runs from the first start on."""
    return dg.AutomationConditionSensorDefinition(
        "followers",
        description="Records and reports follow the marts that they are made of.",
        target=dg.AssetSelection.groups("operational", "reports"),
        default_status=dg.DefaultSensorStatus.RUNNING,
        minimum_interval_seconds=30,
    )
