"""The name by which the `dagster.yaml` of existing installations know the event storage."""

from atlas_assets.orchestration.runs.event_storage import PooledEventLogStorage

__all__ = ["PooledEventLogStorage"]
