"""Reads a deck back from its file and checks every figure on it against the report.

A slide's notes name the paths in report.json that its figures come from. Every number in the
slide's text, tables and charts must be one of the values there, as the notation writes it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, get_args

from pptx import Presentation

from atlas_assets.configuration.currency import Language
from atlas_assets.deck.drawing_xml import printable
from atlas_assets.deck.percentages import exact_lines, large_percentages
from atlas_assets.deck.placement_check import misplaced
from atlas_assets.deck.slide_writer import FINGERPRINT_LENGTH
from atlas_assets.errors import ReportError
from atlas_assets.notation.numbers import (
    MINUS,
    NBSP,
    SMALLEST,
    Money,
    number,
    percent,
    signed,
)
from atlas_assets.periods.calendar import year_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from atlas_assets.notation.strings import Strings
    from atlas_assets.report.model import Report

_SCOPE = "meta.scope"  # a path that only the contents slide names
_FIRST_YEAR = 2000
_TITLE = 13  # the placeholder that names the unit of the amounts: `dalam jt IDR`
_PAGE = re.compile(r"\(\d+/\d+\)$")  # page number of a table that spans several slides
_CUT = re.compile(r"\S*…")  # end of a shortened name
_LANGUAGES: tuple[Language, ...] = get_args(Language)
_BEYOND = {percent(sign * 1e6, locale) for sign in (1, -1) for locale in _LANGUAGES}
_SCALING = re.compile(r"×10+")  # how many times as high a small chart is drawn
_MARK = re.compile(r"^\d+  ")  # number of a comment that is marked in the chart


class _Patterns:
    """The patterns of figures in texts, which depend on how the currency is written."""

    def __init__(self, money: Money) -> None:
        symbol = re.escape(money.currency.symbol)
        words = sorted({money.word(unit) for unit in money.currency.units}, key=len, reverse=True)
        self.symbol = money.currency.symbol
        self.word = re.compile(
            rf"\s(?:{'|'.join(map(re.escape, words))})(?!\w)" if words else r"(?!)"
        )
        self.figure = re.compile(rf"[<>]?[+{MINUS}]?(?:{symbol}\s)?\d(?:\d|[.,](?=\d))*%?")
        self.cut_figure = re.compile(rf"[+{MINUS}]?(?:{symbol}\s)?[\d.,]+…")
        self.risky = re.compile(rf"\d|{symbol}|[+{MINUS}<>%]")
        self.alone = (  # a name does not begin or end within a figure
            rf"(?<![\d+{MINUS}])(?<!\d[.,])(?<!{symbol}\s)",
            r"(?![\d%])(?![.,]\d)",
        )
        self.no_amount = rf"(?!\s[\d.,]+{self.word.pattern})"


@lru_cache(maxsize=8)
def _patterns(money: Money) -> _Patterns:
    return _Patterns(money)


class DeckError(ReportError):
    """A deck differs from its report; the earlier deck is unchanged."""


def refuse_different(
    path: Path, report: Report, strings: Strings, remarks: Collection[str] = ()
) -> None:
    """Raise DeckError, listing the differences by slide, unless a deck matches its report."""
    problems = differences(path, report, strings, remarks)
    if problems:
        raise DeckError(
            f"The slides of {report.meta.entity} {report.meta.period} differ from report.json:\n"
            + "\n".join(problems)
            + "\nThis is a bug in Atlas or a fault in the template. The earlier deck is unchanged."
        )


def differences(
    path: Path, report: Report, strings: Strings, remarks: Collection[str] = ()
) -> list[str]:
    """Return what is on a deck's slides but not in the report, or is laid out illegibly.

    Each text names the slide and what is wrong with it; an empty list means that the deck is
    right. Figures in `remarks`, the texts that people wrote, in names and in the fixed parts of
    `strings` are not checked.
    """
    money = strings.money
    presentation = Presentation(str(path))
    pages = {str(page + 1) for page in range(len(presentation.slides))}
    size = presentation.slide_width or 0, presentation.slide_height or 0
    brands = {unit.color.removeprefix("#") for unit in report.units.values()}
    data = report.model_dump(mode="python")
    fixed = [*_fiscal_years(report), *(unit.name for unit in report.units.values())]
    fixed += [*strings.with_numerals(), *remarks]
    patterns = _patterns(money)
    problems: list[str] = []
    for position, slide in enumerate(presentation.slides, start=1):
        paths = _paths(slide)
        leaves = list(_values(data, [*paths, "meta"]))
        divisor = _divisor(slide, money)
        known = {text for leaf in leaves for text in _forms(leaf, money, divisor)}
        known -= _BEYOND
        known |= _noted(slide, data, paths, money.locale)
        if _SCOPE in paths:  # the contents list slide numbers
            known |= pages
        names = _Names([*fixed, *(leaf for leaf in leaves if isinstance(leaf, str))], patterns)
        wrong = [
            *_unknown(slide, known, names, patterns),
            *_unknown_in_charts(slide, leaves, money),
            *misplaced(slide, *size, brands),
        ]
        problems += [f"slide {position}: {problem}" for problem in wrong]
    return problems


def _fiscal_years(report: Report) -> list[str]:
    """Return how the years of a report are written, if that is not as a figure of it."""
    last, start = report.meta.covered.year, report.meta.fiscal_year_start
    return [year_text(year, start) for year in range(_FIRST_YEAR, last + 1)] if start > 1 else []


def _divisor(slide: Any, money: Money) -> float | None:
    """Return the divisor of the unit that the slide's title names; None where it names none."""
    titles = [item for item in slide.placeholders if item.placeholder_format.idx == _TITLE]
    runs = [run.text for item in titles for run in item.text_frame.paragraphs[0].runs]
    title = "".join(runs[1:])  # the first run is a name, which may say anything
    code = money.currency.code
    for unit in money.currency.units:
        if f" {money.word(unit)} {code}" in title:
            return float(unit.size)
    return 1.0 if f" {code}" in title else None


