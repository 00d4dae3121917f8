"""Reads a source in separate processes, so that a hostile file cannot crash Atlas.

The workbook reader aborts its process if a far-off cell needs more memory than is available, and
nothing within that process can prevent it.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import resource
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from functools import cache, cached_property, lru_cache, partial
from multiprocessing.util import Finalize
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, ParamSpec, TypeVar, cast

import polars as pl
from pebble import ProcessExpired, ProcessPool

from atlas_assets.errors import AtlasError, FaultError, SourceError
from atlas_assets.faults.explanation import fault_of
from atlas_assets.sources.adapter import RawPartition
from atlas_assets.sources.memory import OUTCOME, WARNINGS, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from atlas_assets.configuration.tables import TableName
    from atlas_assets.periods.calendar import Month
    from atlas_assets.sources.adapter import SourceAdapter
    from atlas_assets.sources.memory import SourceMemory
    from atlas_assets.sources.raw_store import Loaded, RawStore

    Target = tuple[TableName, str, Month]

MEMORY = 4 * 2**30  # bytes that a reader may use in addition to what it has at start
SECONDS = 120  # per task; a sheet of a million rows takes ten
PROCESSES = os.cpu_count() or 1
_STDERR = 2  # its descriptor, also where `sys.stderr` is None

T = TypeVar("T")
Arguments = ParamSpec("Arguments")
Read = TypeVar("Read", "RawPartition", "Loaded")


class _Unknown(NamedTuple):
    """A partition that is not known as it is in a state of its source."""

    state: str | None


class IsolatedSource:
    """An adapter that reads in other processes, one per processor, and only what has changed.

    A reader that crashes or exceeds its memory or time limit is replaced, and its sheet is refused.
    Without a memory, everything is read.
    """

    def __init__(self, adapter: SourceAdapter, memory: SourceMemory | None = None) -> None:
        self._adapter, self._memory = adapter, memory

    def months(self, entity: str) -> list[Month]:
        """Return the months that the source covers, in order."""
        return self._adapter.months(entity)

    def tables(self, entity: str, month: Month) -> list[TableName]:
        """Return the tables that the source has of a month; none if it does not cover the month."""
        return self._adapter.tables(entity, month)

    def pulse(self, entity: str, year: int) -> str:
        """Return what changes whenever a table of a year could that comes from no file.

        Raises SourceError if its source cannot be asked.
        """
        return self._adapter.pulse(entity, year)

    def look(self, table: TableName, entity: str, month: Month) -> RawPartition:
        """Return a raw partition without its rows.

        Raises SourceError if the source is not as configured or its reader fails, FaultError if Atlas
        or the machine does.
        """
        target = (table, entity, month)
        known = self._recalled(target)
        return self._read(target, known.state, _look) if isinstance(known, _Unknown) else known

    def look_at(self, targets: Sequence[Target]) -> list[RawPartition | SourceError]:
        """Look at several partitions at once; the error stands for one that is refused.

        What is known is recalled one by one: threads would take turns at that, and need twice as long.
        """
        known = [_or_error(self._recalled, target) for target in targets]
        with ThreadPoolExecutor(max_workers=PROCESSES) as pool:
            outcomes = [
                pool.submit(_or_error, self._read, target, found.state, _look)
                if isinstance(found, _Unknown)
                else found
                for target, found in zip(targets, known, strict=True)
            ]
            return [found.result() if isinstance(found, Future) else found for found in outcomes]

    def load(self, store: RawStore, table: TableName, entity: str, month: Month) -> Loaded:
        """Bring a raw partition into the store, and return it without its rows.

        The sheet is read once, or not at all if nothing has changed. For `transactions`, the second
        reading of the amounts is stored as well, unless it is up to date. Raises SourceError, with the
        partition as it was, if the source is not as configured or its reader fails.
        """
        target = (table, entity, month)
        known = self._recalled(target)
        if isinstance(known, _Unknown):
            return self._read(target, known.state, partial(_load, store))
        if store.reason_to_load(known) or store.needs_control(known):
            return self._read(target, self._state(target), partial(_load, store))
        return store.load(known)

    def warnings(self, entity: str, year: int) -> list[str]:
        """Return warnings about a year's files as a whole."""
        key, memory = f"{entity}/{year}-warnings", self._memory
        state = self._adapter.state_of_year(entity, year) if memory else None
        if memory and state and (known := memory.recall(key, state, WARNINGS)) is not None:
            return known
        try:
            found = self._schedule(_warnings, entity, year)
        except (ProcessExpired, TimeoutError):
            return [f"the workbooks of {entity} {year} could not be looked at as a whole"]
        if memory and state and self._adapter.state_of_year(entity, year) == state:
            memory.keep(key, state, WARNINGS, found)
        return found

    def _state(self, target: Target) -> str | None:
        """Return the state of the source, or None if it cannot be told, or nothing is remembered."""
        return self._adapter.state(*target) if self._memory else None

    def _recalled(self, target: Target) -> RawPartition | _Unknown:
        """Return a partition without its rows, if it is known. Raises SourceError if it was refused."""
        state = self._state(target)
        if self._memory is None or state is None:
            return _Unknown(None)
        outcome = self._memory.recall(_key(*target), state, OUTCOME)
        if outcome is None:
            return _Unknown(state)
        if outcome.refused is not None:
            raise SourceError(outcome.refused)
        return RawPartition(*target, pl.DataFrame(), outcome.manifest)

    def _read(
        self,
        target: Target,
        state: str | None,
        task: Callable[[SourceAdapter, RawPartition], Read],
    ) -> Read:
        """Read a partition and apply `task` to it in a reader, and remember how it was in a state."""
        try:
            done = self._in_reader(*target, task)
        except _RefusedError as error:
            self._keep(target, state, Outcome(refused=str(error)))
            raise SourceError(str(error)) from error
        state = done.state or state
        self._keep(target, state, Outcome(done.manifest))
        return done

    def _keep(self, target: Target, state: str | None, outcome: Outcome) -> None:
        """Remember an outcome, unless the source has changed meanwhile, or cannot be asked any more."""
        with suppress(SourceError):
            if self._memory and state and self._adapter.state(*target) == state:
                self._memory.keep(_key(*target), state, OUTCOME, outcome)

    def _in_reader(
        self,
        table: TableName,
        entity: str,
        month: Month,
        task: Callable[[SourceAdapter, RawPartition], T],
    ) -> T:
        """Read a partition and apply `task` to it in a reader, so that no rows cross processes."""
        target = (table, entity, month)
        try:
            return self._schedule(_read, *target, task)
        except (ProcessExpired, TimeoutError, _ReaderError) as error:
            raise SourceError(self._explanation(*target)) from error

    def _explanation(self, table: TableName, entity: str, month: Month) -> str:
        try:
            return self._schedule(_explain, table, entity, month)
        except (ProcessExpired, TimeoutError):
            return (
                f"{table} of {entity} {month} cannot be read, and its workbook cannot be looked into. "
                "Open it in the office program, and save it as .xlsx again."
            )

    def _schedule(self, function: Callable[..., T], *arguments: object) -> T:
        """Call a function of this module in a reader, with the adapter as its first argument."""
        task = (function, self._pickled, arguments)
        try:
            return _readers().schedule(_call, task, timeout=SECONDS).result()
        except RuntimeError as error:  # the pool gave up, because its processes cannot be started
            raise FaultError(
                "The processes that read workbooks cannot be started. Close other programs, so that "
                "there is memory for them, then repeat the command. No workbook is wrong."
            ) from error

    @cached_property
    def _pickled(self) -> bytes:
        return pickle.dumps(self._adapter)


