"""The registry and the yearly workbook configurations: `source/config`, read and validated.

A mistake is reported with file, line, key, what was found and what is expected.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cached_property
from pathlib import PurePath
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar
from zoneinfo import available_timezones

import polars as pl
import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)
from xlsxwriter.utility import xl_cell_to_rowcol

from atlas_assets.errors import ConfigurationError, nearest
from atlas_assets.sources.header_text import normalized_header

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

Code = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*$")]
Color = Annotated[str, StringConstraints(pattern=r"^#[0-9A-F]{6}$")]
MonthNumber = Annotated[int, Field(ge=1, le=12)]
Word = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
RowNumber = Annotated[int, Field(strict=True, ge=1, le=1_048_576)]  # the last row of a sheet
ChannelCategory = Literal["conventional", "digital"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
TableName = Literal["transactions", "students", "organizations", "targets", "marketing_activity"]
TABLES: tuple[TableName, ...] = (
    "transactions",
    "students",
    "organizations",
    "targets",
    "marketing_activity",
)

# The columns that the models know; the yearly files map the sheets' headers to them.
COLUMNS: dict[TableName, set[str]] = {
    "transactions": {
        *("row_number", "transaction_date", "receipt_number", "student_name", "unit"),
        *("product_name", "product_category", "variant_name", "intake", "organization_name"),
        *("organization_level", "channel", "payment_pattern", "payment_method", "amount"),
        *("recorded_by", "note"),
    },
    "students": {
        *("row_number", "unit", "registration_month", "registration_month_and_intake", "intake"),
        *("student_number", "student_name", "sex", "birth_place", "birth_date", "address", "city"),
        *("identity_number", "phone", "email", "guardian_name", "guardian_phone", "grade"),
        *("organization_name", "organization_level", "product_name", "product_category"),
        *("variant_name", "channel", "registration_date", "note"),
    },
    "organizations": {"row_number", "organization_name", "organization_level", "city"},
    "targets": {
        *("row_number", "unit", "product_name", "target_students", "target_revenue"),
        *("reported_students", "reported_revenue"),
    },
    "marketing_activity": {
        *("row_number", "week", "unit", "channel", "title", "activity_date", "target_leads"),
        *("leads", "follow_ups", "closings", "note"),
    },
}

# What a year's configuration has to map.
REQUIRED_COLUMNS: dict[TableName, set[str]] = {
    "transactions": {
        *("transaction_date", "student_name", "unit", "product_name", "intake", "channel"),
        *("organization_name", "amount"),
    },
    "students": {"student_name", "unit"},
    "organizations": {"organization_name", "organization_level"},
    "targets": {"unit", "product_name", "target_students", "target_revenue"},
    "marketing_activity": {"unit", "channel", "leads", "follow_ups"},
}
# What a sheet may lack: no figure depends on it. Any other configured column it has to have.
OPTIONAL_COLUMNS = {
    *("row_number", "recorded_by", "note", "variant_name", "grade", "address", "birth_place"),
    *("email", "phone", "guardian_name", "guardian_phone", "identity_number", "student_number"),
    *("week", "title", "city", "product_category"),
}


class _KeyedError(ValueError):
    """A mistake in the value that stands under some keys, below where it is found."""

    def __init__(self, keys: list[int | str], message: str) -> None:
        super().__init__(message)
        self.keys = keys


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Group(_Model):
    """The owner of all entities."""

    name: str
    full_name: str


class Unit(_Model):
    """An operating unit of one entity."""

    code: Code
    name: str
    brand: str
    receipt_prefix: str
    color: Color
    aliases: list[str] = []


class Entity(_Model):
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


class ProgramUnit(_Model):
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


class Named(_Model):
    """A lookup value with the ways in which the sheets write it."""

    code: str
    name: str
    aliases: list[str] = []


class PaymentPattern(Named):
    """A way to pay an order; `settles` when this payment is the last one of it."""

    settles: bool = False


class Channel(_Model):
    """A marketing channel with the ways in which the sheets write it."""

    name: str
    category: ChannelCategory
    aliases: list[str] = []


class PlausibleIntake(_Model):
    """How far an intake may lie from the transaction's month, in months."""

    months_before: Annotated[int, Field(ge=0)]
    months_after: Annotated[int, Field(ge=0)]