def _paths(slide: Any) -> list[str]:
    lines = slide.notes_slide.notes_text_frame.text.splitlines()
    return [line.removeprefix("- ") for line in lines[1 : lines.index("source:")]]


def _values(data: Any, paths: list[str]) -> Iterator[Any]:
    """Yield every value, key and length below paths such as `units.*.revenue`."""
    for path in paths:
        parts = [data]
        for step in path.split("."):
            parts = [
                inner
                for outer in parts
                for inner in (outer.values() if step == "*" else [outer[step]])
            ]
        for part in parts:
            yield from _leaves(part)


def _leaves(part: Any) -> Iterator[Any]:
    if isinstance(part, dict):
        yield len(part)
        yield from part  # the schools' years are keys
        for value in part.values():
            yield from _leaves(value)
    elif isinstance(part, list):
        yield len(part)
        for value in part:
            yield from _leaves(value)
    else:
        yield part


@lru_cache(maxsize=100_000, typed=True)  # otherwise True and 1 would share an entry
def _forms(value: Any, money: Money, divisor: float | None) -> frozenset[str]:
    """Return the ways in which a value may be written on a slide, with and without its sign.

    `divisor` is that of the slide's amount unit, if it has one.
    """
    if isinstance(value, str):
        return frozenset(_figures(value, _patterns(money)))
    if isinstance(value, bool) or not isinstance(value, int | float):
        return frozenset()
    locale = money.locale
    texts = [money.text(value), money.in_full(value), percent(value, locale), number(value, locale)]
    texts += [str(value), number(value, locale, decimals=1)]
    if divisor:
        texts += [number(value / divisor, locale, decimals=places) for places in range(3)]
    plain = {text.removeprefix(MINUS).replace(NBSP, " ") for text in texts}
    signs = {signed(text, value) if value > 0 else MINUS + text for text in plain}
    return frozenset(plain | signs | _smaller(value, divisor, locale))


def _smaller(value: float, divisor: float | None, locale: str) -> set[str]:
    """Return how an amount is written that is too small for its unit."""
    if not divisor or not 0 < abs(value / divisor) < SMALLEST:
        return set()
    least = number(SMALLEST, locale, decimals=1)
    return {f"<{least}" if value > 0 else f">{MINUS}{least}"}


def _figures(text: str, patterns: _Patterns) -> Iterator[str]:
    """Yield the numbers of a text with their signs and units: `−Rp 2,5 jt`, `12,4%`, `2026`."""
    text = _plain(text)
    for match in patterns.figure.finditer(text):
        word = patterns.word.match(text, match.end()) if patterns.symbol in match[0] else None
        yield match[0] + (word[0] if word else "")


def _noted(slide: Any, data: dict[str, Any], paths: list[str], locale: str) -> set[str]:
    """Return how percentages beyond 999% are written, if the notes have their exact figures."""
    notes = slide.notes_slide.notes_text_frame.text.splitlines()
    if not set(exact_lines(data, paths, locale)) <= set(notes):
        return set()
    large = large_percentages(data, paths).values()
    return {percent(form, locale) for value in large for form in (value, abs(value))}


