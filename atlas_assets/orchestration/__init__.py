"""The Dagster shell: assets, checks, jobs, schedules, sensors. Beside `cli`, the only room that imports dagster.

A body here parses its scope, calls one function of another room and returns the result with metadata.
"""
