"""The words for months and weekdays, as far as a registry does not name its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babel.dates import get_day_names, get_month_names

if TYPE_CHECKING:
    from collections.abc import Iterable

LOCALES = ("id", "en")
_WIDTHS = ("wide", "abbreviated")


def month_words() -> dict[int, list[str]]:
    """Return the names and abbreviations of the months 1 to 12 in all languages, in capitals."""
    return {
        number: _words(
            get_month_names(width, locale=locale)[number] for locale in LOCALES for width in _WIDTHS
        )
        for number in range(1, 13)
    }


def weekday_words() -> list[str]:
    """Return the names and abbreviations of the days of the week in all languages, in capitals."""
    return _words(
        name
        for locale in LOCALES
        for width in _WIDTHS
        for name in get_day_names(width, locale=locale).values()
    )


def _words(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(name.upper() for name in names))