class Calendar(_Model):
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


class Registry(_Model):
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
        _no_repeats("entity code", [entity.code for entity in self.entities], ["entities"])
        _no_repeats("channel", [channel.name for channel in self.channels], ["channels"])
        words = [word for words in self.months.values() for word in words]
        _no_repeats("month word", words, ["months"], str.upper)
        _one_meaning("channels", self.channels)
        _one_meaning("payment_patterns", self.payment_patterns)
        _one_meaning("payment_methods", self.payment_methods)
        for position, entity in enumerate(self.entities):
            codes = [unit.code for unit in entity.units]
            _no_repeats(f"unit code of {entity.code}", codes, ["entities", position, "units"])
            _one_meaning(f"entities, units of {entity.code}", entity.units, ["entities", position])
        for position, rule in enumerate(self.program_units):
            try:
                self.entity(rule.entity).unit(rule.unit)
            except ConfigurationError as error:
                raise _KeyedError(["program_units", position], str(error).rstrip(".")) from error
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


def _no_repeats(
    what: str,
    values: Iterable[str],
    keys: Sequence[int | str] = (),
    form: Callable[[str], str] = str,
) -> None:
    """Raise an error for a value that occurs twice in the given form.

    `keys` lead to the list or mapping of them.
    """
    seen: set[str] = set()
    for value in values:
        if form(value) in seen:
            raise _KeyedError([*keys], f"the {what} {value!r} occurs twice")
        seen.add(form(value))


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
                raise _KeyedError([*(keys or [what])], message)


def _spellings(value: Unit | Named | Channel) -> list[str]:
    return [value.name, *value.aliases]


def _compared(word: str) -> str:
    """Return a word in the form in which the models compare words."""
    return " ".join(re.findall(r"[^\W_]+", unicodedata.normalize("NFC", word).upper()))


class SheetTable(_Model):
    """Where one table stands in a year's workbooks and what its columns are called.

    `columns` maps the header as written in the sheet to the column's name. A table that is
    spread over months has `monthly_columns`: header groups named by `month_labels` over the
    measures of one month each.
    """

    workbook: str
    sheet: str | None = None
    sheets: dict[MonthNumber, str] | None = None
    header_row: RowNumber | None = None
    merge_header_rows: list[RowNumber] | None = None
    data_start_row: RowNumber | None = None
    block: Annotated[str, StringConstraints(pattern=r"^[A-Z]+:[A-Z]+$")] | None = None
    columns: dict[str, str]
    monthly_columns: dict[str, str] = {}
    month_labels: dict[MonthNumber, str] = {}

    @model_validator(mode="after")
    def _is_complete(self) -> SheetTable:
        if (self.sheet is None) == (self.sheets is None):
            raise ValueError("give either `sheet` (one for the year) or `sheets` (one a month)")
        if (self.header_row is None) == (self.merge_header_rows is None):
            raise ValueError("give either `header_row` or `merge_header_rows`")
        if self.merge_header_rows is not None and self.data_start_row is None:
            raise ValueError("`merge_header_rows` needs `data_start_row`")
        if self.sheets is not None:
            _no_repeats("sheet", self.sheets.values(), ["sheets"], folded_sheet)
        labels = self.month_labels.values()
        _no_repeats("month label", labels, ["month_labels"], normalized_header)
        if self.block and _position(self.block.split(":")[0]) > _position(self.block.split(":")[1]):
            raise _KeyedError(["block"], f"the block {self.block} ends before it begins")
        _no_repeats("header", self.columns, ["columns"], normalized_header)
        rows = self.header_rows
        if rows != list(range(rows[0], rows[0] + len(rows))):
            raise ValueError(f"`merge_header_rows` {rows} are not adjacent rows from top to bottom")
        if self.data_start_row is not None and self.data_start_row <= rows[-1]:
            raise ValueError(
                f"`data_start_row` {self.data_start_row} is not below the header in row {rows[-1]}"
            )
        return self

    @property
    def header_rows(self) -> list[int]:
        """The 1-based rows that the header stands on."""
        return [self.header_row] if self.header_row else list(self.merge_header_rows or [])

    @property
    def first_data_row(self) -> int:
        """The 1-based row that the data begin on."""
        return self.data_start_row or self.header_rows[-1] + 1

    @property
    def all_sheets(self) -> list[str]:
        """Every sheet of the table."""
        return [self.sheet] if self.sheet else list((self.sheets or {}).values())

    def sheet_for(self, month: int) -> str | None:
        """Return the name of the sheet that holds a month, or None where there is none.

        One sheet without monthly columns holds the whole year: it belongs to January.
        """
        if self.sheets is not None:
            return self.sheets.get(month)
        if self.monthly_columns:
            return self.sheet if month in self.month_labels else None
        return self.sheet if month == 1 else None


