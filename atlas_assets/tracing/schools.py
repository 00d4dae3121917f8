"""The figures of a unit's schools."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atlas_assets.report.model import NO_SCHOOL
from atlas_assets.tracing.formulas import Known
from atlas_assets.tracing.spans import YEAR, Span, records, unknown, versus

if TYPE_CHECKING:
    from atlas_assets.periods.calendar import Period
    from atlas_assets.report.model import SchoolProgressRow, SchoolProgressSection
    from atlas_assets.tracing.formulas import Expression, Places, Records, Value


class SchoolFigures:
    """The students of a unit by school and year."""

    def __init__(self, section: SchoolProgressSection, unit: str, period: Period) -> None:
        self.section, self.period = section, period
        self.year = Span((unit,), period.year_first, period.last)

    def expression(self, rest: list[str]) -> Expression:
        """Return what a figure is made of. Raises UsageError if there is none."""
        match rest:
            case ["years", index]:
                return Known(self.section.years[int(index)])
            case ["matrix", *name, year]:
                return _students(self._until(int(year)), schools=(".".join(name),))
            case ["totals", year]:
                return _students(self._until(int(year)))
            case ["progress", index, name]:
                return self._progress(self.section.progress[int(index)], name)
            case _:
                raise unknown(".".join(["schools", *rest]))

    def _until(self, year: int) -> Places:
        """Return a fiscal year as far as the report goes."""
        first = self.period.year_first.plus(YEAR * (year - self.period.year))
        last = min(first.plus(YEAR - 1), self.period.last)
        return Span(self.year.units, first, last).calendar()

    def _progress(self, row: SchoolProgressRow, name: str) -> Expression:
        which = self._schools(row)
        now, before = self.year.calendar(), self.year.shifted(-YEAR).calendar()
        if name == "school_count":
            if row.kind == "total":  # of those that are known
                which = {"other_schools": (NO_SCHOOL,)}
            return _records("schools", now, before, **which)
        students, last_year = _students(now, **which), _students(before, **which)
        return versus(name, students, last_year, names=("students", "last_year", "delta", ""))

    def _schools(self, row: SchoolProgressRow) -> dict[str, Value]:
        """Return which schools a row is about."""
        match row.kind:
            case "school":
                return {"schools": (row.name or "",)}
            case "unknown":
                return {"schools": (NO_SCHOOL,)}
            case "others":
                rows = self.section.progress
                named = tuple(other.name or "" for other in rows if other.kind == "school")
                return {"other_schools": (*named, NO_SCHOOL)}
            case "total":
                return {}


def _students(*places: Places, **schools: Value) -> Records:
    return _records("students", *places, **schools)


def _records(counted: str, *places: Places, **schools: Value) -> Records:
    return records("school_students", *places, counted=counted, **schools)
