"""The log of who looked at which record, and who logged in: one line of JSON each."""

from __future__ import annotations

import json
import os
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

LONGEST_NAME = 64  # characters: whatever is typed into the form comes here
# Pages that show single records.
_RECORDS = re.compile(
    r"/(students|organizations|orders|rows|search|trace|findings)(/.*)?|/reports/.+"
)


def is_of_records(path: str) -> bool:
    """Return whether a page shows single records."""
    return _RECORDS.fullmatch(path) is not None


class AuditLog:
    """A file that is only ever added to, a line at a time, by any number of processes."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def note(self, user: str, what: str, **more: str) -> None:
        """Add what a user did."""
        moment = datetime.now(UTC).isoformat(timespec="milliseconds")
        line = json.dumps(
            {"at": moment, "user": user[:LONGEST_NAME], "what": what, **more}, ensure_ascii=False
        )
        os.write(self._file, f"{line}\n".encode())

    def note_view(self, user: str, path: str, query: str) -> None:
        """Add that a user saw a page, if it shows single records."""
        if is_of_records(path):
            self.note(user, "view", page=path, query=query)
