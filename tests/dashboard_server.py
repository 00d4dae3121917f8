"""Servers of the dashboard, started as users start them, and what is asked of them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import requests

if TYPE_CHECKING:
    from collections.abc import Generator

    from conftest import Installation

PATIENCE_SECONDS = 90
PASSWORD = "a long password"  # noqa: S105  of invented users
USERS = {"sri": ("--administrator",), "budi": ("--entities", "IONS"), "eka": ("--entities", "EPN")}


@dataclass(frozen=True)
class Served:
    """A running dashboard."""

    url: str
    installation: Installation
    folder: Path

    def get(
        self,
        path: str,
        session: requests.Session | None = None,
        headers: dict[str, str] | None = None,
    ) -> requests.Response:
        """Ask for a page; redirects are not followed."""
        return (session or requests).get(
            f"{self.url}{path}", headers=headers, timeout=PATIENCE_SECONDS, allow_redirects=False
        )

    def logged_in(self, name: str, password: str = PASSWORD) -> requests.Session:
        """Return a session of a user."""
        session = requests.Session()
        answer = session.post(
            f"{self.url}/login",
            {"name": name, "password": password, "next": "/"},
            timeout=PATIENCE_SECONDS,
            allow_redirects=False,
        )
        assert answer.status_code == 303, answer.text
        return session


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serving(installation: Installation, *options: str, **environment: str) -> Generator[Served]:
    """Start a dashboard, and end it after the block."""
    port = free_port()
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "atlas_assets.cli.entry",
            "dashboard",
            "--port",
            str(port),
            *options,
        ],
        env={
            **os.environ,
            **installation.environment,
            "PYTHONDONTWRITEBYTECODE": "",
            **environment,
        },
        cwd=installation.root,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    folder = {**installation.environment, **environment}["ATLAS_DASHBOARD_DIR"]
    served = Served(f"http://127.0.0.1:{port}", installation, Path(folder))
    try:
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            assert process.poll() is None, process.stderr and process.stderr.read()
            assert time.monotonic() < until, "it does not answer"
            try:
                if served.get("/healthz").status_code == 200:
                    break
            except requests.ConnectionError:
                time.sleep(0.1)  # until it listens
        yield served
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)
