"""Web UI and daemon together, with one code server, as `dagster dev` runs them; takes its options."""

from __future__ import annotations

import signal

from atlas_assets.orchestration.dagster_internals import run_dev

_PARENT = "atlas_assets.orchestration.ui.parent"

if __name__ == "__main__":
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as after `nohup`
        signal.signal(signal.SIGHUP, signal.default_int_handler)  # the terminal was closed
    run_dev(
        {
            "dagster_webserver": [_PARENT, "atlas_assets.orchestration.ui.web"],
            "dagster._daemon": [_PARENT, "dagster._daemon"],
        }
    )
