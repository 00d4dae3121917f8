"""Sessions in signed cookies, which end after twelve hours, with the password, or by logging out."""

from __future__ import annotations

import json
import secrets
import time
from typing import TYPE_CHECKING

from filelock import FileLock
from itsdangerous import BadSignature, URLSafeTimedSerializer

from atlas_assets.errors import AtlasError
from atlas_assets.files import state_of, written_whole

if TYPE_CHECKING:
    from pathlib import Path

    from atlas_assets.dashboard.access.users import User, Users

COOKIE = "atlas_session"
LASTS_SECONDS, KEY_BYTES = 12 * 3600, 32


class Sessions:
    """Issues and reads the cookies of users who have logged in."""

    def __init__(self, folder: Path, users: Users) -> None:
        self.users = users
        self._ended, self._state = folder / "ended.json", ""
        self._numbers: dict[str, float] = {}
        self._signer = URLSafeTimedSerializer(_key(folder / "key"), salt="session")

    def issued(self, user: User) -> str:
        """Return the cookie of a user."""
        return self._signer.dumps([user.name, self.users.mark(user.name), secrets.token_hex(8)])

    def user(self, cookie: str | None) -> User | None:
        """Return whose cookie it is, or None if it is nobody's, or no longer."""
        if not cookie:
            return None
        try:
            name, mark, number = self._signer.loads(cookie, max_age=LASTS_SECONDS)
        except (BadSignature, ValueError):
            return None
        is_current = bool(mark) and secrets.compare_digest(mark, self.users.mark(name))
        is_current = is_current and number not in self._all_ended()
        return self.users.named(name) if is_current else None

    def end(self, cookie: str | None) -> None:
        """End the session of a cookie, in all processes."""
        if self.user(cookie) is None or cookie is None:
            return
        number = self._signer.loads(cookie)[2]
        with FileLock(f"{self._ended}.lock"), written_whole(self._ended) as temporary:
            since = time.time() - LASTS_SECONDS
            kept = {of: at for of, at in self._all_ended().items() if at > since}
            temporary.write_text(json.dumps({**kept, number: time.time()}), encoding="utf-8")

    def _all_ended(self) -> dict[str, float]:
        """Return the sessions that were ended, and when; the file is read again only after it changed."""
        if not self._ended.exists():
            return {}
        if (state := state_of(self._ended)) != self._state:
            self._numbers, self._state = json.loads(self._ended.read_text("utf-8")), state
        return self._numbers


def _key(path: Path) -> bytes:
    """Return the key that cookies are signed with, made when it is first needed, by one process only."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with FileLock(f"{path}.lock"):
        if not path.exists():
            with written_whole(path) as temporary:
                temporary.touch(mode=0o600)
                temporary.write_bytes(secrets.token_bytes(KEY_BYTES))
        key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise AtlasError(f"{path} is no key of the dashboard. Delete it: everybody logs in again.")
    return key
