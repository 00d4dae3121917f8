"""The log of who looked at which record, and who logged in: one line of JSON each."""

from __future__ import annotations

import json
import os
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# Pages that show single records.
_RECORDS = re.compile(r"/(students|organizations|orders|rows)/.+|/(students|search|trace|findings)")


class AuditLog:
    """A file that is only ever added to, a line at a time, by any number of processes."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def note(self, user: str, what: str, **more: str) -> None:
        """Add what a user did."""
        moment = datetime.now(UTC).isoformat(timespec="milliseconds")
        line = json.dumps({"at": moment, "user": user, "what": what, **more}, ensure_ascii=False)
        os.write(self._file, f"{line}\n".encode())

    def note_view(self, user: str, path: str, query: str) -> None:
        """Add that a user saw a page, if it shows single records."""
        if _RECORDS.fullmatch(path):
            self.note(user, "view", page=path, query=query)
