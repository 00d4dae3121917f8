"""The money of the business: how sheets write it, and in which units slides tell it."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from atlas_assets.configuration.field_types import Word
from atlas_assets.configuration.visible_text import visible_text
from atlas_assets.documents.strict_model import KeyedError, StrictModel, refuse, repeats

Language = Literal["id", "en"]
_IN_NUMBERS = re.compile(r"[\d,'()+\u2212-]")


class CurrencyUnit(StrictModel):
    """A unit that slides tell large amounts in, such as millions."""

    size: Annotated[int, Field(gt=1)]
    """How much of the currency it is."""
    least: Annotated[int, Field(gt=1)] | None = None
    """From which amount on a text uses it; by default, from its size on."""
    decimals: Annotated[int, Field(ge=0, le=4)] = 0
    """How many decimals an amount in a text then has."""
    words: Annotated[dict[Language, Word], Field(min_length=1)]
    """Its word in each language of the reports: `{id: jt, en: m}`."""

    @property
    def start(self) -> int:
        """From which amount on a text uses it."""
        return self.least or self.size


_MILLIONS: dict[Language, str] = {"id": "jt", "en": "m"}


def usual_units() -> list[CurrencyUnit]:
    """Return trillions, billions, millions and thousands, as Indonesia and the English write them."""
    return [
        CurrencyUnit(size=10**12, decimals=2, words={"id": "T", "en": "tn"}),
        CurrencyUnit(size=10**9, decimals=2, words={"id": "M", "en": "bn"}),
        CurrencyUnit(size=10**6, least=10**8, words=_MILLIONS),
        CurrencyUnit(size=10**6, decimals=1, words=_MILLIONS),
        CurrencyUnit(size=10**3, words={"id": "rb", "en": "k"}),
    ]


class Currency(StrictModel):
    """The money that all sheets are in, and how slides write it."""

    code: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    """The ISO code, which titles of slides name."""
    symbol: Word
    """What stands before an amount in a text."""
    name: Word
    """What amounts are counted in, for sentences."""
    decimals: Annotated[int, Field(ge=0, le=2)] = 0
    """How many decimals an amount has that is below every unit."""
    units: list[CurrencyUnit] = Field(default_factory=usual_units)
    """The units of large amounts; by default trillions, billions, millions and thousands."""
    aliases: list[Word] = Field(default_factory=list)
    """Other ways in which the sheets write the currency than its code, symbol and name."""

    @model_validator(mode="after")
    def _is_consistent(self) -> Currency:
        starts = [str(unit.start) for unit in self.units]
        refuse(
            [
                *repeats("least amount of a unit", starts, ["units"]),
                *(
                    KeyedError([], f"the currency {word!r} has a character that belongs to numbers")
                    for word in self.words
                    if _IN_NUMBERS.search(word) or not word
                ),
            ]
        )
        return self

    @property
    def words(self) -> tuple[str, ...]:
        """Every way in which sheets write the currency, in capitals and without a full stop, the longest first."""
        written = {self.code, self.symbol, self.name, *self.aliases}
        forms = {visible_text(word).upper().rstrip(". ") for word in written}
        return tuple(sorted(forms, key=lambda word: (-len(word), word)))

    @property
    def pattern(self) -> str:
        """The regular expression of the words, in capitals."""
        return "|".join(map(re.escape, self.words))

    @property
    def descending_units(self) -> list[CurrencyUnit]:
        """The units, from the one for the largest amounts on."""
        return sorted(self.units, key=lambda unit: unit.start, reverse=True)


RUPIAH = Currency(code="IDR", symbol="Rp", name="rupiah")
