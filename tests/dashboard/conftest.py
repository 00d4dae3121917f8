"""Dashboards of the sample, with and without users."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from dashboard_server import PASSWORD, USERS, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Installation
    from dashboard_server import Served


@pytest.fixture(scope="session")
def open_server(built: Installation) -> Iterator[Served]:
    """A dashboard of the sample that lets everybody in."""
    with serving(built, "--no-auth") as served:
        yield served


@pytest.fixture(scope="module")
def guarded(built: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A dashboard with three users: an administrator, and managers of one entity each."""
    folder = str(tmp_path_factory.mktemp("dashboard"))
    for name, options in USERS.items():
        subprocess.run(
            [
                sys.executable,
                "-m",
                "atlas_assets.cli.entry",
                "dashboard",
                "add-user",
                name,
                *options,
            ],
            input=PASSWORD,
            env={**os.environ, **built.environment, "ATLAS_DASHBOARD_DIR": folder},
            check=True,
            text=True,
            capture_output=True,
        )
    with serving(built, ATLAS_DASHBOARD_DIR=folder) as served:
        yield served
