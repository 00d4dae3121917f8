"""The Jaffle Shop: three CSV files, loaded by dlt and turned by its own dbt project into two tables.

Nothing of it touches Atlas' own tables: it has its own folder in `source/`, its own DuckDB file and its own
project, `dbt_jaffle_shop`.
"""
