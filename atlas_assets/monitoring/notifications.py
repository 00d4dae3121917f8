"""Messages on what went wrong: into a log file, and by e-mail or webhook where that is configured."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date  # noqa: TC003  pydantic reads it
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


class Notice(BaseModel, frozen=True):
    """One message: what went wrong where, and why, with what to do."""

    title: str
    text: str

    @property
    def digest(self) -> str:
        """What tells this message from others."""
        return _digest(f"{self.title}\n{self.text}")


class SentMemory(BaseModel):
    """What was reported on which day, and what could not be sent yet, each with its address's digest."""

    told: dict[str, date] = {}
    unsent: list[tuple[str, Notice]] = []


@dataclass(frozen=True)
class Notifier:
    """Where messages go: always into the log file, and to every address (URLs as Apprise has them)."""

    log_file: Path
    addresses: tuple[str, ...] = ()

    @classmethod
    def of(cls, settings: Settings) -> Notifier:
        """Return the notifier of an installation."""
        addresses = settings.notify.get_secret_value().split() if settings.notify else []
        return cls(settings.output_dir / "notifications.log", tuple(addresses))

    def check(self) -> None:
        """Raise ConfigurationError when an address is none; it is not shown, as it can be a secret."""
        wrong = [n for n, url in enumerate(self.addresses, 1) if not apprise.Apprise().add(url)]
        if wrong:
            raise ConfigurationError(
                f"ATLAS_NOTIFY: Apprise does not know address {', '.join(map(str, wrong))} of "
                f"{len(self.addresses)}. An address is such as "
                "mailtos://user:password@smtp.example.org?to=finance@example.org or "
                "jsons://example.org/hook; blanks divide them."
            )

    def notify(self, notices: Iterable[Notice], memory: SentMemory, now: datetime) -> SentMemory:
        """Log and send what was not reported today yet, and what could not be sent before.

        The same message goes out once a day at most. Returns what to remember.
        """
        today = now.date()
        told = {digest: day for digest, day in memory.told.items() if day == today}
        new = [notice for notice in dict.fromkeys(notices) if notice.digest not in told]
        self._log(new, now)
        to_send = [*memory.unsent, *((_digest(url), n) for n in new for url in self.addresses)]
        return SentMemory(
            told={**told, **{notice.digest: today for notice in new}},
            unsent=self._unsent(to_send)[-MOST_UNSENT:],  # the log file has them all
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

    def _unsent(self, to_send: list[tuple[str, Notice]]) -> list[tuple[str, Notice]]:
        """Send messages; return those of addresses that do not answer, which are tried once."""
        left: list[tuple[str, Notice]] = []
        for url in self.addresses:
            mine = [(digest, notice) for digest, notice in to_send if digest == _digest(url)]
            while mine and _is_sent(url, mine[0][1]):
                mine.pop(0)
            left += mine
        return left


def _is_sent(url: str, notice: Notice) -> bool:
    post = apprise.Apprise()
    post.add(url)
    text = apprise.NotifyFormat.TEXT
    return bool(post.notify(title=notice.title, body=notice.text, body_format=text))


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]
