"""The business: its entities, units, words, rules and calendar."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal
from unicodedata import category
from zoneinfo import ZoneInfo, available_timezones

import duckdb
from pydantic import AfterValidator, Field, StringConstraints, field_validator, model_validator

from atlas_assets.configuration.visible_text import visible_text
from atlas_assets.documents.strict_model import KeyedError, StrictModel, no_repeats
from atlas_assets.errors import ConfigurationError, nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

_NOT_SHOWN = {"Cc", "Cs", "Zl", "Zp"}  # control characters, halves of characters, separators


def _showable(word: str) -> str:
    """Return a word, or raise ValueError for one that no page could show."""
    if any(category(character) in _NOT_SHOWN for character in word):
        raise ValueError(f"{word!r} has a character that cannot be shown")
    return word


Code = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*$")]
Color = Annotated[str, StringConstraints(pattern=r"^#[0-9A-F]{6}$")]
MonthNumber = Annotated[int, Field(ge=1, le=12)]
Word = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200, strip_whitespace=True),
    AfterValidator(_showable),
]
ChannelCategory = Literal["conventional", "digital"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class Group(StrictModel):
    """The owner of all entities."""

    name: Word
    full_name: Word


class Unit(StrictModel):
    """An operating unit of one entity."""

    code: Code
    name: Word
    brand: Word
    receipt_prefix: Word
    color: Color
    aliases: list[Word] = Field(default_factory=list)


class Entity(StrictModel):
    """A company of the group; data of different entities are never mixed."""

    code: Code
    name: Word
    full_name: Word
    units: Annotated[list[Unit], Field(min_length=1)]

    def unit(self, code: str) -> Unit:
        """Return the unit with a code, in any case. Raises ConfigurationError if there is none."""
        for unit in self.units:
            if unit.code == code.upper():
                return unit
        codes = [unit.code for unit in self.units]
        raise ConfigurationError(
            f"{self.code} has no unit {code!r}.{nearest(code, codes)} Known: {', '.join(codes)}."
        )


class ProgramUnit(StrictModel):
    """A rule that decides by the program which unit is meant by a word that several units share."""

    entity: Code
    written: Word
    program_pattern: str
    unit: Code

    @field_validator("program_pattern")
    @classmethod
    def _is_a_pattern(cls, pattern: str) -> str:
        try:  # in the engine that will use it
            # As a literal: a parameter makes DuckDB import pandas where it is installed (0.3 s).
            literal = pattern.replace("'", "''")
            duckdb.execute(f"SELECT regexp_matches('', '{literal}')")
        except duckdb.InvalidInputException as error:
            why = str(error).split("\n", maxsplit=1)[0]
            raise ValueError(f"{pattern!r} is no regular expression ({why})") from error
        return pattern


class Named(StrictModel):
    """A lookup value, with its spellings in the sheets."""

    code: Word
    name: Word
    aliases: list[Word] = Field(default_factory=list)


class PaymentPattern(Named):
    """A way to pay an order; `settles` means that the payment is the last one of its order."""

    settles: bool = False


class Channel(StrictModel):
    """A marketing channel, with its spellings in the sheets."""

    name: Word
    category: ChannelCategory
    aliases: list[Word] = Field(default_factory=list)


class PlausibleIntake(StrictModel):
    """How far an intake may be from the month of the transaction, in months."""

    months_before: Annotated[int, Field(ge=0, le=1_200)]
    months_after: Annotated[int, Field(ge=0, le=1_200)]


class Calendar(StrictModel):
    """When the months of the business are processed, in its time zone.

    On `close_day` of a month at `close_hour`, the month before is closed. On every `weekly_day` at the
    same hour, the running month is brought up to date. Late months are looked for every day three
    hours after `close_hour`, which is at most 20 so that this is still the same day.
    """

    time_zone: str = "Asia/Jakarta"
    close_day: Annotated[int, Field(ge=1, le=28)] = 5
    close_hour: Annotated[int, Field(ge=0, le=20)] = 6
    weekly_day: Weekday = "monday"

    @field_validator("time_zone")
    @classmethod
    def _is_known(cls, name: str) -> str:
        if name not in available_timezones():
            near = nearest(name, available_timezones())
            raise ValueError(f"{name!r} is not a time zone.{near}".rstrip("."))
        return name

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the business."""
        return ZoneInfo(self.time_zone)

    def now(self) -> datetime:
        """Return the current time in the time zone of the business."""
        return datetime.now(self.zone)


