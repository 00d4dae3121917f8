"""What it means when something outside of Atlas fails: disk, memory, databases, programs.

Every failure that is not an AtlasError yet is explained here, and its traceback is logged. Nothing is
repaired or retried here.
"""
