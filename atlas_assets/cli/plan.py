"""What a command would run, and why: `--plan`."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from atlas_assets.periods.calendar import consecutive_runs, span_text

if TYPE_CHECKING:
    from atlas_assets.cli.selection import Selection
    from atlas_assets.monitoring.staleness import Stale
    from atlas_assets.periods.calendar import Month
    from atlas_assets.workspace import Workspace

_FRESH = "fresh; it would be built again"


class Plan:
    """The steps of commands in words, one line each. Reads the source and runs nothing."""

    def __init__(self, workspace: Workspace, selection: Selection) -> None:
        self.workspace, self.selection = workspace, selection

    def build(self, entity: str | None, period: str | None) -> list[str]:
        """Return what `atlas build` would do."""
        lines: list[str] = []
        for code, months in self.selection.months_of_each(entity, period).items():
            known = self.selection.known_months(code, months[-1])
            stale = self.workspace.staleness.pending(code, known)
            refused = any(month.refused for month in stale.values())
            lines += _lines("extract" if refused else "sync", code, list(stale), stale)
            span = span_text(list(months))
            if refused:
                lines.append(f"deliver {code} {span}: not before every sheet can be read")
            elif stale:
                lines.append(f"deliver {code} {span}: publish, report, deck and PDF")
            elif self.workspace.deliveries.are_current(code, months):
                lines.append(f"{code} {span}: nothing, because nothing changed")
            else:
                lines.append(
                    f"deliver {code} {span}: its files, the database, or something that they are made "
                    "of changed"
                )
        return lines

    def sync(self, entity: str, period: str) -> list[str]:
        """Return what `atlas sync` would do."""
        code = self.selection.entity(entity)
        return self._of_months("sync", {code: self.selection.months(code, period)})

    def backfill(self, entity: str | None, period: str, *, reports: bool) -> list[str]:
        """Return what `atlas backfill` would do."""
        steps = "sync, publish and report" if reports else "sync and publish"
        months = self.selection.months_of_each(entity, period)
        return self._of_months(steps, {code: list(of) for code, of in months.items()})

    def _of_months(self, steps: str, wanted: dict[str, list[Month]]) -> list[str]:
        return [
            line
            for code, months in wanted.items()
            for line in _lines(steps, code, months, self.workspace.staleness.pending(code, months))
        ]


def _lines(steps: str, entity: str, months: list[Month], stale: dict[Month, Stale]) -> list[str]:
    """Return a line for each run of months that have the same reason."""
    reasons = {month: stale[month].reason if month in stale else _FRESH for month in months}
    return [
        f"{steps} {entity} {span_text(list(group))}: {reason}"
        for run in consecutive_runs(months)
        for reason, group in groupby(run, lambda month: reasons[month])
    ]
