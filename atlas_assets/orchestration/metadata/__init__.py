"""What the Dagster UI shows of a materialization: row counts, previews, lineage, data versions.

Nothing here decides whether a run succeeds.
"""
