"""The snapshot of the warehouse that readers use: published whole, under a new name, behind a pointer.

Here belongs how a snapshot is made, found and pruned. What is shown of it belongs in `dashboard`.
"""
