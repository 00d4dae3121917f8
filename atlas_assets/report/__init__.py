"""The report as data: its model, the queries that fill it, and the report.json files.

How a report looks is decided in `deck` and `notation`.
"""
