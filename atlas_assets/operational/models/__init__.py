"""The tables of the operational database, one module per group.

Importing this package registers every table with `Base.metadata`.
"""

from atlas_assets.operational.models import (
    base,
    catalog,
    commerce,
    core,
    finance,
    marketing,
    people,
    target,
)

__all__ = ["base", "catalog", "commerce", "core", "finance", "marketing", "people", "target"]
