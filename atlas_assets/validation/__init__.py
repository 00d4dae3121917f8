"""The validation file: what became of every sheet and row of an entity's year.

The rows are judged in `dbt_atlas`; here the verdicts are only collected and written.
"""