def _unknown(slide: Any, known: set[str], names: _Names, patterns: _Patterns) -> Iterator[str]:
    for written in _texts(slide):
        text = _SCALING.sub("", _MARK.sub("", written))
        if names.has(text):
            continue
        if patterns.cut_figure.fullmatch(text):
            yield f"the figure {text!r} is cut"
        rest = names.without(_PAGE.sub("", text))
        for figure in _figures(_CUT.sub("", rest), patterns):
            if figure not in known:
                yield f"{figure!r} in {text!r} is not in the report"


class _Names:
    """The names that may be on a slide: what looks like a figure in them is none of the report's."""

    def __init__(self, names: Collection[str], patterns: _Patterns) -> None:
        self._names = sorted({_plain(name) for name in names if name}, key=len, reverse=True)
        self._all = set(self._names)
        # Only these can be taken for figures, or change what figures next to them look like.
        risky = [
            re.escape(name) + (patterns.no_amount if name.endswith(patterns.symbol) else "")
            for name in self._names
            if patterns.risky.search(name)
        ]
        before, after = patterns.alone
        self._pattern = re.compile(f"{before}(?:{'|'.join(risky)}){after}") if risky else None

    def has(self, text: str) -> bool:
        """Return whether a text is a name, a shortened name or a fingerprint."""
        text = _plain(text)
        is_cut = text.endswith("…") or len(text) == FINGERPRINT_LENGTH
        return text in self._all or (
            is_cut and any(name.startswith(text.removesuffix("…")) for name in self._names)
        )

    def without(self, text: str) -> str:
        """Return a text with a dot in the place of every name, also of those that were cut."""
        text = _plain(text)
        if self._pattern is None:
            return text
        *cut, rest = self._pattern.sub("·", text).split("…")
        return "…".join([*(self._without_end(part) for part in cut), rest])

    def _without_end(self, text: str) -> str:
        """Return a text without the beginning of a name, as long as possible, at its end."""
        starts = (
            start for start in range(len(text)) if start == 0 or not text[start - 1].isalnum()
        )
        for start in starts:
            if any(name.startswith(text[start:]) for name in self._names):
                return text[:start] + "·"
        return text


def _plain(text: str) -> str:
    """Return a text with ordinary spaces only."""
    return printable(text).replace(NBSP, " ").replace("\u202f", " ")


def _texts(slide: Any) -> Iterator[str]:
    for shape in slide.shapes:
        if shape.has_text_frame and not shape.name.startswith("Comment "):
            yield from (paragraph.text for paragraph in shape.text_frame.paragraphs)
        elif getattr(shape, "has_table", False):
            yield from (cell.text for row in shape.table.rows for cell in row.cells)


def _unknown_in_charts(slide: Any, leaves: list[Any], money: Money) -> Iterator[str]:
    """Yield chart values that are not in the report, and labels that differ from their values."""
    amounts = [leaf for leaf in leaves if isinstance(leaf, int | float)]
    sizes = {1, *(unit.size for unit in money.currency.units)}
    known = [{round(abs(amount) / size, 6) for amount in amounts} for size in sizes]
    for shape in slide.shapes:
        if not shape.has_chart:
            continue
        series = [item for plot in shape.chart.plots for item in plot.series]
        shown = {
            (item.name, value) for item in series for value in item.values if value is not None
        }
        missing = [
            {pair for pair in shown if not _is_among(abs(pair[1]), values)} for values in known
        ]
        for name, value in sorted(min(missing, key=len)):
            yield f"{value} of {name!r} in the chart is not in the report"
        for item in series:
            yield from _wrong_labels(item)


def _is_among(value: float, values: set[float]) -> bool:
    """Return whether a chart's value is one of these, in the last digit as well as can be."""
    last = 1e-6
    return any(round(value + step, 6) in values for step in (0, -last, last))


def _wrong_labels(series: Any) -> Iterator[str]:
    """Yield labels that would not follow when somebody edits the chart's data."""
    for label in series._element.iter("{*}dLbl"):  # noqa: SLF001  python-pptx does not list labels
        shows_value = label.find("{*}showVal").get("val") == "1"
        if label.find("{*}tx") is not None or label.find("{*}numFmt") is None or not shows_value:
            yield f"a label in the chart of {series.name!r} is not the value that it stands at"
