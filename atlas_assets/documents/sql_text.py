"""The texts of queries, which stand in the folder `queries` of a package."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def sql_text(package: str, name: str) -> str:
    """Return the text of a query of a package such as `report`; `name` is its path there without `.sql`."""
    return files(f"atlas_assets.{package}").joinpath(f"queries/{name}.sql").read_text("utf-8")
