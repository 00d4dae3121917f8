"""The Dagster shell: assets, checks, jobs, schedules, sensors. Besides `cli`, only it imports dagster.

The body of an asset parses its scope, calls one function of another package, and returns the result
with metadata.
"""
