"""The words that the columns of the workbooks use: units, channels, ways of payment."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rapidfuzz import fuzz

from atlas_assets.configuration.registry import folded_word
from atlas_assets.guessing.dictionary import dictionary

if TYPE_CHECKING:
    from collections.abc import Iterable

    from atlas_assets.guessing.sheets import SheetGuess

LEAST_SHARE = 0.005  # of a column's cells, below which a word is a mistake and no word of its own
FEWEST = 2
_SLIP, _LIKE = 0.2, 80  # how often a misspelling occurs beside the word, and percent of likeness
_LIKELY_PREFIX = 0.6  # of a unit's receipts
_LONGEST_WORD = 60  # characters; a longer text is a sentence


@dataclass
class Word:
    """A word of a column: how it is mostly written, how often it occurs, and its other spellings."""

    written: str
    count: int
    aliases: list[str] = field(default_factory=list)

    @property
    def code(self) -> str:
        """The word as a code: `TRUE_MANDARIN`."""
        code = re.sub(r"[^A-Z0-9]+", "_", folded_word(self.written)).strip("_")
        return code if re.match("[A-Z]", code) else f"U{code}"


def words_of(sheets: Iterable[SheetGuess], column: str) -> tuple[list[Word], list[Word]]:
    """Return the words of a column, the most frequent first, and those that are too rare to be any."""
    spellings: dict[str, Counter[str]] = {}
    totals = {*map(folded_word, dictionary().total_row_labels)}
    for sheet in sheets:
        for _, text in sheet.values(column):
            if any(f"{folded_word(text)} ".startswith(f"{label} ") for label in totals):
                continue
            if re.search(r"[^\W\d_]", text) and len(text) <= _LONGEST_WORD:
                spellings.setdefault(_loose(text), Counter())[text] += 1
    total = sum(counter.total() for counter in spellings.values())
    words = [
        Word(
            counter.most_common(1)[0][0], counter.total(), [t for t, _ in counter.most_common()[1:]]
        )
        for counter in spellings.values()
    ]
    words.sort(key=lambda word: (-word.count, word.written))
    words = _without_slips(words)
    least = max(FEWEST, total * LEAST_SHARE)
    return [w for w in words if w.count >= least], [w for w in words if w.count < least]


def _without_slips(words: list[Word]) -> list[Word]:
    """Return words, the most frequent first, with those that are much rarer and much like one as its aliases."""
    kept: list[Word] = []
    for word in words:
        form = _loose(word.written)
        like = next(
            (
                other
                for other in kept
                if word.count < other.count * _SLIP
                and fuzz.ratio(form, _loose(other.written)) >= _LIKE
            ),
            None,
        )
        if like is None:
            kept.append(word)
        else:
            like.aliases += [word.written, *word.aliases]
            like.count += word.count
    return kept


def _loose(text: str) -> str:
    return re.sub(r"[\W_]+", "", folded_word(text))


def receipt_pattern(sheets: list[SheetGuess]) -> str | None:
    """Return the pattern of the prefix of receipt numbers, if most have letters before their first digit."""
    receipts = [text.upper() for sheet in sheets for _, text in sheet.values("receipt_number")]
    lettered = [text for text in receipts if re.match(r"[A-Z]+[^A-Z]", text)]
    if not receipts or len(lettered) < _LIKELY_PREFIX * len(receipts):
        return None
    return "^[A-Z]+"


def prefixes(sheets: list[SheetGuess]) -> dict[str, str]:
    """Return the letters with which most receipts of a unit begin, by the unit's loose word."""
    found: dict[str, Counter[str]] = {}
    for sheet in sheets:
        units = dict(sheet.values("unit"))
        for row, text in sheet.values("receipt_number"):
            if (unit := units.get(row)) and (match := re.match(r"[A-Z]+", text.upper())):
                found.setdefault(_loose(unit), Counter())[match[0]] += 1
    return {
        unit: counter.most_common(1)[0][0]
        for unit, counter in found.items()
        if counter.most_common(1)[0][1] >= _LIKELY_PREFIX * counter.total()
    }


def prefix_of(word: Word, by_unit: dict[str, str]) -> str | None:
    """Return the prefix of a unit's receipts, if most have the same."""
    return by_unit.get(_loose(word.written))
