# Shortcuts; CONTRIBUTING.md says when to use which.

# The main job.
build *options:
    uv run atlas build {{ options }}

# The tests that need no installation built first, in less than a minute.
quick:
    uv run --group test pytest -m "not slow and not installation and not thorough"

# What CI runs.
check:
    .ci/run

# Put code and SQL in order.
format:
    uv run --group lint ruff format .
    uv run --group lint ruff check --fix .
    uv run --group lint sqlfluff fix dbt_atlas/models
    cd atlas_assets && uv run --group lint sqlfluff fix .

# Rebuild what is generated and committed: sample workbooks, template, JSON Schemas.
generate:
    uv run atlas sample source --defects 0.01
    uv run python -m atlas_assets.deck.template_builder
    uv run python -m atlas_assets.report.schema
    uv run python -m atlas_assets.validation.schema

# Pictures of every kind of deck, to look at, in output/gallery.
gallery:
    uv run atlas backfill --from 2025-01 --to 2026-10
    PYTHONPATH=tests uv run --group test python tests/deck/gallery.py
