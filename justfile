# Shortcuts; everything here is a command of the README or of .ci/run.

# The main job.
build *options:
    uv run atlas build {{ options }}

# What CI runs.
check:
    .ci/run

# Put code and SQL in order.
format:
    uv run --all-groups ruff format .
    uv run --all-groups ruff check --fix .
    uv run --all-groups sqlfluff fix dbt_atlas/models
    cd atlas_assets && uv run --all-groups sqlfluff fix .

# Rebuild what is generated and committed: sample workbooks, template, JSON Schema.
generate:
    uv run atlas sample source --defects 0.01
    uv run python -m atlas_assets.deck.template
    uv run python -m atlas_assets.schemas

# Pictures of every kind of deck, to look at, in output/gallery.
gallery:
    uv run atlas backfill --from 2025-01 --to 2026-10
    PYTHONPATH=tests uv run python tests/deck/gallery.py
