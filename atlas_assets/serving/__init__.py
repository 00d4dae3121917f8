"""The snapshot of both databases that readers use: published whole, under new names, behind a pointer.

Here belongs how a snapshot is made, found and pruned. What is shown of it belongs in `dashboard`.
"""