class WorkbookYear(_Model):
    """One entity's workbooks of one year."""

    entity: Code
    year: Annotated[int, Field(ge=2000, le=2100)]
    workbooks: dict[str, str]
    tables: dict[TableName, SheetTable]

    @model_validator(mode="after")
    def _tables_are_known(self) -> WorkbookYear:
        if "transactions" not in self.tables:
            raise ValueError("`tables` lacks transactions, without which there is no month")
        for name, table in self.tables.items():
            self._refuse_unknown(name, table)
        for workbook in self.workbooks:
            tables = [table for table in self.tables.values() if table.workbook == workbook]
            sheets = [sheet for table in tables for sheet in table.all_sheets]
            _no_repeats("sheet", sheets, ["tables"], folded_sheet)
        _no_repeats("workbook", self.workbooks.values(), ["workbooks"], file_key)
        return self

    def _refuse_unknown(self, name: TableName, table: SheetTable) -> None:
        for key in ("columns", "monthly_columns"):
            for header, column in getattr(table, key).items():
                if column not in COLUMNS[name]:
                    raise _KeyedError(
                        ["tables", name, key, header],
                        f"table {name} has no column {column!r}.{nearest(column, COLUMNS[name])} "
                        f"Known: {', '.join(sorted(COLUMNS[name]))}",
                    )
        mapped = {*table.columns.values(), *table.monthly_columns.values()}
        if missing := sorted(REQUIRED_COLUMNS[name] - mapped):
            raise _KeyedError(
                ["tables", name, "columns"],
                f"table {name} maps no header to {', '.join(missing)}. Add the line "
                f"`<header as written>: {missing[0]}`",
            )
        if table.workbook not in self.workbooks:
            raise _KeyedError(
                ["tables", name, "workbook"],
                f"table {name} stands in workbook {table.workbook!r}, which `workbooks` does "
                f"not list.{nearest(table.workbook, self.workbooks)}",
            )


class Configuration:
    """Everything in one `config` folder: the registry and the yearly files, read once.

    Raises ConfigurationError when a file is missing or wrong.
    """

    def __init__(self, config_dir: Path) -> None:
        self.config_dir = config_dir

    @cached_property
    def registry(self) -> Registry:
        """The validated `registry.yaml`."""
        return _load(self.config_dir / "registry.yaml", Registry)

    @cached_property
    def years(self) -> dict[tuple[str, int], WorkbookYear]:
        """The validated `<entity>-<year>.yaml` files by entity code and year."""
        years: dict[tuple[str, int], WorkbookYear] = {}
        problems: list[str] = []
        for path in self._year_paths():
            try:
                year = self._year(path)
                years[year.entity, year.year] = year
            except ConfigurationError as error:
                problems.append(str(error))
        if problems:
            raise ConfigurationError("\n".join(problems))
        if not years:
            raise ConfigurationError(
                f"{self.config_dir} has no file like ions-2026.yaml. Add one for each entity and "
                "year; `source/config` in the project shows how."
            )
        self._refuse_shared_workbooks(years)
        return years

    def check(self) -> list[Path]:
        """Read everything and return the files. Raises ConfigurationError with every mistake."""
        _ = self.registry, self.years
        return [self.config_dir / "registry.yaml", *self._year_paths()]

    def _year_paths(self) -> list[Path]:
        if other := sorted(self.config_dir.glob("*.yml")):
            raise ConfigurationError(f"{other[0]} is not read. Rename it to {other[0].stem}.yaml.")
        return sorted(self.config_dir.glob("*-[0-9][0-9][0-9][0-9].yaml"))

    def _year(self, path: Path) -> WorkbookYear:
        year = _load(path, WorkbookYear)
        try:
            self.registry.entity(year.entity)
        except ConfigurationError as error:
            line = _line_of(_composed(path), ["entity"])
            raise ConfigurationError(
                f"{path}, line {line}: entity: {error} `registry.yaml` lists them."
            ) from error
        expected = f"{year.entity.lower()}-{year.year}.yaml"
        if path.name != expected:
            line = _line_of(_composed(path), ["year"])
            raise ConfigurationError(
                f"{path}, line {line}: describes {year.entity} {year.year}. Expected the name "
                f"{expected}."
            )
        return year

    def _refuse_shared_workbooks(self, years: dict[tuple[str, int], WorkbookYear]) -> None:
        owners: dict[str, WorkbookYear] = {}
        for year in years.values():
            for name in year.workbooks.values():
                if (other := owners.setdefault(file_key(name), year)) is not year:
                    line = _line_of(_composed(self.path_of(year)), ["workbooks"])
                    raise ConfigurationError(
                        f"{self.path_of(year)}, line {line}: the workbook {name!r} belongs to "
                        f"{self.path_of(other).name} already. Every year of an entity has "
                        "workbooks of its own."
                    )

    def path_of(self, year: WorkbookYear) -> Path:
        """Return the file that a year's configuration was read from."""
        return self.config_dir / f"{year.entity.lower()}-{year.year}.yaml"


