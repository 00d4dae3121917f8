"""One web UI and one daemon for a home: two daemons would run every schedule twice."""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING

from atlas_assets.errors import AtlasError

if TYPE_CHECKING:
    from pathlib import Path


def hold(home: Path, part: str, what: str) -> None:
    """Hold a part of a home for the rest of this process, also after it has become another program.

    The kernel releases it when the process ends. `what` is said to whoever comes second. Raises
    AtlasError, naming the first, if the part is held already.
    """
    descriptor = os.open(home / f".{part}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        first = os.read(descriptor, 1000).decode(errors="replace").strip()
        raise AtlasError(
            f"Another `atlas ui` runs on {home}: {first}. Use that one, or end it first."
        ) from error
    os.ftruncate(descriptor, 0)
    os.write(descriptor, what.encode())
    os.set_inheritable(descriptor, True)
