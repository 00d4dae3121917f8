"""Starts the server, with what stands in front of the pages as the settings say."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import uvicorn

from atlas_assets.dashboard.access.audit import AuditLog
from atlas_assets.dashboard.access.guard import Rules
from atlas_assets.dashboard.access.sessions import Sessions
from atlas_assets.dashboard.access.users import Users
from atlas_assets.dashboard.app import dashboard
from atlas_assets.errors import UsageError
from atlas_assets.settings import load_settings
from atlas_assets.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.types import ASGIApp

    from atlas_assets.settings import Settings

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_OPEN = "ATLAS_DASHBOARD_OPEN"  # tells the processes of the server that nobody has to log in


def users_of(settings: Settings) -> Users:
    """Return the users of an installation."""
    return Users(settings.dashboard_dir / "users.yaml")


def refuse_open_doors(settings: Settings, host: str, *, is_open: bool) -> None:
    """Raise UsageError for what would let everybody in from other machines, and if nobody could log in."""
    if is_open and host not in LOOPBACK:
        raise UsageError("--no-auth is for this machine only: leave --host away, or add a user.")
    if not is_open and not settings.user_header and not users_of(settings).everybody():
        raise UsageError(
            "Nobody can log in yet. Add a user with `atlas dashboard add-user NAME`, or look at it on this "
            "machine with `atlas dashboard --no-auth`."
        )


def serve(settings: Settings, *, host: str, port: int, workers: int, is_open: bool) -> None:
    """Serve the dashboard until it is stopped."""
    os.environ[_OPEN] = "1" if is_open else ""
    os.environ.update(settings.exported())
    uvicorn.run(
        "atlas_assets.dashboard.server:application",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        log_level="warning",
        access_log=False,  # addresses can contain names
        server_header=False,
        proxy_headers=not settings.user_header,  # whose proxy has to be seen
        forwarded_allow_ips=settings.proxies.replace(" ", ","),
        timeout_keep_alive=30,
        h11_max_incomplete_event_size=16_384,
    )


def application() -> ASGIApp:
    """Return the application for the settings in the environment."""
    settings = load_settings()
    return dashboard(Workspace(settings), rules(settings, is_open=bool(os.environ.get(_OPEN))))


def rules(settings: Settings, *, is_open: bool) -> Rules:
    """Return who is let in."""
    folder: Path = settings.dashboard_dir
    return Rules(
        sessions=Sessions(folder, users_of(settings)),
        audit=AuditLog(folder / "audit.jsonl"),
        hosts=LOOPBACK | frozenset(settings.hosts),
        user_header=settings.user_header,
        proxies=frozenset(settings.proxies.split()),
        is_open=is_open,
    )
