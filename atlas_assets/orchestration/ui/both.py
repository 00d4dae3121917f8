"""Web UI and daemon together, with one code server, as `dagster dev` runs them; takes its options."""

from __future__ import annotations

from atlas_assets.orchestration.dagster_internals import run_dev

if __name__ == "__main__":
    run_dev(
        {
            "dagster_webserver": "atlas_assets.orchestration.ui.web",
            "dagster._daemon": "atlas_assets.orchestration.ui.daemon",
        }
    )
