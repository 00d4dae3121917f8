"""Dagster's daemon, which ends with the process that started it."""

from __future__ import annotations

import runpy

from atlas_assets.orchestration.ui.parent import end_with_parent

if __name__ == "__main__":
    end_with_parent()
    runpy.run_module("dagster._daemon", run_name="__main__", alter_sys=True)
