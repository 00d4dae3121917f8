"""The former module of the event storage, which `dagster.yaml` of existing installations names."""

from atlas_assets.orchestration.runs.event_storage import PooledEventLogStorage

__all__ = ["PooledEventLogStorage"]
