"""The operational database: its models, migrations, driver and sessions, and publishing into it.

It holds records to look up. Aggregates stay in `warehouse`.
"""
