"""Migrates the operational database to the newest schema."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from atlas_assets.errors import AtlasError

if TYPE_CHECKING:
    import sqlalchemy as sa

    from atlas_assets.operational.sessions import OperationalStore


class MigrationError(AtlasError):
    """The database cannot be migrated to the schema of this version."""


def alembic_config(connection: sa.Connection) -> Config:
    """Return an Alembic configuration that uses an open connection."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def migrate(store: OperationalStore) -> None:
    """Apply the missing migrations, all or none.

    Raises MigrationError for a database that a newer version has migrated.
    """
    with store.writer(foreign_keys=False) as connection:
        config = alembic_config(connection)
        scripts = ScriptDirectory.from_config(config)
        current = MigrationContext.configure(connection).get_current_revision()
        if current is not None and current not in {s.revision for s in scripts.walk_revisions()}:
            raise MigrationError(
                f"The operational database is of a newer version of Atlas, or of another program: its schema is "
                f"{current}, this version knows up to {scripts.get_current_head()}. Use the newer "
                "version, or point DATABASE_URL to another database. Nothing was changed."
            )
        if current != scripts.get_current_head():
            command.upgrade(config, "head")
