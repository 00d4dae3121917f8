"""Sessions in signed cookies, which end after a day, with the password, or by logging out."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

from itsdangerous import BadSignature, URLSafeTimedSerializer

if TYPE_CHECKING:
    from pathlib import Path

    from atlas_assets.dashboard.access.users import User, Users

COOKIE = "atlas_session"
LASTS_SECONDS = 12 * 3600


class Sessions:
    """Issues and reads the cookies of users who have logged in."""

    def __init__(self, folder: Path, users: Users) -> None:
        self.users = users
        self._signer = URLSafeTimedSerializer(_key(folder / "key"), salt="session")

    def issued(self, user: User) -> str:
        """Return the cookie of a user."""
        return self._signer.dumps([user.name, self.users.mark(user.name)])

    def user(self, cookie: str | None) -> User | None:
        """Return whose cookie it is, or None if it is nobody's, or no longer."""
        if not cookie:
            return None
        try:
            name, mark = self._signer.loads(cookie, max_age=LASTS_SECONDS)
        except (BadSignature, ValueError):
            return None
        is_current = bool(mark) and secrets.compare_digest(mark, self.users.mark(name))
        return self.users.named(name) if is_current else None


def _key(path: Path) -> bytes:
    """Return the key that cookies are signed with, made when it is first needed."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(32))
    return path.read_bytes()
