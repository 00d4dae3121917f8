"""The `atlas` command: options, the jobs they start, and what is printed.

Everything a command does can be done in the Dagster UI too; no domain logic belongs here.
"""
