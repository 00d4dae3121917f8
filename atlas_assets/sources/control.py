"""The amounts of a transaction table understood once more, by other code, from another reading.

The models have to come to the same sum (`marts.reconciliation`). What an amount, a total row and a
sum without a label are is spelled out here and in `rows` and `dbt_atlas/macros/parse_amount.sql`,
independently of each other and by the same rules.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Protocol

from atlas_assets.sources.adapter import ControlAmount, ControlReading
from atlas_assets.sources.label_pattern import LabelPattern

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from atlas_assets.configuration.sheet_words import SheetWords
    from atlas_assets.sources.adapter import SheetColumn, SheetManifest

CENT = Decimal("0.01")
LARGEST = Decimal(10) ** 16  # what DECIMAL(18, 2) holds
MOST_TEXTS = 3  # of a total row, its label included
MOST_COLUMNS, FEWEST_NUMBERS = 100, 5  # of a row that numbers the columns
_MINUS = ("-", "−")
_MARKS = ".,' "
_ENDINGS = {",": ("-", "--"), ".": ("-",)}
_LABELLED = ("unit", "student_name", "product_name", "channel")  # where TOTAL may stand
_KEYS = ("unit", "student_name", "product_name", "receipt_number")


class CellReading(Protocol):
    """The cells of a sheet, as another reader than the adapter's has them."""

    def values(self, letter: str, first_row: int) -> Iterable[tuple[int, object]]:
        """Return row and value of the filled cells of a column, from top to bottom."""
        ...

    def row(self, place: str) -> Mapping[str, object]:
        """Return the filled cells of the row of a cell, by column letter from left to right."""
        ...

    def rows_with(self, labels: LabelPattern, form: Callable[[str], str]) -> set[int]:
        """Return rows with a text that, in a form, begins or ends with a label; there may be too many."""
        ...


def control_reading(
    cells: Callable[[], CellReading], manifest: SheetManifest, words: SheetWords
) -> ControlReading:
    """Return the amounts of a sheet, whose `cells` another reader gets, and columns are as the manifest says.

    What the other reader cannot read is a problem of the result, because the sheet has been read.
    """
    try:
        amounts = control_amounts(cells(), manifest.columns, manifest.first_data_row, words)
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # noqa: BLE001  a damaged file can fail in any way, even by a panic
        return ControlReading(problem=f"{type(error).__name__}: {error}")
    return ControlReading(amounts)


def control_amounts(
    reading: CellReading,
    columns: Sequence[SheetColumn],
    first_row: int,
    words: SheetWords,
) -> list[ControlAmount]:
    """Return the readable amounts of the rows from `first_row` on, and which of them are totals."""
    letters = {column.name: column.letter for column in columns}
    labels = [_folded(label) for label in words.total_labels]
    pattern = LabelPattern(tuple(labels))
    may_be_totals = reading.rows_with(pattern, seen) if labels else set()
    amounts: list[ControlAmount] = []
    everything = since_total = Decimal(0)
    for row, value in reading.values(letters["amount"], first_row):
        amount = amount_of(value, words.currency)
        if amount is None:
            continue
        cells: Mapping[str, object] = {}
        is_sum = bool(amounts) and amount in (everything, since_total)
        if is_sum or row in may_be_totals or abs(amount) < MOST_COLUMNS:
            cells = reading.row(f"{letters['amount']}{row}")
        if cells and _numbers_columns(cells, columns):
            continue
        is_total = bool(cells) and (
            (is_sum and not any(_is_filled(cells.get(letters.get(key, ""))) for key in _KEYS))
            or _is_total(cells, letters, labels, words.currency)
        )
        amounts.append(ControlAmount(row, amount, is_total=is_total))
        everything += 0 if is_total else amount
        since_total = Decimal(0) if is_total else since_total + amount
    return amounts


def _is_total(
    cells: Mapping[str, object],
    letters: Mapping[str, str],
    labels: Sequence[str],
    currency: Sequence[str],
) -> bool:
    """Return whether a row without a number has a label as its first text, and few others."""
    if re.match(r"\s*\d", str(cells.get(letters.get("row_number", ""), ""))):
        return False
    texts = {
        letter: text
        for letter, value in cells.items()
        if isinstance(value, str) and (text := _folded(value)) and not _is_figure(text, currency)
    }
    if not texts or len(texts) > MOST_TEXTS:
        return False
    at, first = next(iter(texts.items()))
    labelled = {at, *(letters[name] for name in _LABELLED if name in letters)}
    if any(texts[letter] in labels for letter in labelled & texts.keys()):
        return True
    begins = any(_begins(str(cells[at]), first, label) for label in labels)
    begins = begins or first.endswith(tuple(f" {label}" for label in labels))
    names_a_unit = any(letters.get(key) in cells for key in ("unit", "receipt_number"))
    return begins and (len(texts) == 1 or not names_a_unit)


def _numbers_columns(cells: Mapping[str, object], columns: Sequence[SheetColumn]) -> bool:
    """Return whether a row numbers the columns: 1, 2, 3 and so on, perhaps in parentheses."""
    values = [cells.get(column.letter) for column in columns]
    return len(columns) >= FEWEST_NUMBERS and all(
        seen(str(value)).strip("()") == str(number) for number, value in enumerate(values, 1)
    )


