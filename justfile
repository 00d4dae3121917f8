# Shortcuts; CONTRIBUTING.md says when to use which.

# Run the main job.
build *options:
    uv run atlas build {{ options }}

# Run the tests that need no built installation, in less than a minute.
quick:
    uv run --group test pytest -m "not slow and not installation and not thorough"

# Run everything that CI runs.
check:
    .ci/run

# Format code and SQL, and fix what the linters can fix.
format:
    uv run --group lint ruff format .
    uv run --group lint ruff check --fix .
    uv run --group lint sqlfluff fix dbt_atlas/models dbt_atlas/tests dbt_jaffle_shop/models
    cd atlas_assets && uv run --group lint sqlfluff fix .

# Rebuild the generated files that are committed: sample workbooks, template, JSON Schemas.
generate:
    uv run atlas sample source --defects 0.01 --overwrite
    uv run python -m atlas_assets.deck.template_builder
    uv run python -m atlas_assets.report.schema
    uv run python -m atlas_assets.validation.schema
    uv run --all-groups python docs/reference.py

# Draw pictures of every kind of deck in output/gallery, for visual review.
gallery:
    uv run atlas backfill --from 2025-01 --to 2026-10
    PYTHONPATH=tests uv run --group test python tests/deck/gallery.py
