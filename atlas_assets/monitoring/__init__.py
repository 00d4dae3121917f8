"""What is stale, late, changed or failed, and whom to notify.

This package decides, describes and sends messages; `orchestration` and `cli` start the runs.
"""
