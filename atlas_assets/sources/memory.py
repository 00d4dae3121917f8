"""Remembers what a source held, so that nothing is read again that has not changed.

An entry holds for the state of the source in which it was made (`SourceAdapter.state`) and for this
version of Atlas's readers. Entries can be deleted at any time; one that is damaged counts as missing.
`monitoring/deliveries.py` remembers in the same way what was delivered.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from atlas_assets.files import digest_of, written_whole
from atlas_assets.sources.adapter import SheetManifest  # noqa: TC001  read by pydantic

_PACKAGE = Path(__file__).resolve().parent.parent
_READING = ("sources", "configuration", "periods")  # packages that decide what is read
_LIBRARIES = ("fastexcel", "polars")


@dataclass(frozen=True)
class Outcome:
    """What became of a table: its manifest (None if the source has no such table), or why it was refused."""

    manifest: SheetManifest | None = None
    refused: str | None = None


OUTCOME = TypeAdapter(Outcome)
WARNINGS = TypeAdapter(list[str])
T = TypeVar("T")


class SourceMemory:
    """The entries in a folder, one file for each key, such as `IONS/2026-02-students`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def recall(self, key: str, state: str, form: TypeAdapter[T]) -> T | None:
        """Return what was found under a key in a state of its source, or None if it is not known."""
        try:
            seal, _, content = self._path(key).read_bytes().partition(b"\n")
        except OSError:
            return None
        if seal != _seal(state, content):
            return None
        try:
            return form.validate_json(content)
        except ValidationError:
            return None

    def keep(self, key: str, state: str, form: TypeAdapter[T], found: T) -> None:
        """Remember what was found under a key in a state of its source, unless it cannot be written."""
        content = form.dump_json(found)
        with (
            suppress(OSError),  # it is only read again
            written_whole(self._path(key), durable=False) as temporary,
        ):
            temporary.write_bytes(_seal(state, content) + b"\n" + content)

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.json"


def _seal(state: str, content: bytes) -> bytes:
    """Return the hash of an entry, of the state that it holds for, and of the readers."""
    return hashlib.sha256(f"{_readers()}\n{state}\n".encode() + content).hexdigest().encode()


@cache
def _readers() -> str:
    """Return a hash of the code and the versions of the libraries that read sources."""
    code = (path for package in _READING for path in (_PACKAGE / package).rglob("*.py"))
    return digest_of(code, *map(version, _LIBRARIES))
