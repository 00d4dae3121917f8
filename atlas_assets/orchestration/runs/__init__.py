"""Runs on the persistent Dagster instance: starting them, waiting for them, closing and pruning them.

What a run does is defined by the jobs and assets.
"""
