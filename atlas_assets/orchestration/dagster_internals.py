"""The private parts of Dagster that Atlas uses, which the pin `dagster==1.13.27` keeps stable."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dagster as dg
import grpc
from dagster._core.errors import DagsterUserCodeUnreachableError
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._grpc.types import CanCancelExecutionRequest, CanCancelExecutionResult
from dagster._utils.schedules import cron_string_iterator

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

__all__ = ["SqliteEventLogStorage", "is_served", "next_tick"]

RESERVED_JOB_PREFIX = "__"  # of the jobs that Dagster creates for manually selected assets
CHECK_FAILED_ERROR = "DagsterAssetCheckFailedError"  # of a step, after a blocking check


def next_tick(cron: str, zone: ZoneInfo, after: datetime) -> datetime:
    """Return when a cron schedule next fires, as the daemon calculates it."""
    return next(cron_string_iterator(after.timestamp(), cron, zone.key)).astimezone(zone)


def is_served(launcher: dg.DefaultRunLauncher, run_id: str) -> bool:
    """Return whether the code server that a run was given to still has it; a restarted one has not.

    Dagster's public interface can only terminate a run, not look it up.
    """
    client = launcher._get_grpc_client_for_termination(run_id)  # noqa: SLF001  no public way
    if client is None:  # the run was given to no server
        return True
    request = CanCancelExecutionRequest(run_id=run_id)
    try:
        answer = dg.deserialize_value(
            client.can_cancel_execution(request), CanCancelExecutionResult
        )
    except DagsterUserCodeUnreachableError as error:
        cause = error.__cause__  # a server that merely answers late is busy
        return not (
            isinstance(cause, grpc.RpcError) and cause.code() is grpc.StatusCode.UNAVAILABLE
        )
    return answer.can_cancel
