"""The `atlas` command: its options, the jobs that it starts, and its output.

No domain logic belongs here: what a command does can also be done in the Dagster UI.
"""
