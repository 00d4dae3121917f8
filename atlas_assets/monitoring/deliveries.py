"""Remembers what a month was last delivered from, so that nothing is delivered again without need."""

from __future__ import annotations

from dataclasses import dataclass
from glob import escape
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from atlas_assets.deck import pdf
from atlas_assets.files import digest_of, state_of
from atlas_assets.periods.calendar import Period

if TYPE_CHECKING:
    from collections.abc import Iterable

    from atlas_assets.periods.calendar import Month
    from atlas_assets.report.files import ReportFiles
    from atlas_assets.settings import Settings
    from atlas_assets.sources.memory import SourceMemory
    from atlas_assets.warehouse.ledger import RunLedger

_PACKAGE = Path(__file__).resolve().parent.parent
_LIBRARIES = ("duckdb", "polars", "python-pptx", "sqlalchemy")
_FILE = "file:"
_DELIVERED = TypeAdapter(bool)
_DATABASE = "database"
_STATE = TypeAdapter(str)


@dataclass(frozen=True)
class Deliveries:
    """The months whose records, report, deck and PDF are those of the last delivery."""

    memory: SourceMemory
    settings: Settings
    ledger: RunLedger
    report_files: ReportFiles

    def are_current(self, entity: str, months: Iterable[Month]) -> bool:
        """Return whether a delivery would change nothing.

        That is so if nothing was done for the entity since, its files were not touched, nor the
        operational database except by noted deliveries, and nothing that a delivery depends on has
        changed. What a server holds is not known, so that it is always published again.
        """
        if not self.settings.database_url.get_secret_value().startswith(_FILE):
            return False
        made_from = self._made_from(entity)
        return all(
            self.memory.recall(
                _key(entity, month), self._state(entity, month, made_from), _DELIVERED
            )
            for month in months
        )

    @property
    def database(self) -> str:
        """The state of the operational database before the noted deliveries that alone wrote to it since."""
        state = self._state_of_database()
        return self.memory.recall(_DATABASE, state, _STATE) or state

    def note(self, entity: str, months: Iterable[Month], database: str) -> None:
        """Remember months that were delivered, and what `database` was just before."""
        self.memory.keep(_DATABASE, self._state_of_database(), _STATE, found=database)
        made_from = self._made_from(entity)
        for month in months:
            state = self._state(entity, month, made_from)
            self.memory.keep(_key(entity, month), state, _DELIVERED, found=True)

    def _made_from(self, entity: str) -> str:
        """Return a digest of everything that the deliveries of an entity depend on, and of the database."""
        settings = self.settings
        runs = sorted(
            f"{of.key} {stage} {run}"
            for of, last in self.ledger.last_runs().items()
            for stage, run in last.items()
            if of.entity == entity
        )
        return digest_of(
            [
                *_PACKAGE.rglob("*.*"),
                *settings.config_dir.rglob("*.*"),
                *settings.commentary_dir.rglob("*.*"),
            ],
            settings.model_dump_json(),
            str(pdf.is_available()),
            *map(version, _LIBRARIES),
            self.database,
            *runs,
        )

    def _state_of_database(self) -> str:
        database = Path(self.settings.database_url.get_secret_value().removeprefix(_FILE))
        files = sorted(database.parent.glob(f"{escape(database.name)}*"))
        return "\n".join(map(state_of, files))

    def _state(self, entity: str, month: Month, made_from: str) -> str:
        """Return a digest of a month's files, and of what they were made from."""
        return digest_of(self.report_files.existing(entity, Period.of_month(month)), made_from)


def _key(entity: str, month: Month) -> str:
    return f"{entity}/{month}-delivered"
