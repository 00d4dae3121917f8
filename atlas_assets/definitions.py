"""The code location that `workspace.yaml` names."""

from atlas_assets.orchestration.build import definitions

__all__ = ["definitions"]
