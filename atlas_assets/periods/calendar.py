"""Months, and the periods made of them.

No other module parses or formats periods, except that `notation.strings` has labels in a language.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
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

    def starting(self, first: Month) -> Period:
        """Return the period of this type that starts with a month; a range is just that month."""
        return Period(first, first.plus(_MONTHS.get(self, 1) - 1))


_MONTHS = {PeriodType.QUARTERLY: 3, PeriodType.YEARLY: MONTHS_A_YEAR}


@dataclass(frozen=True)
class Period:
    """One or more consecutive months that a report covers; `first` and `last` are included."""

    first: Month
    last: Month

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"The period ends in {self.last}, before it starts in {self.first}.")

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read `2026-02`, `2026-Q1`, `2026-02..2026-04` or `2026`.

        Raises ValueError, with the accepted forms, for anything else.
        """
        if match := re.fullmatch(r"(\d{4})", text):
            return cls(Month(int(match[1]), 1), Month(int(match[1]), 12))
        if match := re.fullmatch(r"(\d{4})-[Qq]([1-4])", text):
            first = Month(int(match[1]), int(match[2]) * 3 - 2)
            return cls(first, first.plus(2))
        first_text, _, last_text = text.partition("..")
        try:
            return cls(Month.parse(first_text), Month.parse(last_text or first_text))
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
        """Whether this is a month, a calendar quarter, a calendar year or any other range."""
        whole_year = self.first.number == 1 and len(self.months) == MONTHS_A_YEAR
        whole_quarter = self.first.number % 3 == 1 and len(self.months) == 3
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
                return f"{self.first.year}-Q{(self.first.number + 2) // 3}"
            case PeriodType.YEARLY:
                return str(self.first.year)
            case PeriodType.RANGE:
                return f"{self.first}..{self.last}"

    def shifted(self, months: int) -> Period:
        """Return the period that is `months` later, or earlier if negative."""
        return Period(self.first.plus(months), self.last.plus(months))

    @property
    def previous(self) -> Period:
        """The period of the same length just before this one."""
        return self.shifted(-len(self.months))

    def in_year(self, year: int) -> Period:
        """Return the same months, shifted by whole years so that the last one is in `year`."""
        return self.shifted((year - self.last.year) * MONTHS_A_YEAR)
