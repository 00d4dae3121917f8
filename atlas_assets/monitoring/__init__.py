"""What is stale, late, changed or failed, and whom to notify.

This package decides and describes; `orchestration` and `cli` start the runs.
"""
