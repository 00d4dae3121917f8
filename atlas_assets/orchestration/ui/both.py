"""Web UI and daemon together, with one code server, as `dagster dev` runs them; takes its options."""

from __future__ import annotations

from atlas_assets.orchestration.dagster_internals import run_dev

_PARENT = "atlas_assets.orchestration.ui.parent"

if __name__ == "__main__":
    run_dev(
        {
            "dagster_webserver": [_PARENT, "atlas_assets.orchestration.ui.web"],
            "dagster._daemon": [_PARENT, "dagster._daemon"],
        }
    )
