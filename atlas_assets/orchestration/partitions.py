"""Dagster's partitions: entity × month, quarter or year. Keys look like `IONS|2026-02`.

A quarter or year is named by its first month; `periods.scope` parses the keys.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import dagster as dg

from atlas_assets.periods.calendar import MONTHS_A_YEAR, PeriodType

if TYPE_CHECKING:
    from atlas_assets.configuration.configuration import Configuration
    from atlas_assets.configuration.registry import Registry
    from atlas_assets.periods.scope import Scope

RANGE_START_TAG = "dagster/asset_partition_range_start"
RANGE_END_TAG = "dagster/asset_partition_range_end"
PARTITION_TAG = "dagster/partition"

# One run for a whole range: Dagster splits the range unless every asset of the chain has this policy.
SINGLE_RUN = dg.BackfillPolicy.single_run()

_LENGTHS = {PeriodType.QUARTERLY: 3, PeriodType.YEARLY: MONTHS_A_YEAR}


def entity_month(configuration: Configuration) -> dg.MultiPartitionsDefinition:
    """Return every entity of the registry × every month from the first configured year on.

    The running month is included, because administrators fill its sheet day by day.
    """
    months = dg.MonthlyPartitionsDefinition(
        start_date=_first_month(configuration),
        fmt="%Y-%m",
        timezone=configuration.registry.calendar.time_zone,
        end_offset=1,
    )
    return dg.MultiPartitionsDefinition({"entity": _entities(configuration), "month": months})


def entity_period(
    configuration: Configuration, type_: PeriodType
) -> tuple[dg.MultiPartitionsDefinition, dg.MultiPartitionMapping]:
    """Return every entity × every quarter or year that is over, and the mapping to their months."""
    periods = dg.TimeWindowPartitionsDefinition(
        start=_first_month(configuration),
        fmt="%Y-%m",
        timezone=configuration.registry.calendar.time_zone,
        cron_schedule=f"0 0 1 {starting_months(configuration.registry, type_)} *",
    )
    mapping = dg.MultiPartitionMapping(
        {
            "entity": dg.DimensionPartitionMapping("entity", dg.IdentityPartitionMapping()),
            "month": dg.DimensionPartitionMapping("period", dg.TimeWindowPartitionMapping()),
        }
    )
    entities = _entities(configuration)
    return dg.MultiPartitionsDefinition({"entity": entities, "period": periods}), mapping


def starting_months(registry: Registry, type_: PeriodType) -> str:
    """Return the months in which quarters or years begin, as cron writes them: `1,4,7,10`."""
    first = registry.fiscal_year_start - 1
    starts = range(first, first + MONTHS_A_YEAR, _LENGTHS[type_])
    return ",".join(map(str, sorted(month % MONTHS_A_YEAR + 1 for month in starts)))


def _entities(configuration: Configuration) -> dg.StaticPartitionsDefinition:
    # Sorted as in `Scope`, because a range runs from its first key to its last.
    codes = sorted(entity.code for entity in configuration.registry.entities)
    return dg.StaticPartitionsDefinition(codes)


def _first_month(configuration: Configuration) -> str:
    return str(min(year.months[0] for year in configuration.years.values()))


def single_key(scope: Scope | None) -> str | None:
    """Return the key of a scope's partition if it has exactly one, else None."""
    return scope.first_key if scope and scope.is_single else None


def range_tags(scope: Scope | None) -> dict[str, str]:
    """Return the tags that make one run process a scope of several partitions, else none."""
    if scope is None or scope.is_single:
        return {}
    return {RANGE_START_TAG: scope.first_key, RANGE_END_TAG: scope.last_key}
