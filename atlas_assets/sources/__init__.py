"""From files to raw partitions: adapters, grids of cells, and the store of raw Parquet files.

Values stay the text of their cells. Judging and converting them is SQL in `dbt_atlas`.
"""
