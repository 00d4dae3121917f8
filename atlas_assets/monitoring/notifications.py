"""Messages about problems: to a log file, and to e-mail, chat or webhook if configured."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date  # noqa: TC003  pydantic needs it at run time
from hashlib import sha256
from logging.handlers import RotatingFileHandler
from typing import TYPE_CHECKING

import apprise
from pydantic import BaseModel

from atlas_assets.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

    from atlas_assets.settings import Settings

LOG_BYTES, LOG_FILES = 1_000_000, 3
MOST_UNSENT = 100
SHORT = 1_000  # characters; every service takes messages of this length


class Notice(BaseModel, frozen=True):
    """One message: what went wrong and where, why, and what to do."""

    title: str
    text: str

    @property
    def digest(self) -> str:
        """A short hash that identifies this message."""
        return _digest(f"{self.title}\n{self.text}")


class SentMemory(BaseModel):
    """What the notifier remembers: what it has reported, and what it could not send yet.

    `told` maps the digest of each message to the day it was reported on. `unsent` pairs the digest of
    an address with a message.
    """

    told: dict[str, date] = {}
    unsent: list[tuple[str, Notice]] = []


@dataclass(frozen=True)
class Notifier:
    """Where messages go: always to the log file, and to every address (Apprise URLs)."""

    log_file: Path
    addresses: tuple[str, ...] = ()

    @classmethod
    def of(cls, settings: Settings) -> Notifier:
        """Return the notifier of an installation."""
        addresses = settings.notify.get_secret_value().split() if settings.notify else []
        return cls(settings.output_dir / "notifications.log", tuple(addresses))

    def check(self) -> None:
        """Raise ConfigurationError for an invalid address, which is not shown: it can be a secret."""
        wrong = [n for n, url in enumerate(self.addresses, 1) if not apprise.Apprise().add(url)]
        if wrong:
            raise ConfigurationError(
                f"ATLAS_NOTIFY: Apprise does not know address {', '.join(map(str, wrong))} of "
                f"{len(self.addresses)}. Addresses look like "
                "mailtos://user:password@smtp.example.org?to=finance@example.org or "
                "jsons://example.org/hook, and are separated by blanks."
            )

    def notify(self, notices: Iterable[Notice], memory: SentMemory, now: datetime) -> SentMemory:
        """Log and send what has not been reported today, and send what could not be sent before.

        The same message is sent once a day at most. Returns what to remember.
        """
        today = now.date()
        reported = {digest: day for digest, day in memory.told.items() if day == today}
        new = [notice for notice in dict.fromkeys(notices) if notice.digest not in reported]
        self._log(new, now)
        to_send = [*memory.unsent, *((_digest(url), n) for n in new for url in self.addresses)]
        return SentMemory(
            told={**reported, **{notice.digest: today for notice in new}},
            unsent=self._send(to_send, now)[-MOST_UNSENT:],  # the log file has all of them
        )

    def _log(self, notices: list[Notice], now: datetime) -> None:
        if not notices:
            return
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(
            self.log_file, maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8"
        )
        for notice in notices:
            lines = [f"{now:%Y-%m-%d %H:%M} {notice.title}", *notice.text.splitlines()]
            handler.emit(logging.makeLogRecord({"msg": "\n    ".join(lines)}))
        handler.close()

    def _send(self, to_send: list[tuple[str, Notice]], now: datetime) -> list[tuple[str, Notice]]:
        """Send messages, and return those to try again; what an address refuses for good is logged."""
        unsent: list[tuple[str, Notice]] = []
        for number, url in enumerate(self.addresses, 1):
            queue = [notice for digest, notice in to_send if digest == _digest(url)]
            refused, waiting = _delivered(url, queue)
            self._log([_refusal(notice, number) for notice in refused], now)
            unsent += [(_digest(url), notice) for notice in waiting]
        return unsent


def _delivered(url: str, queue: list[Notice]) -> tuple[list[Notice], list[Notice]]:
    """Send messages to an address; return those that it refuses for good, and those to try again.

    If neither the oldest nor the newest can be sent, the address is away and all wait. A message that
    cannot be sent although a later attempt succeeds is refused for good.
    """
    refused: list[Notice] = []
    failed: list[Notice] = []
    order = [*queue[:1], *queue[1:][-1:], *queue[1:-1]]
    for attempt, notice in enumerate(order, 1):
        if _is_sent(url, notice) or _is_sent(url, _shortened(notice)):
            refused, failed = [*refused, *failed], []
        else:
            failed.append(notice)
        if attempt == len(failed) == 2:
            return [], queue
    return refused, failed


def _shortened(notice: Notice) -> Notice:
    """Return a message that is short enough for every service, and says where all of it is."""
    if len(notice.text) <= SHORT:
        return notice
    return Notice(
        title=notice.title, text=f"{notice.text[:SHORT]}…\nAll of it is in notifications.log."
    )


def _refusal(notice: Notice, number: int) -> Notice:
    return Notice(
        title="Atlas: a message was refused",
        text=f"Address {number} of ATLAS_NOTIFY takes others, but not this one: {notice.title}",
    )


def _is_sent(url: str, notice: Notice) -> bool:
    post = apprise.Apprise()
    post.add(url)
    text = apprise.NotifyFormat.TEXT
    return bool(post.notify(title=notice.title, body=notice.text, body_format=text))


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]