def folded_sheet(name: str) -> str:
    """Return a sheet's name in the form in which names of sheets are compared."""
    return " ".join(name.split()).casefold()


def file_key(name: str) -> str:
    """Return a workbook's name in the form in which names of files are compared."""
    return str(PurePath(name)).casefold()


def _position(letter: str) -> int:
    return xl_cell_to_rowcol(f"{letter}1")[1]


class _UniqueKeys(yaml.SafeLoader):
    """Refuses a key that occurs twice, of which YAML would silently keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        for position, (key, _) in enumerate(node.value):
            if key.value in keys[:position]:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key.value!r} occurs twice", key.start_mark
                )
        return super().construct_mapping(node, deep)


M = TypeVar("M", bound=_Model)


def _load(path: Path, model: type[M]) -> M:
    text = ""
    try:
        text = path.read_text(encoding="utf-8")
        return model.model_validate(yaml.load(text, Loader=_UniqueKeys))  # noqa: S506  a safe one
    except FileNotFoundError:
        raise ConfigurationError(
            f"{path} is missing. Copy `source/config` from the project, or point ATLAS_SOURCE_DIR "
            "to a folder that has `config/` in it."
        ) from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigurationError(f"{path}, line {line}: {error.problem}. Correct it.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} is not valid YAML in UTF-8: {error}") from error
    except ValidationError as error:
        raise ConfigurationError(_explain(path, text, error)) from error


def _explain(path: Path, text: str, error: ValidationError) -> str:
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    problems: list[str] = []
    for problem in error.errors():
        keys = [key for key in problem["loc"] if key != "[key]"]
        cause = problem.get("ctx", {}).get("error")
        if isinstance(cause, _KeyedError):
            keys += cause.keys
        line = _line_of(root, keys)
        where = ".".join(str(key) for key in keys) or "the file"
        found = (
            "" if problem["type"] in {"missing", "value_error"} else f" Found {problem['input']!r}."
        )
        hint = nearest(str(keys[-1]), _known_keys()) if problem["type"] == "extra_forbidden" else ""
        told = problem["msg"].removeprefix("Value error, ")
        problems.append(f"{path}, line {line}: {where}: {told}.{found}{hint}")
    return "\n".join(problems)


def _composed(path: Path) -> Any:
    return yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)


def _known_keys() -> set[str]:
    return {name for model in _Model.__subclasses__() for name in model.model_fields}


def _line_of(node: Any, keys: list[int | str]) -> int:
    """Return the 1-based line of the deepest node that the keys lead to."""
    line = node.start_mark.line + 1 if node else 1
    for key in keys:
        child = None
        if isinstance(node, yaml.MappingNode):
            child = next((v for k, v in node.value if k.value == str(key)), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(key, int):
            child = node.value[key] if key < len(node.value) else None
        if child is None:
            break
        node, line = child, child.start_mark.line + 1
    return line
