"""The texts of reports and validation files, from `source/config/strings.yaml`, and period labels."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from functools import cache
from string import Formatter
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

from babel.dates import format_date, format_interval
from pydantic import AfterValidator, RootModel

from atlas_assets.configuration.currency import RUPIAH, Currency
from atlas_assets.documents.mistakes import placed
from atlas_assets.documents.strict_model import KeyedError
from atlas_assets.documents.yaml_file import load
from atlas_assets.errors import ConfigurationError, nearest
from atlas_assets.notation.numbers import Money
from atlas_assets.periods.calendar import PeriodType, year_text
from atlas_assets.settings import PROJECT_DIR

if TYPE_CHECKING:
    from decimal import Decimal
    from pathlib import Path

    from atlas_assets.configuration.currency import Language
    from atlas_assets.periods.calendar import Month, Period


SHIPPED = PROJECT_DIR / "source" / "config" / "strings.yaml"


_FISCAL_YEAR = {"id": "TB", "en": "FY"}  # TB is tahun buku
_EVERYWHERE = {"symbol", "currency"}  # places that any text may have


def _places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def _has_numeral(part: str) -> bool:
    return any(sign.isdigit() for sign in part) and any(sign.isalpha() for sign in part)


def _text(text: str) -> str:
    """Return a text, or raise ValueError if its placeholders are not closed or not simple names."""
    names = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
    if wrong := [name for name in names if not name.isidentifier()]:
        raise ValueError(f"{{{wrong[0]}}} is no placeholder")
    return text


class _Catalogue(RootModel[dict[str, dict[str, Annotated[str, AfterValidator(_text)]]]]):
    """Texts by key and locale."""


class Reason(NamedTuple):
    """What is wrong with a cell, what that does to the figures, and what to do about it."""

    what: str
    effect: str
    remedy: str

    def __str__(self) -> str:
        return "".join(self)


class Strings:
    """The texts of one locale, and its way to write money.

    `strings("key", unit="TM")` fills the placeholder `{unit}` of a text.

    A text that the file does not have, or that has a placeholder which this version does not fill, is
    taken from the file that comes with Atlas: the file can be older than this version.
    """

    def __init__(self, path: Path, locale: Language, currency: Currency = RUPIAH) -> None:
        self.path = path
        self.locale: Language = locale
        self.money = Money(currency, locale)
        self._own = _read(path)

    def __call__(self, key: str, **places: object) -> str:
        """Return a text. Raises ConfigurationError if no catalogue has it.

        Any text may have the places `{symbol}` and `{currency}`, for the currency's symbol and name.
        """
        currency = self.money.currency
        places = {"symbol": currency.symbol, "currency": currency.name, **places}
        for texts in (self._own, _read(SHIPPED)):
            text = texts.get(key, {}).get(self.locale)
            with suppress(KeyError):
                if text is not None:
                    return text.format(**places)
        raise ConfigurationError(
            f"{self.path} has no text {key!r} in the language {self.locale!r}. Add it."
        )

    def check(self) -> Path:
        """Return the path of the file. Raises ConfigurationError if it is wrong."""
        _read(self.path)
        return self.path

    def remarks(self) -> list[str]:
        """Return a line for each text of the file that no report uses: its key, language or place is unknown."""
        shipped = _read(SHIPPED)
        mistakes: list[KeyedError] = []
        for key, texts in self._own.items():
            if key not in shipped:
                near = nearest(key, shipped)
                mistakes.append(KeyedError([key], f"no report has a text {key!r}.{near}"))
                continue
            for locale, text in texts.items():
                known = shipped[key]
                if locale not in known:
                    near = nearest(locale, known)
                    problem = f"{key} has no language {locale!r}.{near} Known: {', '.join(known)}"
                elif extra := _places(text) - _places(known[locale]) - _EVERYWHERE:
                    problem = f"{key} has no place {{{min(extra)}}}; the text that comes with Atlas is used"
                else:
                    continue
                mistakes.append(KeyedError([key, locale], problem))
        return placed(self.path, mistakes).splitlines()

    def with_numerals(self) -> list[str]:
        """Return the fixed parts of the texts that have numerals of their own: `within 12 months`."""
        texts = {**_read(SHIPPED), **self._own}.values()
        parts = (
            part for text in texts for part, *_ in Formatter().parse(text.get(self.locale, ""))
        )
        return [part.strip() for part in parts if _has_numeral(part)]

    def counted(self, noun: str, value: Decimal | int, count: str) -> str:
        """Return a text with a number: `1 order`, `2 orders`; `count` is the formatted `value`."""
        return self(f"{noun}_one" if value == 1 else f"{noun}_other", count=count)

    def reason(self, code: str) -> Reason:
        """Return the explanation of a finding."""
        what, _, more = self(f"reason_{code}").partition("|")
        effect, _, remedy = more.partition("|")
        return Reason(what, effect, remedy)

    def customer_type(self, code: str) -> str:
        """Return the name of a customer type."""
        return self(f"customer_type_{code}")


@cache
def _read(path: Path) -> dict[str, dict[str, str]]:
    return load(path, _Catalogue, "Expected lines such as `target: {id: Target, en: Target}`.").root


def strings_schema() -> dict[str, Any]:
    """Return the JSON Schema of a file of texts: the keys and languages that the shipped one has."""
    return {
        "description": "Texts by key and language. Words in braces are filled in; keep them.",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            key: {
                "type": "object",
                "additionalProperties": False,
                "properties": {locale: {"type": "string"} for locale in texts},
                "description": texts["en"],
            }
            for key, texts in _read(SHIPPED).items()
        },
    }


def period_label(period: Period, locale: str) -> str:
    """Return `Februari 2026`, `Kuartal ke-1 2026`, `2026`, `TB 2025/26` or `Februari–April 2026`."""
    return _period_text(period, locale, month="MMMM", quarter="QQQQ")


def short_period(period: Period, locale: str) -> str:
    """Return `Feb 2026`, `K1 2026`, `2026` or `Feb–Apr 2026`."""
    return _period_text(period, locale, month="MMM", quarter="QQQ")


def short_span(period: Period, locale: str) -> str:
    """Return the first and last month of a period, whatever it is called: `Jan–Okt 2026`."""
    first, last = period.first.first_day, period.last.first_day
    if first == last:
        return format_date(first, "MMM y", locale=locale)
    return format_interval(first, last, "yMMM", locale=locale)


def _period_text(period: Period, locale: str, *, month: str, quarter: str) -> str:
    """Return a period in words; `month` and `quarter` are CLDR date patterns."""
    first, last = period.first.first_day, period.last.first_day
    match period.type:
        case PeriodType.MONTHLY:
            return format_date(first, f"{month} y", locale=locale)
        case PeriodType.QUARTERLY if period.year_start > 1:
            ordinal = format_date(date(1, period.quarter * 3, 1), quarter, locale=locale)
            return f"{ordinal} {_fiscal_year(period, locale)}"
        case PeriodType.QUARTERLY:
            return format_date(first, f"{quarter} y", locale=locale)
        case PeriodType.YEARLY if period.year_start > 1:
            return _fiscal_year(period, locale)
        case PeriodType.YEARLY:
            return format_date(first, "y", locale=locale)
        case PeriodType.RANGE:
            return format_interval(first, last, f"y{month}", locale=locale)


def _fiscal_year(period: Period, locale: str) -> str:
    return f"{_FISCAL_YEAR[locale]} {year_text(period.year, period.year_start)}"


def short_month(month: Month, locale: str) -> str:
    """Return a month's abbreviation, such as `Feb`."""
    return format_date(month.first_day, "MMM", locale=locale)
