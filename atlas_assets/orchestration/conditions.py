"""What follows its parents without being asked.

Months are worked on by jobs. What is made of months (records, reports, those of quarters and years)
also follows by condition, so that nothing stays older than what it is made of, whoever built that.
"""

from __future__ import annotations

import dagster as dg

from atlas_assets.orchestration import keys

# Facts that changed make marts stale; records wait until the marts are built again.
_MARTS_UPDATED = dg.AutomationCondition.any_deps_updated().ignore(
    dg.AssetSelection.groups(keys.INTERMEDIATE)
)
_A_PARENT_IS_REFUSED = dg.AutomationCondition.any_deps_match(
    dg.AutomationCondition.any_checks_match(
        dg.AutomationCondition.check_failed(), blocking_only=True
    )
)
# Of late months, too. A quarter or year has missing parents until its last month is built.
FOLLOWS_ALWAYS = (
    dg.AutomationCondition.eager()
    .without(dg.AutomationCondition.in_latest_time_window())
    .replace("any_deps_updated", _MARTS_UPDATED)
    & ~_A_PARENT_IS_REFUSED
)
# A monthly report that nobody has made stays unmade.
FOLLOWS_ONCE_MADE = FOLLOWS_ALWAYS & ~dg.AutomationCondition.missing()


def followers() -> dg.AutomationConditionSensorDefinition:
    """Return the sensor that evaluates the conditions, which runs from the first start on."""
    return dg.AutomationConditionSensorDefinition(
        "followers",
        description="Records and reports follow the marts that they are made of.",
        target=dg.AssetSelection.groups(keys.OPERATIONAL, keys.REPORTS),
        default_status=dg.DefaultSensorStatus.RUNNING,
        minimum_interval_seconds=30,
    )
