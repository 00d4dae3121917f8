"""Locks are kept across processes, shared where they may be, and freed with whoever held them."""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from atlas_assets.errors import FaultError
from atlas_assets.scale.locks import SharedLocks

if TYPE_CHECKING:
    from workers import Servers

_HOLDER = """
import sys
from atlas_assets.scale.locks import SharedLocks
with SharedLocks(sys.argv[1]).held("table"):
    print("held", flush=True)
    sys.stdin.read()
"""


def is_free(servers: Servers, name: str, *, shared: bool = False) -> bool:
    """Return whether another thread gets a lock at once."""
    locks, got = SharedLocks(servers.address), threading.Event()

    def take() -> None:
        with locks.held(name, shared=shared):
            got.set()

    thread = threading.Thread(target=take, daemon=True)
    thread.start()
    return got.wait(0.5)


def test_a_lock_has_one_holder_or_many_who_share_it(servers: Servers) -> None:
    locks = SharedLocks(servers.address)
    with locks.held("table"):
        assert not is_free(servers, "table")
        assert not is_free(servers, "table", shared=True)
        assert is_free(servers, "another table")
        with locks.held("table"):  # once more
            pass
        assert not is_free(servers, "table")
    with locks.held("builds", shared=True):
        assert is_free(servers, "builds", shared=True)
        assert not is_free(servers, "builds")


def test_a_killed_worker_leaves_no_lock(servers: Servers) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _HOLDER, servers.address],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        assert not is_free(servers, "table")
        holder.kill()
        holder.wait()
    with SharedLocks(servers.address).held("table"):
        pass


def test_a_lock_that_cannot_be_had_says_what_to_do(
    servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("atlas_assets.scale.locks.PATIENCE", "50ms")
    with SharedLocks(servers.address).held("table"):
        other = SharedLocks(servers.address)
        told = "Another worker has held the lock 'table'"
        with pytest.raises(FaultError, match=told), other.held("table"):
            pass


def test_a_server_that_is_not_there_is_named(servers: Servers) -> None:
    gone = f"{servers.address} port=1"
    told = r"PostgreSQL cannot be reached .*Check that it runs"
    with pytest.raises(FaultError, match=told), SharedLocks(gone).held("table"):
        pass
