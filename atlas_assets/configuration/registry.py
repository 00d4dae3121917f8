"""The business: its entities, units, words, rules and calendar."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field, field_validator, model_validator

from atlas_assets.configuration.calendar_words import month_words, weekday_words
from atlas_assets.configuration.currency import RUPIAH, Currency
from atlas_assets.configuration.field_types import Code, Color, MonthNumber, Pattern, Word
from atlas_assets.configuration.sheet_words import SheetWords
from atlas_assets.configuration.visible_text import visible_text
from atlas_assets.documents.strict_model import KeyedError, StrictModel, refuse, repeats
from atlas_assets.errors import ConfigurationError, nearest
from atlas_assets.periods.calendar import MONTHS_A_YEAR

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ChannelCategory = Literal["conventional", "digital"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class Group(StrictModel):
    """The owner of all entities."""

    name: Word
    """The name on slides."""
    full_name: Word
    """The name in full."""


class Unit(StrictModel):
    """An operating unit of one entity."""

    code: Code
    """A short name, unique within the entity."""
    name: Word
    """The name on slides."""
    brand: Word
    """The public brand, to which the unit's programs belong."""
    receipt_prefix: Word | None = None
    """How the unit's receipt numbers begin; units may share one. Without it, they can begin in any way."""
    color: Color
    """The colour of the unit in the deck."""
    aliases: list[Word] = Field(default_factory=list)
    """Other ways in which the sheets write the unit."""


class Entity(StrictModel):
    """A company of the group; data of different entities are never mixed."""

    code: Code
    """A short name, for commands and file names."""
    name: Word
    """The name on slides."""
    full_name: Word
    """The legal name."""
    units: Annotated[list[Unit], Field(min_length=1)]
    """The operating units."""

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
    """The entity that the rule belongs to."""
    written: Word
    """The word in the unit column."""
    program_pattern: Pattern
    """Is searched in the program's name, in capitals and with punctuation turned into single blanks."""
    unit: Code
    """The unit that is meant."""


class LookupValue(StrictModel):
    """A lookup value, with its spellings in the sheets."""

    code: Word
    """A short name, for files and the database."""
    name: Word
    """The name for people."""
    aliases: list[Word] = Field(default_factory=list)
    """Other ways in which the sheets write it."""


class PaymentPattern(LookupValue):
    """Which part of the price a payment is."""

    settles: bool = False
    """Whether an order is paid with this payment."""


class Channel(StrictModel):
    """A marketing channel, with its spellings in the sheets."""

    name: Word
    """The name on slides."""
    category: ChannelCategory
    """The kind of marketing."""
    aliases: list[Word] = Field(default_factory=list)
    """Other ways in which the sheets write it."""


class PlausibleIntake(StrictModel):
    """How far an intake may be from the month of the transaction, in months."""

    months_before: Annotated[int, Field(ge=0, le=1_200)] = 24
    """How many months before."""
    months_after: Annotated[int, Field(ge=0, le=1_200)] = 18
    """How many months after."""


