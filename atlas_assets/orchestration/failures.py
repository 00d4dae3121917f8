"""Turns whatever an asset raises into Dagster failures, whose page then shows the message first."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import dagster as dg

from atlas_assets.faults.explanation import UnexpectedError, explained
from atlas_assets.faults.traceback_log import log_traceback
from atlas_assets.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Generator

# The metadata of a failure whose reason lies outside of the data: its work is asked for again.
OUTSIDE = "outside"


@contextmanager
def as_dagster_failure() -> Generator[None]:
    """Turn an exception into a Dagster failure with its explanation; Dagster does not retry it."""
    try:
        yield
    except dg.Failure:
        raise
    except Exception as error:
        explanation = explained(error)
        text = str(explanation)
        if isinstance(explanation, UnexpectedError):
            text += f" {log_traceback(error, load_settings().dagster_home)}"
        metadata = {OUTSIDE: explanation.is_outside}
        raise dg.Failure(description=text, metadata=metadata, allow_retries=False) from error
