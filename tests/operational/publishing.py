"""Publishing months, in this process or in one of its own."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import sqlalchemy as sa
from conftest import Installation
from sqlalchemy import event

from atlas_assets.operational import publish
from atlas_assets.operational.models.base import Base
from atlas_assets.operational.sessions import OperationalStore
from atlas_assets.periods.scope import Scope

if TYPE_CHECKING:
    from pathlib import Path

    from atlas_assets.periods.calendar import Month


def publish_months(
    store: OperationalStore, installation: Installation, months: list[Month], entity: str = "IONS"
) -> OperationalStore:
    """Publish an entity's months as the pipeline does."""
    workspace = installation.workspace
    with workspace.warehouse.reading() as connection:
        registry, scope = workspace.configuration.registry, Scope((entity,), tuple(months))
        publish.publish_months(store, registry, connection, scope)
    return store


def publish_until_killed(
    url: str, token: str | None, root: Path, months: list[Month], statements: int
) -> None:
    """Publish in a process of its own, and kill it at a statement, or just after the commit."""
    left = iter(range(statements))

    def kill_when_done(*_arguments: object) -> None:
        if next(left, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)

    workspace = Installation(root).workspace
    store = OperationalStore(url, token)
    for moment in ("before_cursor_execute", "commit"):
        event.listen(sa.Engine, moment, kill_when_done)
    with workspace.warehouse.reading() as connection:
        for month in months:
            publish.publish(store, workspace.configuration.registry, connection, "IONS", month)


def publish_in_process(
    url: str, token: str | None, root: Path, entity: str, months: list[Month]
) -> None:
    """Publish in a process of its own."""
    publish_months(OperationalStore(url, token), Installation(root), months, entity)


def everything(store: OperationalStore) -> dict[str, list[tuple]]:
    """Return all rows of all tables, in order."""
    with store.reader() as connection:
        return {
            name: [
                tuple(row) for row in connection.execute(sa.select(table).order_by(sa.text("1, 2")))
            ]
            for name, table in Base.metadata.tables.items()
        }
