"""Says of each figure of a report which records it is made of.

The paths are those of report.json, such as `units.TM.revenue.last_year.delta_pct`.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from atlas_assets.tracing.bridge import BridgeFigures
from atlas_assets.tracing.schools import SchoolFigures
from atlas_assets.tracing.spans import YEAR, Span, records, unknown, versus
from atlas_assets.tracing.subject import Subject
from atlas_assets.tracing.unit_tables import channel_figure, program_figure

if TYPE_CHECKING:
    from atlas_assets.report.model import Report
    from atlas_assets.tracing.formulas import Expression


class Figures:
    """The figures of one report."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.period = report.meta.covered

    def expression(self, path: str) -> Expression:
        """Return what the figure at a path is made of. Raises UsageError if there is no such figure."""
        try:
            return self._expression(path.split("."))
        except (LookupError, ValueError, AttributeError):
            raise unknown(path) from None

    def _expression(self, path: list[str]) -> Expression:
        match path:
            case ["totals", *rest]:
                return self._subject(None, rest)
            case ["units", unit, *rest]:
                return self._subject(unit, rest)
            case ["bridge", "period", *rest]:
                of = self.report.bridge.period
                return BridgeFigures(of, self.period.first, self.period.last).expression(rest)
            case ["bridge", "ytd", *rest]:
                of = self.report.bridge.ytd
                return BridgeFigures(of, self.period.year_first, self.period.last).expression(rest)
            case ["movers", kind, index, name]:
                return self._mover(kind, int(index), name)
            case ["data_quality", *rest]:
                return self._quality(rest)
            case _:
                raise unknown(".".join(path))

    def _subject(self, unit: str | None, rest: list[str]) -> Expression:
        section = self.report.units[unit] if unit else self.report.totals
        span = Span(
            (unit,) if unit else tuple(self.report.meta.scope), self.period.first, self.period.last
        )
        match rest:
            case ["channels", index, name]:
                return channel_figure(span, section.channels[int(index)], name)
            case ["programs", index, name] if unit:
                return program_figure(span, self.report.units[unit].programs[int(index)], name)
            case ["schools", *name] if unit:
                schools = self.report.units[unit].schools
                return SchoolFigures(schools, unit, self.period).expression(name)
            case _:
                return Subject(section, span, self.period).expression(rest)

    def _mover(self, kind: str, index: int, name: str) -> Expression:
        mover = (self.report.movers.programs if kind == "programs" else self.report.movers.schools)[
            index
        ]
        span = Span((mover.unit,), self.period.first, self.period.last)
        if kind == "programs":
            of = partial(records, "revenue", products=(mover.name,))
        else:
            of = partial(records, "school_students", schools=(mover.name,), counted="students")
        return versus(
            name,
            value=of(span.places("with_last_year")),
            other=of(span.places("with_last_year", shift=-YEAR, compared=True)),
            names=("value", "last_year", "delta", "delta_pct"),
        )

    def _quality(self, rest: list[str]) -> Expression:
        first, last = self.period.first.first_day, self.period.last.first_day
        rows = partial(records, "sheet_rows", first=first, last=last, counted="rows")
        match rest:
            case ["rows"]:
                return rows()
            case ["valid"]:
                return rows(reasons=("valid",))
            case ["duplicates"]:
                return rows(reasons=("duplicate",))
            case ["flagged", reason]:
                return rows(reasons=(reason,))
            case ["unassigned_revenue"]:
                return rows(reasons=("unit_unknown",), counted="money")
            case ["checks", index, name]:
                check = self.report.data_quality.checks[int(index)]
                return records(
                    "checks",
                    first=first,
                    last=last,
                    check=check.name,
                    unit=check.unit,
                    counted=name,
                )
            case _:
                raise unknown(".".join(["data_quality", *rest]))
