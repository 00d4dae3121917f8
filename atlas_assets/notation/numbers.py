"""Numbers formatted for people, in the locale's style.

Variances always have a sign, levels never a plus. Spaces between number and unit do not break.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, overload

from babel.numbers import format_decimal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from atlas_assets.configuration.currency import Currency, CurrencyUnit, Language

NBSP = "\u00a0"
MINUS = "\u2212"
NOT_AVAILABLE = "n.a."
LARGEST_PERCENT = 999  # beyond it, percentages are only said to be larger: `>999%`
SMALLEST = Decimal("0.1")  # of a unit; below it, amounts are only said to be smaller: `<0,1`
MOST = 10_000  # of a unit; from there on, amounts are told in a larger one
# The language of a number in a chart; PowerPoint writes it in that of the person who looks.
_FORMAT_LOCALES = {"id": "[$-421]", "en": "[$-409]"}


def number(value: Decimal | float, locale: str, *, decimals: int = 0) -> str:
    """Return a number with grouped thousands, rounded half up: `1.250.000`."""
    exact = Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    text = format_decimal(abs(exact), format=pattern, locale=locale)
    return f"{MINUS}{text}" if exact < 0 else text


def signed(text: str, value: Decimal | float) -> str:
    """Return a variance's text with its sign, or without one where it rounds to zero."""
    if not any(digit in "123456789" for digit in text):
        return text.removeprefix(MINUS)
    if text.startswith((">", "<")):
        return text
    return f"+{text}" if value > 0 else text


def percent(value: Decimal | float | None, locale: str) -> str:
    """Return a value in percent as text: `87,5%`, `260%`; `n.a.` where there is none.

    What is beyond LARGEST_PERCENT is `>999%` or `<−999%`.
    """
    if value is None:
        return NOT_AVAILABLE
    if is_beyond_percent(value):
        return f">{LARGEST_PERCENT}%" if value > 0 else f"<{MINUS}{LARGEST_PERCENT}%"
    return f"{number(value, locale, decimals=1 if abs(value) < 100 else 0)}%"


def points(value: Decimal | float, locale: str) -> str:
    """Return a difference of shares in percentage points, without a plus: `−1,5 pp`."""
    return f"{number(value, locale, decimals=1)}{NBSP}pp"


def is_beyond_percent(value: Decimal | float) -> bool:
    """Return whether a percentage is too large for a slide to show it in full."""
    return abs(value) >= LARGEST_PERCENT + 0.5


def exact_percent(value: Decimal | float, locale: str) -> str:
    """Return a percentage in full, with the decimals that it has: `11.074.173,25%`."""
    digits = f"{Decimal(str(value)).normalize():f}"
    return f"{number(value, locale, decimals=len(digits.partition('.')[2]))}%"


@dataclass(frozen=True)
class AmountUnit:
    """The unit of all amounts in an exhibit; `word` is for example `jt`, or empty for the currency itself.

    What is smaller than SMALLEST of a unit is only said to be smaller: `<0,1`.
    """

    divisor: Decimal
    word: str
    decimals: int
    locale: str

    @overload
    def scaled(self, value: Decimal) -> float: ...
    @overload
    def scaled(self, value: Decimal | None) -> float | None: ...
    def scaled(self, value: Decimal | None) -> float | None:
        """Return an amount in this unit, for a chart."""
        return None if value is None else round(float(value / self.divisor), 6)

    def text(self, value: Decimal | None) -> str:
        """Return an amount in this unit, without its word: `4,86`; `n.a.` where there is none."""
        if value is None:
            return NOT_AVAILABLE
        if self.is_small(value):
            least = number(SMALLEST, self.locale, decimals=1)
            return f"<{least}" if value > 0 else f">{MINUS}{least}"
        return number(value / self.divisor, self.locale, decimals=self.decimals if value else 0)

    def is_small(self, value: Decimal) -> bool:
        """Return whether an amount is too small for this unit to be told in it."""
        return self.divisor > 1 and 0 < abs(value / self.divisor) < SMALLEST

    def format(self, value: Decimal | None, *, is_variance: bool = False) -> str:
        """Return the number format by which a chart writes an amount as `text` does."""
        locale = _FORMAT_LOCALES[self.locale]
        if not value:
            return f"{locale}0"
        digits = "#,##0" + ("." + "0" * self.decimals if self.decimals else "")
        plus = "+" if is_variance else ""
        usual = f'{locale}{plus}{digits};{locale}"{MINUS}"{digits};{locale}0'
        if not self.is_small(value):
            return usual
        return (
            f'{locale}"{self.text(value)}"'
            if value < 0
            else f'[<{SMALLEST}]{locale}"{self.text(value)}";{locale}{plus}{digits}'
        )

    def shown(self, value: Decimal) -> Decimal:
        """Return an amount as a reader adds it up: in this unit, rounded."""
        return (value / self.divisor).quantize(Decimal(1).scaleb(-self.decimals), ROUND_HALF_UP)


@dataclass(frozen=True, eq=False)
class Money:
    """How amounts of the business are written in a locale."""

    currency: Currency
    locale: Language

    def text(self, value: Decimal | float | None) -> str:
        """Return an amount in its shortest usual form: `Rp 1,25 M`; `n.a.` where there is none."""
        if value is None:
            return NOT_AVAILABLE
        exact = Decimal(str(value))
        sign, symbol = MINUS if exact < 0 else "", f"{self.currency.symbol}{NBSP}"
        for unit in self.currency.descending_units:
            if abs(exact) >= unit.start:
                digits = number(abs(exact) / unit.size, self.locale, decimals=unit.decimals)
                return f"{sign}{symbol}{digits}{NBSP}{self.word(unit)}"
        return f"{sign}{symbol}{self.in_full(abs(exact))}"

    def in_full(self, value: Decimal | float) -> str:
        """Return an amount with all its digits and without its symbol: `1.250.000`."""
        return number(value, self.locale, decimals=self.currency.decimals)

    @property
    def name(self) -> str:
        """What amounts are counted in, the same in every language."""
        return self.currency.name

    def unit(self, amounts: Iterable[Decimal | None]) -> AmountUnit:
        """Return the unit in which even the smallest of these amounts keeps two digits, if there is one.

        The largest decides; where small ones would be less than one, the next smaller unit is taken, unless
        the largest then has more than four digits.
        """
        sizes = sorted(abs(amount) for amount in amounts if amount)
        lowest, highest = (sizes[0], sizes[-1]) if sizes else (Decimal(0), Decimal(0))
        fitting = [unit for unit in self.currency.descending_units if highest >= unit.start]
        if not fitting:
            return AmountUnit(Decimal(1), "", self.currency.decimals, self.locale)
        unit = fitting[0]
        smaller = [other for other in fitting if other.size < unit.size]
        if smaller and lowest < unit.size and highest < MOST * smaller[0].size:
            unit = smaller[0]
        told = [size / unit.size for size in sizes if size >= SMALLEST * unit.size]
        decimals = sum(told[0] < bound for bound in (1, 10)) if told else 0
        return AmountUnit(Decimal(unit.size), self.word(unit), decimals, self.locale)

    def word(self, unit: CurrencyUnit) -> str:
        """Return the word of a unit, in the locale's language or else in any."""
        return unit.words.get(self.locale) or next(iter(unit.words.values()))
