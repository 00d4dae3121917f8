"""The users of the dashboard, in a file of their own."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import yaml
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from filelock import FileLock
from pydantic import Field

from atlas_assets.documents.strict_model import StrictModel
from atlas_assets.documents.yaml_file import load
from atlas_assets.errors import UsageError
from atlas_assets.files import state_of, written_whole

if TYPE_CHECKING:
    from pathlib import Path

Role = Literal["manager", "administrator"]
SHORTEST_PASSWORD = 10  # characters
_HASHER = PasswordHasher()  # argon2id, with the parameters of RFC 9106 for little memory
# What is verified for a name that nobody has, so that the answer takes as long.
_NOBODY = _HASHER.hash("nobody")


class _Account(StrictModel):
    """A user as the file has it."""

    password: str
    """The argon2 hash of the password."""
    role: Role
    """Administrators see personal details, managers do not."""
    entities: Literal["all"] | list[str] = "all"
    """Codes of the entities that the user may see."""


class _Accounts(StrictModel):
    users: dict[str, _Account] = Field(default_factory=dict)


@dataclass(frozen=True)
class User:
    """Somebody who reads the dashboard; `entities` is None for all of them."""

    name: str
    role: Role
    entities: frozenset[str] | None

    @property
    def sees_personal(self) -> bool:
        """Whether phone numbers, addresses and identity numbers are shown."""
        return self.role == "administrator"

    @property
    def rights(self) -> tuple[Role, frozenset[str] | None]:
        """What decides how a page looks; the same for users who see the same."""
        return self.role, self.entities

    def may_see(self, entity: str) -> bool:
        """Return whether the user may know of an entity."""
        return self.entities is None or entity in self.entities


ANYONE = User("anyone", "administrator", None)  # where nobody logs in, on this machine only


class Users:
    """The file of users."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._known: dict[str, _Account] = {}
        self._state = ""

    def add(
        self,
        name: str,
        password: str,
        role: Role | None = None,
        entities: Literal["all"] | list[str] | None = None,
    ) -> None:
        """Add a user, or give one another password.

        A user who is known keeps the role and the entities, unless others are given; another one is a manager
        of all entities by default. Raises UsageError for a name or password that is too simple.
        """
        if not name.replace(".", "").replace("-", "").replace("_", "").replace("@", "").isalnum():
            raise UsageError(f"{name!r} is no name of a user. Use letters, digits and . - _ @.")
        if len(password) < SHORTEST_PASSWORD:
            raise UsageError(
                f"The password is too short: use {SHORTEST_PASSWORD} characters or more."
            )
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with FileLock(f"{self.path}.lock"):
            known = self._read().get(name) or _Account(password="", role="manager")
            account = _Account(
                password=_HASHER.hash(password),
                role=role or known.role,
                entities=known.entities if entities is None else entities,
            )
            users = self._read() | {name: account}
            text = yaml.safe_dump(
                {"users": {key: value.model_dump() for key, value in sorted(users.items())}},
                allow_unicode=True,
            )
            with written_whole(self.path) as temporary:
                temporary.touch(mode=0o600)
                temporary.write_text(text, encoding="utf-8")

    def named(self, name: str) -> User | None:
        """Return a user by name."""
        account = self._read().get(name)
        return account and _user(name, account)

    def verified(self, name: str, password: str) -> User | None:
        """Return the user whose password this is. It takes as long for a name that nobody has."""
        account = self._read().get(name)
        try:
            _HASHER.verify(account.password if account else _NOBODY, password)
        except (VerificationError, InvalidHashError):
            return None
        return account and _user(name, account)

    def mark(self, name: str) -> str:
        """Return what changes with a user's password, for sessions; empty if there is no such user."""
        account = self._read().get(name)
        return hashlib.sha256(account.password.encode()).hexdigest()[:16] if account else ""

    def everybody(self) -> list[User]:
        """Return all users."""
        return [_user(name, account) for name, account in self._read().items()]

    def _read(self) -> dict[str, _Account]:
        """Return the users, read again only after the file has changed: every request asks."""
        if not self.path.exists():
            return {}
        if (state := state_of(self.path)) != self._state:
            hint = "`atlas dashboard add-user` writes this file."
            self._known, self._state = load(self.path, _Accounts, hint).users, state
        return self._known


def _user(name: str, account: _Account) -> User:
    given = account.entities
    entities = None if given == "all" else frozenset(code.upper() for code in given)
    return User(name, account.role, entities)
