"""Runs one function and prints what it took, without what it takes to get there.

    python -m tests.benchmarks.inside MODULE:FUNCTION [ARGUMENT …]

The function is a context manager that prepares the work and yields it as a function without
arguments. Its processors' time includes the processes that it starts, whether they have ended or not.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import resource
import sys
import time

from tests.benchmarks.process import cpu_of_tree, tree


def processor_seconds() -> float:
    """Return the seconds of processors of this process and of all that it started."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    children = [pid for pid in tree(os.getpid())[1:] if _parent(pid) == os.getpid()]
    living = sum(cpu_of_tree(pid) for pid in children)
    return time.process_time() + ended.ru_utime + ended.ru_stime + living


def _parent(process: int) -> int:
    """Return the parent of a process, or 0 if it has ended."""
    try:
        with open(f"/proc/{process}/stat", encoding="utf-8") as file:  # noqa: PTH123  light
            return int(file.read().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def main() -> None:
    """Prepare, work, print."""
    where, *arguments = sys.argv[1:]
    module, _, name = where.partition(":")
    prepare = getattr(importlib.import_module(module), name)
    with prepare(*arguments) as work:
        gc.collect()
        before, started = processor_seconds(), time.perf_counter()
        work()
        took = {"wall": time.perf_counter() - started, "cpu": processor_seconds() - before}
    print(json.dumps(took))


if __name__ == "__main__":
    main()
