"""What a run is about and what started it, as tags, which the list of runs shows and filters by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atlas_assets.orchestration import jobs
from atlas_assets.orchestration.partitions import PARTITION_TAG, RANGE_END_TAG, RANGE_START_TAG
from atlas_assets.periods.calendar import PeriodType, span_text
from atlas_assets.periods.scope import Partition

if TYPE_CHECKING:
    from collections.abc import Mapping

ENTITY_TAG, PERIOD_TAG, STARTED_BY_TAG = "atlas/entity", "atlas/period", "atlas/started_by"
_TYPES = {
    jobs.QUARTERLY_REPORT: PeriodType.QUARTERLY,
    jobs.YEARLY_REPORT: PeriodType.YEARLY,
}
# By the tag that Dagster gives to what each of them starts, the first that a run has.
_STARTERS = {
    "dagster/parent_run_id": "a person, who repeats run {:.8}",
    "dagster/schedule_name": "schedule {}",
    "dagster/sensor_name": "sensor {}",
    STARTED_BY_TAG: "{}",
    "dagster/backfill": "backfill {} in the web UI",
}


def origin_tags(job: str, tags: Mapping[str, str]) -> dict[str, str]:
    """Return the tags of a run from those that it has: its entity, its period, and what started it.

    A run without partitions has no entity and period.
    """
    found = {STARTED_BY_TAG: _started_by(tags)}
    first = tags.get(RANGE_START_TAG) or tags.get(PARTITION_TAG)
    if first:
        start, end = Partition.of_key(first), Partition.of_key(tags.get(RANGE_END_TAG) or first)
        last = _TYPES.get(job, PeriodType.MONTHLY).starting(end.month).last
        found[ENTITY_TAG] = "–".join(dict.fromkeys([start.entity, end.entity]))
        found[PERIOD_TAG] = span_text([start.month, last], "..")
    return found


def _started_by(tags: Mapping[str, str]) -> str:
    for tag, text in _STARTERS.items():
        if value := tags.get(tag):
            return text.format(value)
    return "a person in the web UI"
