"""The code location that `workspace.yaml` names."""

import dagster as dg

from atlas_assets.build import build_definitions
from atlas_assets.settings import load_settings


@dg.definitions
def definitions() -> dg.Definitions:
    """Return the definitions for the settings in the environment."""
    return build_definitions(load_settings())
