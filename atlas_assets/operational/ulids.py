"""ULIDs derived from natural keys: a record has the same id on every machine, at any time."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from functools import lru_cache

from ulid import ULID

# The time part of ids whose natural key contains no date. It must never change.
FIXED_DATE = date(2020, 1, 1)


@lru_cache(maxsize=65536)
def stable_ulid(table: str, *natural_key: str, on: date = FIXED_DATE) -> str:
    """Return the ULID of the record with this natural key, which starts with any entity code.

    `on` must be a date that is part of the natural key: a date that a correction can change would
    give the corrected record another id.
    """
    digest = hashlib.sha256("\x1f".join((table, *natural_key)).encode()).digest()
    midnight = datetime(on.year, on.month, on.day, tzinfo=UTC)
    milliseconds = int(midnight.timestamp() * 1000)
    return str(ULID.from_bytes(milliseconds.to_bytes(6, "big") + digest[:10]))