class Calendar(StrictModel):
    """When the months of the business are processed, in its time zone.

    On `close_day` of a month at `close_hour`, the month before is closed. On every `weekly_day` at the
    same hour, the running month is brought up to date. Late months are looked for every day three
    hours after `close_hour`, which is at most 20 so that this is still the same day.
    """

    time_zone: str = "Asia/Jakarta"
    """The clock of the business, by its IANA name."""
    close_day: Annotated[int, Field(ge=1, le=28)] = 5
    """The day of the month on which the month before is closed."""
    close_hour: Annotated[int, Field(ge=0, le=20)] = 6
    """The hour of that day."""
    weekly_day: Weekday = "monday"
    """The day of the week on which the running month is brought up to date, at the same hour."""

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
    """The owner of all entities."""
    entities: Annotated[list[Entity], Field(min_length=1)]
    """The companies of the group."""
    program_units: list[ProgramUnit] = Field(default_factory=list)
    """Which unit a word means that several units share. The first rule that matches the program decides."""
    channels: list[Channel] = Field(default_factory=list)
    """The marketing channels, in the order of the slides."""
    payment_patterns: list[PaymentPattern] = Field(default_factory=list)
    """Which part of the price a payment can be."""
    payment_methods: list[LookupValue] = Field(default_factory=list)
    """How money is handed over."""
    organization_levels: list[Word] = Field(default_factory=list)
    """The levels of schooling, in their order."""
    sexes: list[LookupValue] = Field(default_factory=list)
    """How the sheets write the sex of a student."""
    honorifics: list[Word] = Field(default_factory=list)
    """Words that are dropped from the beginning of a name."""
    months: dict[MonthNumber, list[Word]] = Field(default_factory=month_words)
    """Every way in which the sheets write a month; by default the Indonesian and English names."""
    weekdays: list[Word] = Field(default_factory=weekday_words)
    """Words that may stand before a date; by default the Indonesian and English days of the week."""
    total_row_labels: list[Word] = Field(default_factory=list)
    """How a row begins that sums up others; case, full stops and spaced letters do not matter."""
    ignored_sheets: list[Word] = Field(default_factory=list)
    """How the names of sheets begin that are never read, such as computed copies."""
    receipt_prefix_pattern: Pattern = "^[^.]*"
    """Which part of a receipt number has to be the unit's prefix: here what stands before the first full stop."""
    plausible_intake: PlausibleIntake = PlausibleIntake()
    """How far an intake may be from the month of the sheet to be believed."""
    currency: Currency = RUPIAH
    """The money of the business; by default the rupiah."""
    fiscal_year_start: MonthNumber = 1
    """The month in which the year begins, for quarters and years; a year is called by the one in which it ends."""
    calendar: Calendar = Calendar()
    """When months are closed."""
    renewal_window_days: Annotated[int, Field(ge=0, le=3_660)] = 365
    """A renewal follows the student's latest earlier enrollment by at most so many days; later, it is alumni."""

    smallest_mover: Annotated[int, Field(ge=0)] = 1_000_000
    """How much revenue a program must have, this year or last, to be told as one that moved."""

    @model_validator(mode="after")
    def _is_unambiguous(self) -> Registry:
        words = [word for words in self.months.values() for word in words]
        refuse(
            [
                *repeats("entity code", (entity.code for entity in self.entities), ["entities"]),
                *repeats("channel", (channel.name for channel in self.channels), ["channels"]),
                *repeats("month word", words, ["months"], folded_word),
                *self._missing_months(),
                *repeats("level", self.organization_levels, ["organization_levels"], folded_word),
                *_ambiguities("channels", self.channels),
                *_ambiguities("payment_patterns", self.payment_patterns),
                *_ambiguities("payment_methods", self.payment_methods),
                *_ambiguities("sexes", self.sexes),
                *self._mistakes_in_units(),
                *self._mistakes_in_rules(),
            ]
        )
        return self

    @property
    def sheet_words(self) -> SheetWords:
        """The words by which the rows of a sheet are understood."""
        return SheetWords(tuple(self.total_row_labels), self.currency.words)

    def _missing_months(self) -> Iterator[KeyedError]:
        if missing := [
            number for number in range(1, MONTHS_A_YEAR + 1) if not self.months.get(number)
        ]:
            listed = ", ".join(map(str, missing))
            yield KeyedError(["months"], f"there is no word for the months {listed}")

    def _mistakes_in_units(self) -> Iterator[KeyedError]:
        for position, entity in enumerate(self.entities):
            keys = ["entities", position, "units"]
            codes = [unit.code for unit in entity.units]
            yield from repeats(f"unit code of {entity.code}", codes, keys)
            brands = [unit.brand for unit in entity.units]
            yield from repeats(f"brand of {entity.code}", brands, keys, folded_word)
            yield from _ambiguities(f"entities, units of {entity.code}", entity.units, keys)

    def _mistakes_in_rules(self) -> Iterator[KeyedError]:
        for position, rule in enumerate(self.program_units):
            keys = ["program_units", position]
            try:
                self.entity(rule.entity).unit(rule.unit)
            except ConfigurationError as error:
                yield KeyedError(keys, str(error).rstrip("."))
                continue
            for unit in self.entity(rule.entity).units:
                if folded_word(rule.written) in map(folded_word, spellings(unit)):
                    yield KeyedError(
                        keys,
                        f"the word {rule.written!r} stands for {_called(unit)} whatever the program",
                    )

    def entity(self, code: str) -> Entity:
        """Return the entity with a code, in any case. Raises ConfigurationError if there is none."""
        for entity in self.entities:
            if entity.code == code.upper():
                return entity
        codes = [entity.code for entity in self.entities]
        raise ConfigurationError(
            f"There is no entity {code!r}.{nearest(code, codes)} Known: {', '.join(codes)}."
        )


def _ambiguities(
    what: str, values: Sequence[Unit | LookupValue | Channel], keys: Sequence[int | str] = ()
) -> Iterator[KeyedError]:
    """Yield a mistake for each word that stands for two values; `keys` lead to the list of them."""
    meanings: dict[str, int] = {}
    for position, value in enumerate(values):
        for word in spellings(value):
            other = meanings.setdefault(folded_word(word), position)
            if other != position:
                yield KeyedError(
                    keys or [what],
                    f"the word {word!r} stands for {_called(values[other])} and for {_called(value)}",
                )


def spellings(value: Unit | LookupValue | Channel) -> list[str]:
    """Return every word that stands for a value: its code, its name and its aliases."""
    code = [] if isinstance(value, Channel) else [value.code]
    return [*code, value.name, *value.aliases]


def _called(value: Unit | LookupValue | Channel) -> str:
    code = "" if isinstance(value, Channel) else f" ({value.code})"
    return f"{value.name!r}{code}"


def folded_word(word: str) -> str:
    """Return a word in the form in which the dbt models compare words (`folded_name`)."""
    return " ".join(visible_text(word).upper().replace(".", " ").split())
