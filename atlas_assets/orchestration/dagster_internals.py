"""The private parts of Dagster that Atlas uses, which the pin `dagster==1.13.27` keeps stable."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import dagster as dg
from dagster._check import CheckError
from dagster._core.execution.context.metadata_logging import (
    AssetMetadataHandle,
    OutputMetadataAccumulator,
)
from dagster._core.execution.plan.outputs import StepOutputHandle
from dagster._core.execution.retries import RetryMode
from dagster._core.executor.in_process import InProcessExecutor
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._utils.schedules import cron_string_iterator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime
    from zoneinfo import ZoneInfo

__all__ = [
    "CheckError",
    "SqliteEventLogStorage",
    "TaggingExecutor",
    "describe_partitions",
    "last_described",
    "launched_process",
    "next_tick",
    "run_dev",
]

RESERVED_JOB_PREFIX = "__"  # of the jobs that Dagster creates for manually selected assets
CHECK_FAILED_ERROR = "DagsterAssetCheckFailedError"  # of a step, after a blocking check
INTERRUPTED_ERROR = "DagsterExecutionInterruptedError"  # of a step, after a signal


def next_tick(cron: str, zone: ZoneInfo, after: datetime) -> datetime:
    """Return when a cron schedule next fires, as the daemon calculates it."""
    return next(cron_string_iterator(after.timestamp(), cron, zone.key)).astimezone(zone)


class TaggingExecutor(InProcessExecutor):
    """The in-process executor, which first adds tags to the run."""

    def __init__(self, tags: Callable[[dg.DagsterRun], dict[str, str]]) -> None:
        super().__init__(retries=RetryMode.DISABLED)
        self._tags = tags

    def execute(self, plan_context: Any, execution_plan: Any) -> Iterator[Any]:
        """Tag the run and execute it."""
        run: dg.DagsterRun = plan_context.dagster_run
        plan_context.instance.add_run_tags(run.run_id, self._tags(run))
        yield from super().execute(plan_context, execution_plan)


def describe_partitions(
    context: dg.AssetExecutionContext,
    metadata: Mapping[tuple[dg.AssetKey, str], Mapping[str, Any]],
) -> None:
    """Give the partitions of assets, by asset and partition key, their metadata of this run.

    `context.add_asset_metadata` lists the whole range and copies all metadata again for each partition,
    so that its time grows with the square of their number.
    """
    step: Any = context.get_step_execution_context()
    known = step._metadata_accumulator.per_output_metadata  # noqa: SLF001
    added = {
        AssetMetadataHandle(asset_key=asset, partition_key=partition): values
        for (asset, partition), values in metadata.items()
    }
    step._metadata_accumulator = OutputMetadataAccumulator(  # noqa: SLF001
        per_output_metadata={**known, **added}
    )


def last_described(context: dg.AssetExecutionContext, asset: dg.AssetKey) -> str:
    """Return the key of the partition whose materialization will be the newest: their order is Dagster's."""
    step: Any = context.get_step_execution_context()
    output = StepOutputHandle(
        step.step.key, context.assets_def.get_output_name_for_asset_key(asset)
    )
    return list(step.get_output_context(output).asset_partition_keys)[-1]


def launched_process(instance: dg.DagsterInstance, run_id: str) -> int | None:
    """Return the id of the process that a run was started in, as Dagster logged it."""
    logged = instance.all_logs(run_id, of_type=dg.DagsterEventType.ENGINE_EVENT)
    events = [entry.dagster_event for entry in logged if entry.dagster_event]
    numbers = [event.engine_event_data.metadata.get("pid") for event in events]
    known = [int(str(number.value)) for number in numbers if number is not None]
    return known[-1] if known else None


def run_dev(modules: dict[str, list[str]]) -> None:
    """Run `dagster dev`, which starts web server and daemon by the modules that replace its own."""
    from dagster._cli import dev  # noqa: PLC0415  the whole command line, which nothing else needs

    module: Any = dev
    open_stock = module.open_ipc_subprocess

    def open_ours(parts: list[str], **options: Any) -> Any:
        if not modules.keys() & set(parts):  # else an upgrade could start an open server
            raise RuntimeError(f"Dagster starts its servers in another way: {parts}")
        return open_stock([new for part in parts for new in modules.get(part, [part])], **options)

    module.open_ipc_subprocess = open_ours
    warnings.filterwarnings("ignore", category=dg.SupersessionWarning)  # in favour of `dg dev`
    dev.dev_command()