class Registry(StrictModel):
    """The business, its words and its rules."""

    group: Group
    entities: Annotated[list[Entity], Field(min_length=1)]
    program_units: list[ProgramUnit]
    channels: list[Channel]
    payment_patterns: list[PaymentPattern]
    payment_methods: list[Named]
    organization_levels: list[Word]
    sexes: list[Named]
    honorifics: Annotated[list[Word], Field(min_length=1)]
    months: Annotated[dict[MonthNumber, list[Word]], Field(min_length=12)]
    total_row_labels: Annotated[list[Word], Field(min_length=1)]
    ignored_sheets: list[Word]
    plausible_intake: PlausibleIntake
    calendar: Calendar = Calendar()
    renewal_window_days: Annotated[int, Field(ge=0, le=3_660)]

    @model_validator(mode="after")
    def _codes_are_unique(self) -> Registry:
        no_repeats("entity code", [entity.code for entity in self.entities], ["entities"])
        no_repeats("channel", [channel.name for channel in self.channels], ["channels"])
        words = [word for words in self.months.values() for word in words]
        no_repeats("month word", words, ["months"], folded_word)
        _one_meaning("channels", self.channels)
        _one_meaning("payment_patterns", self.payment_patterns)
        _one_meaning("payment_methods", self.payment_methods)
        _one_meaning("sexes", self.sexes)
        no_repeats("level", self.organization_levels, ["organization_levels"], folded_word)
        for position, entity in enumerate(self.entities):
            codes = [unit.code for unit in entity.units]
            keys = ["entities", position, "units"]
            no_repeats(f"unit code of {entity.code}", codes, keys)
            brands = [unit.brand for unit in entity.units]
            no_repeats(f"brand of {entity.code}", brands, keys, folded_word)
            _one_meaning(f"entities, units of {entity.code}", entity.units, ["entities", position])
        for position, rule in enumerate(self.program_units):
            try:
                self.entity(rule.entity).unit(rule.unit)
            except ConfigurationError as error:
                raise KeyedError(["program_units", position], str(error).rstrip(".")) from error
            for unit in self.entity(rule.entity).units:
                if folded_word(rule.written) in map(folded_word, _words(unit)):
                    raise KeyedError(
                        ["program_units", position],
                        f"the word {rule.written!r} stands for {_called(unit)} whatever the program",
                    )
        return self

    def entity(self, code: str) -> Entity:
        """Return the entity with a code, in any case. Raises ConfigurationError if there is none."""
        for entity in self.entities:
            if entity.code == code.upper():
                return entity
        codes = [entity.code for entity in self.entities]
        raise ConfigurationError(
            f"There is no entity {code!r}.{nearest(code, codes)} Known: {', '.join(codes)}."
        )


def _one_meaning(
    what: str, values: Sequence[Unit | Named | Channel], keys: Sequence[int | str] = ()
) -> None:
    """Raise KeyedError for a word that stands for two values; `keys` lead to the list of them."""
    meanings: dict[str, int] = {}
    for position, value in enumerate(values):
        for word in _words(value):
            other = meanings.setdefault(folded_word(word), position)
            if other != position:
                raise KeyedError(
                    [*(keys or [what])],
                    f"the word {word!r} stands for {_called(values[other])} and for {_called(value)}",
                )


def _words(value: Unit | Named | Channel) -> list[str]:
    code = [] if isinstance(value, Channel) else [value.code]
    return [*code, value.name, *value.aliases]


def _called(value: Unit | Named | Channel) -> str:
    code = "" if isinstance(value, Channel) else f" ({value.code})"
    return f"{value.name!r}{code}"


def folded_word(word: str) -> str:
    """Return a word in the form in which the dbt models compare words (`folded_name`)."""
    return " ".join(visible_text(word).upper().replace(".", " ").split())
