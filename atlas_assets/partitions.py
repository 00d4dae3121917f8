"""Dagster's partitions: entity × month. Keys are `IONS|2026-02`; `scope.Scope` reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dagster as dg

if TYPE_CHECKING:
    from atlas_assets.registry import Configuration

RANGE_START_TAG = "dagster/asset_partition_range_start"
RANGE_END_TAG = "dagster/asset_partition_range_end"

# One run does a whole range: every asset of the chain has to say so, or Dagster splits it.
SINGLE_RUN = dg.BackfillPolicy.single_run()


def entity_month(configuration: Configuration) -> dg.MultiPartitionsDefinition:
    """Return every entity of the registry × every month from the first configured year on.

    The running month exists too: administrators fill its sheet day by day.
    """
    first_year = min(year for _, year in configuration.years)
    # In the order in which `Scope` sorts them: a range runs from its first key to its last.
    entities = sorted(entity.code for entity in configuration.registry.entities)
    return dg.MultiPartitionsDefinition(
        {
            "entity": dg.StaticPartitionsDefinition(entities),
            "month": dg.MonthlyPartitionsDefinition(
                start_date=f"{first_year}-01", fmt="%Y-%m", end_offset=1
            ),
        }
    )
