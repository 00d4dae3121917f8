"""Turns user-facing errors into Dagster failures, whose page then shows the message first."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import dagster as dg

from atlas_assets.errors import AtlasError, fault_of

if TYPE_CHECKING:
    from collections.abc import Generator


@contextmanager
def as_dagster_failure() -> Generator[None]:
    """Turn an AtlasError, or a failed access to a file, into a Dagster failure that is not retried."""
    try:
        yield
    except OSError as error:
        raise dg.Failure(description=str(fault_of(error)), allow_retries=False) from error
    except AtlasError as error:
        raise dg.Failure(description=str(error), allow_retries=False) from error