def _begins(written: str, folded: str, label: str) -> bool:
    """Return whether a text begins with a label as a word, or spaced: `T O T A L K A S`."""
    follows = folded.removeprefix(label) if folded.startswith(label) else None
    if follows is None:
        return False
    return re.match(r"[^0-9A-Z]|$", follows) is not None or " " in seen(written)[: len(label)]


def _is_filled(value: object) -> bool:
    return value is not None and bool(seen(str(value)))


def _is_figure(text: str, currency: Sequence[str]) -> bool:
    return re.fullmatch(r"[\s.]*[-\d][\d.,\s-]*", _without_currency(text, currency)) is not None


def _folded(text: str) -> str:
    """Return a text in capitals, without marks around it and between spaced letters."""
    bare = re.sub(r"[\s_./-]+", " ", seen(text).upper()).strip(" :=")
    return bare.replace(" ", "") if re.fullmatch(r"(\S )+\S", bare) else bare


def amount_of(value: object, currency: Sequence[str]) -> Decimal | None:
    """Return the amount in a cell, rounded to the cent, or None if it is unreadable.

    `currency` are the words that may stand before or after its digits.
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float | Decimal):
        number: Decimal | None = Decimal(str(value))
    else:
        number = _spelled(str(value), currency)
    if number is None or not number.is_finite() or abs(number) >= LARGEST:
        return None
    return number.quantize(CENT, ROUND_HALF_UP)


def _spelled(text: str, currency: Sequence[str]) -> Decimal | None:
    """Return the amount that a text spells, or None if it is none or has two readings."""
    text = seen(text).upper()
    in_parentheses = text.startswith("(") and text.endswith(")")
    if in_parentheses:
        text = text[1:-1].strip()
    rest, signs = _without_signs_and_currency(text, currency)
    if len(signs) + in_parentheses > 1:
        return None
    rest, has_no_cents = _before_ending(rest)
    plain = _plain(rest)
    if plain is None or (has_no_cents and "." in plain):
        return None
    return -Decimal(plain) if signs or in_parentheses else Decimal(plain)


def seen(text: str) -> str:
    """Return a text without escapes, invisible characters and surplus blanks.

    Written apart from `visible_text`, so that one slip does not mislead both readers.
    """
    decoded = re.sub(r"_x([0-9a-fA-F]{4})_", lambda escape: chr(int(escape[1], 16)), text)
    composed = unicodedata.normalize("NFKC", decoded.replace("\u00b4", "'"))
    spaced = "".join(" " if char.isspace() else char for char in composed)
    visible = "".join(char for char in spaced if unicodedata.category(char) not in {"Cc", "Cf"})
    return " ".join(visible.split())


def _without_signs_and_currency(text: str, currency: Sequence[str]) -> tuple[str, list[str]]:
    """Return a text without at most one currency, and without the signs around it, and those signs."""
    signs: list[str] = []
    for is_sign in (True, False, True):
        if not is_sign:
            text = _without_currency(text, currency)
        elif text.startswith(_MINUS):
            signs.append(text[0])
            text = text[1:].lstrip()
    return text, signs


def _without_currency(text: str, currency: Sequence[str]) -> str:
    """Return a text without a word of the currency at its beginning or, if it has none there, at its end."""
    for word in currency:
        if text.startswith(word):
            return text.removeprefix(word).removeprefix(".").lstrip()
    bare = text.removesuffix(".")
    return next(
        (bare.removesuffix(word).rstrip() for word in currency if bare.endswith(word)), text
    )


def _before_ending(text: str) -> tuple[str, bool]:
    """Return a text without the `,-` that says "no cents", and whether it had one."""
    bare = text.rstrip("-")
    dashes = text[len(bare) :]
    bare = bare.rstrip()
    if dashes in _ENDINGS.get(bare[-1:], ()):
        return bare[:-1].rstrip(), True
    return text, False


def _plain(number: str) -> str | None:
    """Return a number without thousands marks and with a decimal point, or None."""
    marks = [char for char in number if char in _MARKS]
    groups = "".join(" " if char in _MARKS else char for char in number).split(" ")
    if not all(group.isascii() and group.isdecimal() for group in groups):
        return None
    lengths = [len(group) for group in groups]
    are_thousands = lengths[0] <= 3 and set(lengths[1:]) == {3} and len(set(marks)) == 1
    if not marks or are_thousands:
        return "".join(groups)
    whole, decimals = "".join(groups[:-1]), groups[-1]
    if marks[-1] not in ".,":
        return None
    if len(marks) == 1:
        return None if len(decimals) == 3 else f"{whole}.{decimals}"
    has_thousands = (
        lengths[0] <= 3 and set(lengths[1:-1]) == {3} and len(set(marks[:-1])) == 1
    ) and marks[-1] != marks[0]
    return f"{whole}.{decimals}" if has_thousands and len(decimals) <= 2 else None
