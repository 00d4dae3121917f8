"""What is stale, late, changed or failed, and whom to notify.

Decides and describes; runs are started by `orchestration` and `cli`.
"""