def _or_error(
    function: Callable[Arguments, T], *arguments: Arguments.args, **options: Arguments.kwargs
) -> T | SourceError:
    """Return what a function returns, or the SourceError that it raises."""
    try:
        return function(*arguments, **options)
    except SourceError as error:
        return error


def _key(table: TableName, entity: str, month: Month) -> str:
    return f"{entity}/{month}-{table}"


@cache
def _readers() -> ProcessPool:
    """Return the readers of this process, started when they are first needed."""
    readers = ProcessPool(
        max_workers=PROCESSES,
        context=cast("Any", multiprocessing.get_context("spawn")),
        initializer=_become_reader,
    )
    # A run that the web UI starts is a process of `multiprocessing`, which ends without `atexit`, but not
    # before its children have.
    Finalize(None, _end, [readers], exitpriority=1)
    return readers


class _RefusedError(SourceError):
    """The adapter refused the sheet, and would refuse it again."""


class _ReaderError(Exception):
    """The reader itself failed, not the sheet that it read; the text is for developers."""


def _become_reader() -> None:
    """Limit the memory of this process, and silence what crashing libraries print."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), _STDERR)
    used = Path("/proc/self/statm")
    if used.exists():  # on Linux only; elsewhere address space cannot be limited
        in_use = int(used.read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (in_use + MEMORY, in_use + MEMORY))


def _call(function: Callable[..., T], pickled: bytes, arguments: tuple[object, ...]) -> T:
    return function(_adapter_of(pickled), *arguments)


@lru_cache(maxsize=2)
def _adapter_of(pickled: bytes) -> SourceAdapter:
    """Return the adapter that this reader works with; unpickled once, as it holds the configuration."""
    return pickle.loads(pickled)  # noqa: S301  of the process that started this one


def _read(
    adapter: SourceAdapter,
    table: TableName,
    entity: str,
    month: Month,
    task: Callable[[SourceAdapter, RawPartition], T],
) -> T:
    try:
        return task(adapter, adapter.read(table, entity, month))
    except SourceError as error:
        # What the system refused, a lock or a network share, it may allow the next time.
        kind = SourceError if isinstance(error.__cause__, OSError) else _RefusedError
        raise kind(str(error)) from None
    except AtlasError:
        raise
    except OSError as error:
        raise fault_of(error) from None
    except BaseException as error:  # noqa: BLE001  a panic of the reader's library is not an Exception
        if isinstance(error, MemoryError) or not isinstance(error, Exception):
            raise _ReaderError(repr(error)) from None
        raise SourceError(
            f"{table} of {entity} {month}: Atlas failed on this sheet ({type(error).__name__}: {error}). "
            "That is a fault of Atlas, and the workbook may be sound: report it with the workbook."
        ) from None


def _look(_adapter: SourceAdapter, partition: RawPartition) -> RawPartition:
    return _without_rows(partition)


def _load(store: RawStore, adapter: SourceAdapter, partition: RawPartition) -> Loaded:
    reading = adapter.control(partition) if store.needs_control(partition) else None
    loaded = store.load(partition, reading)
    return replace(loaded, partition=_without_rows(partition))


def _without_rows(partition: RawPartition) -> RawPartition:
    return replace(partition, frame=partition.frame.clear())


def _explain(adapter: SourceAdapter, table: TableName, entity: str, month: Month) -> str:
    return adapter.why_unreadable(table, entity, month)


def _warnings(adapter: SourceAdapter, entity: str, year: int) -> list[str]:
    return adapter.warnings(entity, year)


def _end(reader: ProcessPool) -> None:
    reader.stop()
    reader.join()
