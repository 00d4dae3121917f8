"""The business: its entities, units, words, rules and calendar."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

import polars as pl
from pydantic import Field, StringConstraints, field_validator, model_validator

from atlas_assets.documents.strict_model import KeyedError, StrictModel, no_repeats
from atlas_assets.errors import ConfigurationError, nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

Code = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*$")]
Color = Annotated[str, StringConstraints(pattern=r"^#[0-9A-F]{6}$")]
MonthNumber = Annotated[int, Field(ge=1, le=12)]
Word = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
ChannelCategory = Literal["conventional", "digital"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class Group(StrictModel):
    """The owner of all entities."""

    name: str
    full_name: str


class Unit(StrictModel):
    """An operating unit of one entity."""

    code: Code
    name: str
    brand: str
    receipt_prefix: str
    color: Color
    aliases: list[str] = Field(default_factory=list)


class Entity(StrictModel):
    """A company of the group; data of two entities never meet."""

    code: Code
    name: str
    full_name: str
    units: Annotated[list[Unit], Field(min_length=1)]

    def unit(self, code: str) -> Unit:
        """Return the unit with that code, in any case. Raises ConfigurationError if unknown."""
        for unit in self.units:
            if unit.code == code.upper():
                return unit
        codes = [unit.code for unit in self.units]
        raise ConfigurationError(
            f"{self.code} has no unit {code!r}.{nearest(code, codes)} Known: {', '.join(codes)}."
        )


class ProgramUnit(StrictModel):
    """Which unit a word means that several units share, decided by the program."""

    entity: Code
    written: str
    program_pattern: str
    unit: Code

    @field_validator("program_pattern")
    @classmethod
    def _is_a_pattern(cls, pattern: str) -> str:
        try:  # by an engine without look-around, as DuckDB's
            pl.Series([""]).str.contains(pattern)
        except pl.exceptions.ComputeError as error:
            raise ValueError(f"{pattern!r} is no regular expression ({error})") from error
        return pattern


class Named(StrictModel):
    """A lookup value with the ways in which the sheets write it."""

    code: str
    name: str
    aliases: list[str] = Field(default_factory=list)


class PaymentPattern(Named):
    """A way to pay an order; `settles` when this payment is the last one of it."""

    settles: bool = False


class Channel(StrictModel):
    """A marketing channel with the ways in which the sheets write it."""

    name: str
    category: ChannelCategory
    aliases: list[str] = Field(default_factory=list)


class PlausibleIntake(StrictModel):
    """How far an intake may lie from the transaction's month, in months."""

    months_before: Annotated[int, Field(ge=0)]
    months_after: Annotated[int, Field(ge=0)]


class Calendar(StrictModel):
    """When the business's months are worked on, in its time zone.

    On `close_day` of a month at `close_hour` the month before is closed; once a week, on
    `weekly_day` at the same hour, the running month is brought up to date. What was due is looked
    at three hours after that hour, every day, so it has to be one of the same day.
    """

    time_zone: str = "Asia/Jakarta"
    close_day: Annotated[int, Field(ge=1, le=28)] = 5
    close_hour: Annotated[int, Field(ge=0, le=20)] = 6
    weekly_day: Weekday = "monday"

    @field_validator("time_zone")
    @classmethod
    def _is_known(cls, name: str) -> str:
        if name not in available_timezones():
            raise ValueError(f"{name!r} is no time zone.{nearest(name, available_timezones())}")
        return name

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the business."""
        return ZoneInfo(self.time_zone)

    def now(self) -> datetime:
        """Return the time by the clock of the business."""
        return datetime.now(self.zone)


class Registry(StrictModel):
    """The business, its words and its rules."""

    group: Group
    entities: Annotated[list[Entity], Field(min_length=1)]
    program_units: list[ProgramUnit]
    channels: list[Channel]
    payment_patterns: list[PaymentPattern]
    payment_methods: list[Named]
    organization_levels: list[str]
    sexes: list[Named]
    honorifics: Annotated[list[Word], Field(min_length=1)]
    months: Annotated[dict[MonthNumber, list[Word]], Field(min_length=12)]
    total_row_labels: Annotated[list[Word], Field(min_length=1)]
    ignored_sheets: list[Word]
    plausible_intake: PlausibleIntake
    calendar: Calendar = Calendar()
    renewal_window_days: int

    @model_validator(mode="after")
    def _codes_are_unique(self) -> Registry:
        no_repeats("entity code", [entity.code for entity in self.entities], ["entities"])
        no_repeats("channel", [channel.name for channel in self.channels], ["channels"])
        words = [word for words in self.months.values() for word in words]
        no_repeats("month word", words, ["months"], str.upper)
        _one_meaning("channels", self.channels)
        _one_meaning("payment_patterns", self.payment_patterns)
        _one_meaning("payment_methods", self.payment_methods)
        for position, entity in enumerate(self.entities):
            codes = [unit.code for unit in entity.units]
            no_repeats(f"unit code of {entity.code}", codes, ["entities", position, "units"])
            _one_meaning(f"entities, units of {entity.code}", entity.units, ["entities", position])
        for position, rule in enumerate(self.program_units):
            try:
                self.entity(rule.entity).unit(rule.unit)
            except ConfigurationError as error:
                raise KeyedError(["program_units", position], str(error).rstrip(".")) from error
        return self

    def entity(self, code: str) -> Entity:
        """Return the entity with that code, in any case. Raises ConfigurationError if unknown."""
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
    """Raise an error for a word that means two values, of which one would be picked by chance."""
    meanings: dict[str, str] = {}
    for value in values:
        for word in (*([value.code] if not isinstance(value, Channel) else []), *_spellings(value)):
            other = meanings.setdefault(_compared(word), value.name)
            if other != value.name:
                message = f"the word {word!r} stands for {other!r} and for {value.name!r}"
                raise KeyedError([*(keys or [what])], message)


def _spellings(value: Unit | Named | Channel) -> list[str]:
    return [value.name, *value.aliases]


def _compared(word: str) -> str:
    """Return a word in the form in which the models compare words."""
    return " ".join(re.findall(r"[^\W_]+", unicodedata.normalize("NFC", word).upper()))
