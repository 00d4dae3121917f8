"""Alembic's entry point: runs the migrations on the connection that `migrate` hands over."""

from alembic import context

from atlas_assets.operational import models

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=models.base.Base.metadata,
)
with context.begin_transaction():
    context.run_migrations()
