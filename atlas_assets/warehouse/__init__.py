"""The analytical database: connections and their lock, dbt, reconciliations and the run ledger.

Business rules are SQL in `dbt_atlas`; this package only runs them and reads the results.
"""
