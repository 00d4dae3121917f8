"""Resolves the entities, months and units that a command names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atlas_assets.errors import ConfigurationError, UsageError
from atlas_assets.periods.calendar import Month, Period, consecutive_runs, span_text
from atlas_assets.sources.known_months import known_months, newest_month

if TYPE_CHECKING:
    from rich.console import Console

    from atlas_assets.workspace import Workspace


class Selection:
    """The entities, months and units of one installation; unknown ones raise UsageError."""

    def __init__(self, workspace: Workspace, messages: Console) -> None:
        self.workspace, self.messages = workspace, messages

    @property
    def entities(self) -> list[str]:
        """The codes of all entities."""
        return [entity.code for entity in self.workspace.configuration.registry.entities]

    def entity(self, code: str) -> str:
        """Return the code of an entity, which may be given in any case."""
        registry = self.workspace.configuration.registry
        try:
            return registry.entity(code).code
        except ConfigurationError as error:
            raise UsageError(str(error)) from error

    def chosen(self, code: str | None) -> list[str]:
        """Return the entity that was named, or all entities if it is None."""
        return [self.entity(code)] if code else self.entities

    def months_of_each(
        self, entity: str | None, period: str | None
    ) -> dict[str, tuple[Month, ...]]:
        """Return the months of a period, or the newest month, of one entity or of every one that has any.

        Warns of entities without such months. Raises UsageError if there is no entity with any.
        """
        months_of: dict[str, tuple[Month, ...]] = {}
        problems: list[str] = []
        for code in self.chosen(entity):
            try:
                months_of[code] = (
                    tuple(self.months_with_rows(code, period))
                    if period
                    else (self.newest_month(code),)
                )
            except UsageError as error:
                problems.append(str(error))
        if not months_of:
            raise UsageError("\n".join(dict.fromkeys(problems)))
        for text in problems:
            self.messages.print(f"Warning: {text}", style="yellow")
        return months_of

    def months(self, entity: str, text: str) -> list[Month]:
        """Return the months of a period that have a sheet. Raises UsageError if there are none."""
        return self._within(entity, text, self.known_months(entity), "sheets")

    def months_with_rows(self, entity: str, text: str) -> list[Month]:
        """Return the months of a period up to the newest one with rows, for what is made of rows.

        Raises UsageError if there are none.
        """
        return self._within(
            entity, text, self.known_months(entity, self.newest_month(entity)), "rows"
        )

    def period(self, text: str) -> Period:
        """Return the period that a text names. Raises UsageError if it names none."""
        try:
            return Period.parse(text, self.workspace.configuration.registry.fiscal_year_start)
        except ValueError as error:
            raise UsageError(str(error)) from error

    def _within(self, entity: str, text: str, known: list[Month], what: str) -> list[Month]:
        period = self.period(text)
        months = [month for month in period.months if month in known]
        if not months:
            listed = ", ".join(span_text(run) for run in consecutive_runs(known))
            raise UsageError(
                f"{entity} has no data for {period}. There are {what} for {listed}."
                if known
                else f"{entity} has no workbooks in {self.workspace.settings.source_dir}."
            )
        return months

    def known_months(self, entity: str, last: Month | None = None) -> list[Month]:
        """Return the months that the source covers, up to `last` or the running month."""
        return known_months(self.workspace.source, entity, last or self.running_month)

    def newest_month(self, entity: str) -> Month:
        """Return the newest month whose transactions have rows or cannot be read.

        Raises UsageError if there is none.
        """
        month = newest_month(self.workspace.source, entity, self.running_month)
        if month is None and (later := self.workspace.source.months(entity)):
            raise UsageError(
                f"{entity} has nothing up to {self.running_month}, the month of this machine's clock; its "
                f"workbooks are about {later[0]} to {later[-1]}. Correct the clock, or give --period."
            )
        if month is None:
            raise UsageError(
                f"{entity} has no transactions in {self.workspace.settings.source_dir}."
            )
        return month

    @property
    def running_month(self) -> Month:
        """The current month in the time zone of the business."""
        return Month.of(self.workspace.configuration.registry.calendar.now().date())

    def units(self, entity: str, text: str) -> list[str]:
        """Return the known units of a list such as `TM,wlc_english`; warn of the others.

        Empty if all units are named, because that is the whole report. Raises UsageError if none of
        them is known.
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
