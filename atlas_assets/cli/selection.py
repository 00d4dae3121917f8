"""What the words of a command name: entities, months and units that exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atlas_assets.errors import ConfigurationError, UsageError
from atlas_assets.periods.calendar import Month, Period
from atlas_assets.sources.known_months import known_months, newest_month

if TYPE_CHECKING:
    from rich.console import Console

    from atlas_assets.workspace import Workspace


class Selection:
    """The entities, months and units of one installation. Unknown ones are a UsageError."""

    def __init__(self, workspace: Workspace, messages: Console) -> None:
        self.workspace, self.messages = workspace, messages

    @property
    def entities(self) -> list[str]:
        """The codes of all entities."""
        return [entity.code for entity in self.workspace.configuration.registry.entities]

    def entity(self, code: str) -> str:
        """Return the code of an entity, which may be written in any case."""
        try:
            return self.workspace.configuration.registry.entity(code).code
        except ConfigurationError as error:
            raise UsageError(str(error)) from error

    def chosen(self, code: str | None) -> list[str]:
        """Return the one entity that was named, or all."""
        return [self.entity(code)] if code else self.entities

    def months_of_each(
        self, entity: str | None, period: str | None
    ) -> dict[str, tuple[Month, ...]]:
        """Return the months of a period, or the newest one, of one entity or of each that has any.

        Warns of entities that have none, unless it is the one that was named.
        """
        found: dict[str, tuple[Month, ...]] = {}
        without: list[str] = []
        for code in self.chosen(entity):
            try:
                found[code] = (
                    tuple(self.months(code, period)) if period else (self.newest_month(code),)
                )
            except UsageError as error:
                without.append(str(error))
        if not found:
            raise UsageError("\n".join(dict.fromkeys(without)))
        for text in without:
            self.messages.print(f"Warning: {text}", style="yellow")
        return found

    def months(self, entity: str, text: str) -> list[Month]:
        """Return the months of a period that the source has, of which there must be some."""
        try:
            period = Period.parse(text)
        except ValueError as error:
            raise UsageError(str(error)) from error
        known = self.known_months(entity)
        found = [month for month in period.months if month in known]
        if not found:
            raise UsageError(
                f"{entity} has no data for {period}. There are workbooks for "
                f"{known[0]} to {known[-1]}."
                if known
                else f"{entity} has no workbooks in {self.workspace.settings.source_dir}."
            )
        return found

    def known_months(self, entity: str, last: Month | None = None) -> list[Month]:
        """Return the months that have a sheet and have begun, up to `last`."""
        return known_months(self.workspace.source, entity, last or self.running_month)

    def newest_month(self, entity: str) -> Month:
        """Return the newest month whose transaction sheet has rows, or cannot be read."""
        month = newest_month(self.workspace.source, entity, self.running_month)
        if month is None:
            raise UsageError(
                f"{entity} has no transactions in {self.workspace.settings.source_dir}."
            )
        return month

    @property
    def running_month(self) -> Month:
        """The month that it is by the clock of the business."""
        return Month.of(self.workspace.configuration.registry.calendar.now().date())

    def units(self, entity: str, text: str) -> list[str]:
        """Return the known units of a list such as `TM,wlc_english`; warn of the others.

        Empty when all units are named: that is the whole report.
        """
        known = [unit.code for unit in self.workspace.configuration.registry.entity(entity).units]
        wanted = [code.strip().upper() for code in text.split(",") if code.strip()]
        for code in wanted:
            if code not in known:
                self.messages.print(
                    f"Warning: {entity} has no unit {code}; it is skipped. Its units are "
                    f"{', '.join(known)}.",
                    style="yellow",
                )
        chosen = [code for code in known if code in wanted]
        if not chosen:
            raise UsageError(f"--unit {text} names no unit of {entity}: {', '.join(known)}.")
        return [] if chosen == known else chosen
