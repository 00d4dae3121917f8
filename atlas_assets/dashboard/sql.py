"""The queries of pages that show more than a report has."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def sql(name: str) -> str:
    """Return the text of a query."""
    return files("atlas_assets.dashboard").joinpath(f"queries/{name}.sql").read_text("utf-8")
