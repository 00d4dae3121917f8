"""Months, and the periods made of them.

No other module parses or formats periods, except that `notation.strings` has labels in a language.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import total_ordering
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MONTHS_A_YEAR = 12


@total_ordering
@dataclass(frozen=True)
class Month:
    """A calendar month, ordered by time; `number` is 1 to 12."""

    year: int
    number: int

    def __post_init__(self) -> None:
        if not 1 <= self.number <= MONTHS_A_YEAR:
            raise ValueError(f"A month has a number from 1 to 12, not {self.number}.")

    @classmethod
    def parse(cls, text: str) -> Month:
        """Read `2026-02`. Raises ValueError for anything else."""
        match = re.fullmatch(r"(\d{4})-(\d{2})", text)
        if match is None:
            raise ValueError(f"{text!r} is not a month like 2026-02.")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: date) -> Month:
        """Return the month that contains `day`."""
        return cls(day.year, day.month)

    def __lt__(self, other: Month) -> bool:
        return (self.year, self.number) < (other.year, other.number)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"

    def plus(self, months: int) -> Month:
        """Return the month that is `months` later, or earlier if negative."""
        index = self.year * MONTHS_A_YEAR + self.number - 1 + months
        return Month(index // MONTHS_A_YEAR, index % MONTHS_A_YEAR + 1)

    @property
    def first_day(self) -> date:
        """The month's first day: the `month_key` of every table."""
        return date(self.year, self.number, 1)

    @property
    def last_day(self) -> date:
        """The month's last day."""
        return date(self.year, self.number, calendar.monthrange(self.year, self.number)[1])


def span_text(months: list[Month], joint: str = "–") -> str:
    """Return `2026-02`, or the first and last of several months: `2026-02–2026-04`."""
    first, last = str(months[0]), str(months[-1])
    return first if first == last else f"{first}{joint}{last}"


def month_range(first: Month, last: Month) -> list[Month]:
    """Return the months from `first` to `last`, both included; empty if `last` is earlier."""
    count = (last.year - first.year) * MONTHS_A_YEAR + last.number - first.number + 1
    return [first.plus(offset) for offset in range(count)]


def consecutive_runs(months: Iterable[Month]) -> list[list[Month]]:
    """Return the months in order, grouped into runs without a gap."""
    runs: list[list[Month]] = []
    for month in sorted(months):
        if runs and runs[-1][-1].plus(1) == month:
            runs[-1].append(month)
        else:
            runs.append([month])
    return runs


class PeriodType(StrEnum):
    """The four kinds of report period."""

    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"
    RANGE = "range"

    def starting(self, first: Month, year_start: int = 1) -> Period:
        """Return the period of this type that starts with a month; a range is just that month."""
        return Period(first, first.plus(_MONTHS.get(self, 1) - 1), year_start)


_MONTHS = {PeriodType.QUARTERLY: 3, PeriodType.YEARLY: MONTHS_A_YEAR}


def fiscal_year(month: Month, year_start: int) -> int:
    """Return the fiscal year of a month: the calendar year in which it ends; it begins in month `year_start`."""
    return month.year + (1 < year_start <= month.number)


def year_text(year: int, year_start: int) -> str:
    """Return a fiscal year as people write it: `2026`, or `2025/26` if it does not begin in January."""
    return str(year) if year_start == 1 else f"{year - 1}/{year % 100:02d}"


@dataclass(frozen=True)
class Period:
    """One or more consecutive months that a report covers; `first` and `last` are included.

    `year_start` is the month (1 to 12) in which the fiscal year begins: by it, periods are quarters and
    years, and are named.
    """

    first: Month
    last: Month
    year_start: int = field(default=1, compare=False)

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"The period ends in {self.last}, before it starts in {self.first}.")

    @classmethod
    def parse(cls, text: str, year_start: int = 1) -> Period:
        """Read `2026-02`, `2026-Q1`, `2026-02..2026-04` or `2026`; a year is that in which it ends.

        Raises ValueError, with the accepted forms, for anything else.
        """
        if match := re.fullmatch(r"(\d{4})(?:-[Qq]([1-4]))?", text):
            beginning = Month(int(match[1]), year_start)
            beginning = beginning.plus(-MONTHS_A_YEAR if year_start > 1 else 0)
            if not match[2]:
                return PeriodType.YEARLY.starting(beginning, year_start)
            return PeriodType.QUARTERLY.starting(beginning.plus(int(match[2]) * 3 - 3), year_start)
        first_text, _, last_text = text.partition("..")
        try:
            return cls(Month.parse(first_text), Month.parse(last_text or first_text), year_start)
        except ValueError as error:
            raise ValueError(
                f"{text!r} is not a period: {error} "
                "Write 2026-02, 2026-Q1, 2026 or 2026-02..2026-04."
            ) from error

    @classmethod
    def of_month(cls, month: Month) -> Period:
        """Return the period of one month."""
        return cls(month, month)

    @property
    def months(self) -> list[Month]:
        """The period's months in order."""
        return month_range(self.first, self.last)

    @property
    def type(self) -> PeriodType:
        """Whether this is a month, a quarter, a year or any other range."""
        whole_year = self._months_before == 0 and len(self.months) == MONTHS_A_YEAR
        whole_quarter = self._months_before % 3 == 0 and len(self.months) == 3
        if self.first == self.last:
            return PeriodType.MONTHLY
        if whole_year:
            return PeriodType.YEARLY
        return PeriodType.QUARTERLY if whole_quarter else PeriodType.RANGE

    def __str__(self) -> str:
        match self.type:
            case PeriodType.MONTHLY:
                return str(self.first)
            case PeriodType.QUARTERLY:
                return f"{self.year}-Q{self.quarter}"
            case PeriodType.YEARLY:
                return str(self.year)
            case PeriodType.RANGE:
                return f"{self.first}..{self.last}"

    @property
    def _months_before(self) -> int:
        """How many months of the fiscal year come before the period."""
        return (self.first.number - self.year_start) % MONTHS_A_YEAR

    @property
    def quarter(self) -> int:
        """The quarter of the fiscal year in which the period begins, 1 to 4."""
        return self._months_before // 3 + 1

    @property
    def year(self) -> int:
        """The fiscal year in which the period ends, by the calendar year in which that ends."""
        return fiscal_year(self.last, self.year_start)

    @property
    def year_first(self) -> Month:
        """The first month of the fiscal year in which the period ends."""
        return self.last.plus(-((self.last.number - self.year_start) % MONTHS_A_YEAR))

    @property
    def is_end_of_year(self) -> bool:
        """Whether the fiscal year ends with the period."""
        return self.last.plus(1).number == self.year_start

    def shifted(self, months: int) -> Period:
        """Return the period that is `months` later, or earlier if negative."""
        return Period(self.first.plus(months), self.last.plus(months), self.year_start)

    @property
    def previous(self) -> Period:
        """The period of the same length just before this one."""
        return self.shifted(-len(self.months))

    def in_year(self, year: int) -> Period:
        """Return the same months of another fiscal year."""
        return self.shifted((year - self.year) * MONTHS_A_YEAR)
