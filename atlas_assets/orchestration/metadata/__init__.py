"""What the Dagster UI shows of a materialization: rows, previews, lineage, data versions.

Nothing here decides whether a run succeeds.
"""
