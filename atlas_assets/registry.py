"""The registry and the yearly workbook configurations: `source/config`, read and validated.

A mistake is reported with file, line, key, what was found and what is expected.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

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

from atlas_assets.errors import ConfigurationError, nearest
from atlas_assets.sources.header_text import normalized_header

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

Code = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*$")]
Color = Annotated[str, StringConstraints(pattern=r"^#[0-9A-F]{6}$")]
MonthNumber = Annotated[int, Field(ge=1, le=12)]
RowNumber = Annotated[int, Field(ge=1, le=1_048_576)]  # the last row of a sheet
ChannelCategory = Literal["conventional", "digital"]
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

# What a sheet may lack: no figure depends on it. A sheet without one of the others is refused.
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
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"{pattern!r} is no regular expression ({error})") from error
        return pattern


class Named(_Model):
    """A lookup value with the ways in which the sheets write it."""

    code: str
    name: str
    aliases: list[str] = []


class Channel(_Model):
    """A marketing channel with the ways in which the sheets write it."""

    name: str
    category: ChannelCategory
    aliases: list[str] = []


class PlausibleIntake(_Model):
    """How far an intake may lie from the transaction's month, in months."""

    months_before: int
    months_after: int


class Registry(_Model):
    """The business, its words and its rules."""

    group: Group
    entities: Annotated[list[Entity], Field(min_length=1)]
    program_units: list[ProgramUnit]
    channels: list[Channel]
    payment_patterns: list[Named]
    payment_methods: list[Named]
    organization_levels: list[str]
    sexes: list[Named]
    honorifics: list[str]
    months: dict[MonthNumber, list[str]]
    total_row_labels: list[str]
    ignored_sheets: list[str]
    plausible_intake: PlausibleIntake
    renewal_window_days: int

    @model_validator(mode="after")
    def _codes_are_unique(self) -> Registry:
        _no_repeats("entity code", [entity.code for entity in self.entities], ["entities"])
        _no_repeats("channel", [channel.name for channel in self.channels], ["channels"])
        words = [word for words in self.months.values() for word in words]
        _no_repeats("month word", words, ["months"])
        for position, entity in enumerate(self.entities):
            codes = [unit.code for unit in entity.units]
            _no_repeats(f"unit code of {entity.code}", codes, ["entities", position, "units"])
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


def _no_repeats(what: str, values: list[str], keys: Sequence[int | str] = ()) -> None:
    """Raise an error for a value that occurs twice; `keys` lead to the list or mapping of them."""
    repeated = sorted({value for value in values if values.count(value) > 1})
    if repeated:
        raise _KeyedError([*keys], f"the {what} {repeated[0]!r} occurs twice")


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
            _no_repeats("sheet", list(self.sheets.values()), ["sheets"])
        headers = [normalized_header(header) for header in self.columns]
        _no_repeats("header", headers, ["columns"])
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
            _no_repeats("sheet", sheets, ["tables"])
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
        return sorted(self.config_dir.glob("*-[0-9][0-9][0-9][0-9].yaml"))

    def _year(self, path: Path) -> WorkbookYear:
        year = _load(path, WorkbookYear)
        try:
            self.registry.entity(year.entity)
        except ConfigurationError as error:
            raise ConfigurationError(f"{path}: {error} `registry.yaml` lists them.") from error
        expected = f"{year.entity.lower()}-{year.year}.yaml"
        if path.name != expected:
            raise ConfigurationError(
                f"{path}: describes {year.entity} {year.year}. Expected the name {expected}."
            )
        return year

    def _refuse_shared_workbooks(self, years: dict[tuple[str, int], WorkbookYear]) -> None:
        owners: dict[str, WorkbookYear] = {}
        for year in years.values():
            for name in year.workbooks.values():
                if (other := owners.setdefault(name, year)) is not year:
                    raise ConfigurationError(
                        f"{self.path_of(year)}: the workbook {name!r} belongs to "
                        f"{self.path_of(other).name} already. Every year of an entity has "
                        "workbooks of its own."
                    )

    def path_of(self, year: WorkbookYear) -> Path:
        """Return the file that a year's configuration was read from."""
        return self.config_dir / f"{year.entity.lower()}-{year.year}.yaml"


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
        problems.append(f"{path}, line {line}: {where}: {problem['msg']}.{found}{hint}")
    return "\n".join(problems)


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
