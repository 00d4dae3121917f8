"""How `atlas ui` runs Dagster's web UI and daemon: one of each for a home, and for its own pages only.

What the servers show and do is Dagster's; nothing of the pipeline belongs here.
"""
