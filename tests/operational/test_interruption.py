"""Publishing that is killed, and publishing at the same time."""

from __future__ import annotations

import os
import signal
import sys
from collections import Counter
from multiprocessing import get_context
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from operational.publishing import (
    everything,
    publish_in_process,
    publish_months,
    publish_until_killed,
)

from atlas_assets.operational.publish import published
from atlas_assets.periods.calendar import Month

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.context import ForkServerContext

    from conftest import Installation
    from operational.conftest import NewStore

    from atlas_assets.operational.sessions import OperationalStore

JANUARY, FEBRUARY = Month(2026, 1), Month(2026, 2)


@pytest.fixture(scope="module")
def processes() -> Iterator[ForkServerContext]:
    """Processes that have opened no database before, and have imported everything already."""
    context = get_context("forkserver")
    context.set_forkserver_preload(["operational.publishing"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join(sys.path))  # for what is imported beforehand
        yield context


def address(store: OperationalStore) -> tuple[str, str | None]:
    return store.url, store._auth_token


@pytest.mark.slow
def test_a_publish_killed_at_any_statement_leaves_the_state_before_or_after(
    new_store: NewStore, built: Installation, processes: ForkServerContext
) -> None:
    store = publish_months(new_store(), built, [JANUARY])
    before = everything(store)
    after = everything(publish_months(new_store(), built, [JANUARY, FEBRUARY]))
    states = Counter[str]()
    # A server frees what a dead client holds only after five seconds: fewer points there.
    points = range(1, 1000, 2) if store.is_file else (2, 12, 25)
    for point in points:
        process = processes.Process(
            target=publish_until_killed, args=(*address(store), built.root, [FEBRUARY], point)
        )
        process.start()
        process.join()
        rows = everything(store)
        assert rows in (before, after)
        states["after" if rows == after else "before"] += 1
        if store.is_file:
            with store.reader() as connection:
                assert connection.scalar(sa.text("PRAGMA integrity_check")) == "ok"
        if process.exitcode == 0:
            break
        assert process.exitcode == -signal.SIGKILL
    assert states["before"] > 10 or not store.is_file
    assert everything(publish_months(store, built, [FEBRUARY])) == after


@pytest.mark.slow
def test_two_processes_publish_at_once_and_readers_see_whole_months(
    new_store: NewStore, built: Installation, processes: ForkServerContext
) -> None:
    months = {"IONS": [JANUARY, FEBRUARY, JANUARY], "EPN": [FEBRUARY, JANUARY, FEBRUARY]}
    wanted = new_store()
    for entity in months:
        publish_months(wanted, built, [JANUARY, FEBRUARY], entity)
    store = publish_months(new_store(), built, [])
    whole = {
        (entity, month): {0, published(wanted, entity, month).transactions}
        for entity in months
        for month in (JANUARY, FEBRUARY)
    }
    publishing = [
        processes.Process(
            target=publish_in_process, args=(*address(store), built.root, entity, chosen)
        )
        for entity, chosen in months.items()
    ]
    for process in publishing:
        process.start()
    looks = 0
    while any(process.is_alive() for process in publishing):
        for (entity, month), counts in whole.items():
            # The installments that February pays on January's orders are February's.
            assert published(store, entity, month).transactions in counts
            looks += 1
    assert looks > len(whole)
    assert [process.exitcode for process in publishing] == [0, 0]
    assert everything(store) == everything(wanted)
