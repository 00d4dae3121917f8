"""Runs on the persistent Dagster instance: starting, waiting for, closing and pruning them.

What a run does is defined by the jobs and assets.
"""
