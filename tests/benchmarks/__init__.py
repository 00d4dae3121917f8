"""Benchmarks: what a person waits for, held against a named reference in the same run.

Run as `python -m tests.benchmarks`; `docs/benchmarks.md` says what each line means.
"""
