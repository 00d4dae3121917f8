"""Reads a source in separate processes, so that a hostile file cannot crash Atlas.

The workbook reader aborts its process if a far-off cell needs more memory than is available, and
nothing within that process can prevent it.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import sys
import weakref
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from pebble import ProcessExpired, ProcessPool

from atlas_assets.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable

    from atlas_assets.configuration.tables import TableName
    from atlas_assets.periods.calendar import Month
    from atlas_assets.sources.adapter import RawPartition, SourceAdapter
    from atlas_assets.sources.raw_store import Loaded, RawStore


MEMORY = 4 * 2**30  # bytes that a reader may use in addition to what it has at start
SECONDS = 120  # per task; a sheet of a million rows takes ten
PROCESSES = os.cpu_count() or 1

T = TypeVar("T")

_adapter: SourceAdapter  # set in reader processes only


class IsolatedSource:
    """An adapter that reads in other processes, one per processor.

    A reader that crashes or exceeds its memory or time limit is replaced, and its sheet is refused.
    """

    def __init__(self, adapter: SourceAdapter) -> None:
        self._adapter = adapter

    def months(self, entity: str) -> list[Month]:
        """Return the months that the source covers, in order."""
        return self._adapter.months(entity)

    def look(self, table: TableName, entity: str, month: Month) -> RawPartition:
        """Return a raw partition without its rows.

        Raises SourceError if the source is not as configured or its reader fails.
        """
        return self._in_reader(table, entity, month, _look)

    def load(self, store: RawStore, table: TableName, entity: str, month: Month) -> Loaded:
        """Bring a raw partition into the store, and return it without its rows.

        The sheet is read once. For `transactions`, the control sums are stored as well, unless they
        are up to date. Raises SourceError, with the partition as it was, if the source is not as
        configured or its reader or the control reading fails.
        """
        return self._in_reader(table, entity, month, partial(_load, store))

    def warnings(self, entity: str, year: int) -> list[str]:
        """Return warnings about a year's files as a whole."""
        return self._readers.schedule(_warnings, (entity, year), timeout=SECONDS).result()

    def _in_reader(
        self, table: TableName, entity: str, month: Month, task: Callable[[RawPartition], T]
    ) -> T:
        """Read a partition and apply `task` to it in a reader, so that no rows cross processes."""
        target = (table, entity, month)
        try:
            return self._readers.schedule(_read, (*target, task), timeout=SECONDS).result()
        except (ProcessExpired, TimeoutError, _ReaderError) as error:
            explanation = self._readers.schedule(_explain, target, timeout=SECONDS).result()
            raise SourceError(explanation) from error

    @cached_property
    def _readers(self) -> ProcessPool:
        readers = ProcessPool(
            max_workers=PROCESSES,
            context=cast("Any", multiprocessing.get_context("spawn")),
            initializer=_become_reader,
            initargs=(self._adapter,),
        )
        weakref.finalize(self, _end, readers)
        return readers


class _ReaderError(Exception):
    """The reader itself failed, not the sheet that it read; the text is for developers."""


def _become_reader(adapter: SourceAdapter) -> None:
    """Limit the memory of this process, and silence what crashing libraries print."""
    global _adapter  # noqa: PLW0603  a pool has no other way to pass it to tasks
    _adapter = adapter
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
    used = Path("/proc/self/statm")
    if used.exists():  # on Linux only; elsewhere address space cannot be limited
        in_use = int(used.read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (in_use + MEMORY, in_use + MEMORY))


def _read(table: TableName, entity: str, month: Month, task: Callable[[RawPartition], T]) -> T:
    try:
        return task(_adapter.read(table, entity, month))
    except SourceError:
        raise
    except BaseException as error:  # noqa: BLE001  a panic in the reader's library is not an Exception
        raise _ReaderError(repr(error)) from None


def _look(partition: RawPartition) -> RawPartition:
    return replace(partition, frame=partition.frame.clear())


def _load(store: RawStore, partition: RawPartition) -> Loaded:
    """Load a partition; read its control sums first, so that a failure leaves nothing half loaded."""
    sums = _adapter.control(partition) if store.needs_control(partition) else None
    loaded = store.load(partition)
    if sums:
        store.keep_control(partition, sums)
    return replace(loaded, partition=_look(partition))


def _explain(table: TableName, entity: str, month: Month) -> str:
    return _adapter.why_unreadable(table, entity, month)


def _warnings(entity: str, year: int) -> list[str]:
    return _adapter.warnings(entity, year)


def _end(reader: ProcessPool) -> None:
    reader.stop()
    reader.join()
