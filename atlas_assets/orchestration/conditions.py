"""Automation conditions: what is updated after its parents without being requested.

Months are processed by jobs. What is made from months (records, reports of months, quarters and
years, and the snapshot of the dashboard) is also updated by condition, so that it never stays older
than its input, whoever built that.
"""

from __future__ import annotations

import dagster as dg

from atlas_assets.orchestration import keys

# Changed facts make marts stale; records wait until the marts have been built again.
_MARTS_UPDATED = dg.AutomationCondition.any_deps_updated().ignore(
    dg.AssetSelection.groups(keys.INTERMEDIATE)
)
_A_PARENT_IS_REFUSED = dg.AutomationCondition.any_deps_match(
    dg.AutomationCondition.any_checks_match(
        dg.AutomationCondition.check_failed(), blocking_only=True
    )
)
# This includes late months. A quarter or year has missing parents until its last month is built.
_EAGER = dg.AutomationCondition.eager().without(dg.AutomationCondition.in_latest_time_window())
FOLLOWS_ALWAYS = _EAGER.replace("any_deps_updated", _MARTS_UPDATED) & ~_A_PARENT_IS_REFUSED
# A monthly report that nobody has made is not made by condition either.
FOLLOWS_ONCE_MADE = FOLLOWS_ALWAYS & ~dg.AutomationCondition.missing()
# What is no partition follows any month; some are always missing, such as the running one.
FOLLOWS_EVERY_BUILD = (
    _EAGER.without(~dg.AutomationCondition.any_deps_missing()).replace(
        "any_deps_updated", _MARTS_UPDATED
    )
    & ~_A_PARENT_IS_REFUSED
)
FOLLOWS_ANY_MONTH = FOLLOWS_EVERY_BUILD & ~dg.AutomationCondition.missing()


def followers() -> dg.AutomationConditionSensorDefinition:
    """Return the sensor that evaluates the conditions; it is on by default."""
    return dg.AutomationConditionSensorDefinition(
        "followers",
        description="Updates records, reports and the dashboard's snapshot after the marts they are made from.",
        target=dg.AssetSelection.groups(keys.OPERATIONAL, keys.REPORTS, keys.SERVING),
        default_status=dg.DefaultSensorStatus.RUNNING,
        minimum_interval_seconds=30,
    )
