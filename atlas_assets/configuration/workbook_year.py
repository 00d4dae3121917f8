"""The layout of the workbooks of one entity and year."""

from __future__ import annotations

import codecs
from pathlib import PurePath
from typing import TYPE_CHECKING, Annotated, Literal
from unicodedata import normalize

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from atlas_assets.configuration.column_letters import column_position
from atlas_assets.configuration.field_types import Code, MonthNumber, Word
from atlas_assets.configuration.header_text import normalized_header
from atlas_assets.configuration.odoo_source import OdooSource
from atlas_assets.configuration.tables import COLUMNS, REQUIRED_COLUMNS, TableName
from atlas_assets.configuration.visible_text import visible_text
from atlas_assets.documents.strict_model import (
    KeyedError,
    StrictModel,
    refuse,
    repeats,
)
from atlas_assets.errors import nearest
from atlas_assets.periods.calendar import MONTHS_A_YEAR, Month, month_range

if TYPE_CHECKING:
    from collections.abc import Iterator

    from atlas_assets.configuration.record_table import RecordTable


def _without_folder(name: str) -> str:
    """Return the name of a file, or raise ValueError if it leads to another folder."""
    if "/" in name or "\\" in name:
        raise ValueError(
            f"{name!r} is more than a file's name; workbooks are in the source folder itself"
        )
    return name


FileName = Annotated[str, StringConstraints(min_length=1), AfterValidator(_without_folder)]
Block = Annotated[str, StringConstraints(pattern=r"^[A-Z]+:[A-Z]+$")]
RowNumber = Annotated[int, Field(strict=True, ge=1, le=1_048_576)]  # the last row of a sheet


class SheetTable(StrictModel):
    """Where one table is in a year's workbooks, and what its columns are called."""

    workbook: str
    """One of the names under `workbooks`."""
    sheet: str | None = None
    """The sheet, if there is one for the whole year. Give either this or `sheets`."""
    sheets: dict[MonthNumber, str] | None = None
    """The sheet of each month, exactly as the workbook names it."""
    header_row: RowNumber | None = None
    """The row of the header, as the spreadsheet counts rows. Give either this or `merge_header_rows`."""
    merge_header_rows: list[RowNumber] | None = None
    """The adjacent rows of a header of several; the lowest filled cell of a column is its header."""
    data_start_row: RowNumber | None = None
    """The first row of data, by default the one below the header; required with `merge_header_rows`."""
    block: Block | None = None
    """The columns of this table where several stand side by side, by default all."""
    columns: dict[str, str]
    """The headers as written in the sheet, and which column each of them is."""
    values: dict[str, Word] = Field(default_factory=dict)
    """What a column without a header is in every row: `{unit: LONDON}`; `{month}` is the month of the sheet."""
    monthly_columns: dict[str, str] = Field(default_factory=dict)
    """The headers that are repeated for each month of the year."""
    month_labels: dict[MonthNumber, str] = Field(default_factory=dict)
    """The merged cells above `monthly_columns` that name the month."""

    @model_validator(mode="after")
    def _is_complete(self) -> SheetTable:
        if (self.sheet is None) == (self.sheets is None):
            raise ValueError("give either `sheet` (one for the year) or `sheets` (one a month)")
        if (self.header_row is None) == (self.merge_header_rows is None):
            raise ValueError("give either `header_row` or `merge_header_rows`")
        refuse(
            [
                *repeats("sheet", (self.sheets or {}).values(), ["sheets"], folded_sheet),
                *repeats(
                    "month label", self.month_labels.values(), ["month_labels"], normalized_header
                ),
                *repeats("header", self.columns, ["columns"], normalized_header),
                *self._mistakes_in_rows(),
                *self._mistakes_in_block(),
            ]
        )
        return self

    def _mistakes_in_rows(self) -> Iterator[KeyedError]:
        if self.merge_header_rows is not None and self.data_start_row is None:
            yield KeyedError(["merge_header_rows"], "`merge_header_rows` needs `data_start_row`")
        rows = self.header_rows
        if not rows or rows != list(range(rows[0], rows[0] + len(rows))):
            yield KeyedError(
                ["merge_header_rows"],
                f"`merge_header_rows` {rows} are not adjacent rows from top to bottom",
            )
        elif self.data_start_row is not None and self.data_start_row <= rows[-1]:
            yield KeyedError(
                ["data_start_row"],
                f"`data_start_row` {self.data_start_row} is not below the header in row {rows[-1]}",
            )

    def _mistakes_in_block(self) -> Iterator[KeyedError]:
        first, _, last = (self.block or "").partition(":")
        if self.block and column_position(first) > column_position(last):
            yield KeyedError(["block"], f"the block {self.block} ends before it begins")

    @property
    def header_rows(self) -> list[int]:
        """The 1-based rows of the header."""
        return [self.header_row] if self.header_row else list(self.merge_header_rows or [])

    @property
    def first_data_row(self) -> int:
        """The 1-based row at which the data begin."""
        return self.data_start_row or self.header_rows[-1] + 1

    @property
    def all_sheets(self) -> list[str]:
        """The names of all sheets of the table."""
        return [self.sheet] if self.sheet else list((self.sheets or {}).values())


def _known_encoding(name: str) -> str:
    """Return the name of an encoding, or raise ValueError if Python has none of that name."""
    try:
        codecs.lookup(name)
    except LookupError as error:
        raise ValueError(f"{name!r} is no encoding; cp1252 is that of Windows in Europe") from error
    return name


class TextFormat(StrictModel):
    """How text files (CSV) are written that do not say so themselves."""

    encoding: Annotated[str, AfterValidator(_known_encoding)] = "cp1252"
    """The encoding of files that are not UTF-8."""
    separator: Literal[";", ",", "\t", "|"] | None = None
    """What stands between cells, by default the mark that divides the first rows most."""


RecordSource = OdooSource  # another kind of source joins by `|`, in a type discriminated by `kind`


class WorkbookYear(StrictModel):
    """The workbooks of one entity and year, and what else its tables are read from."""

    entity: Code
    """An entity of `registry.yaml`."""
    year: Annotated[int, Field(ge=2000, le=2100)]
    """The year in which the workbooks begin."""
    first_month: MonthNumber = 1
    """The month with which they begin; months with lower numbers are of the next year."""
    workbooks: dict[str, FileName] = Field(default_factory=dict)
    """The names of workbooks, CSV files or folders of them, under names of your own that `tables` refers to."""
    csv: TextFormat = TextFormat()
    """How CSV files are written."""
    tables: dict[TableName, SheetTable] = Field(default_factory=dict)
    """Where each table is in the workbooks. `transactions` are needed, here or in `sources`."""
    sources: list[RecordSource] = Field(default_factory=list)
    """What holds tables as records, not in workbooks."""

    @model_validator(mode="after")
    def _tables_are_known(self) -> WorkbookYear:
        of_sources = [name for source in self.sources for name in source.tables]
        if "transactions" not in {*self.tables, *of_sources}:
            refuse([KeyedError(["tables"], "there are no transactions, which every month needs")])
        refuse(
            [
                *(
                    mistake
                    for name, table in self.tables.items()
                    for mistake in self._mistakes_in(name, table)
                ),
                *(
                    mistake
                    for position, source in enumerate(self.sources)
                    for name, table in source.tables.items()
                    for mistake in _mistakes_in_columns(
                        name, table, ["sources", position, "tables", name]
                    )
                ),
                *self._tables_in_two_places(),
                *(
                    mistake
                    for workbook in self.workbooks
                    for mistake in repeats(
                        "sheet", self._sheets_of(workbook), ["tables"], folded_sheet
                    )
                ),
                *repeats("workbook", self.workbooks.values(), ["workbooks"], file_key),
            ]
        )
        return self

    @property
    def months(self) -> list[Month]:
        """The twelve months that the workbooks are about."""
        first = Month(self.year, self.first_month)
        return month_range(first, first.plus(MONTHS_A_YEAR - 1))

    def sheet_of(self, table: TableName, month: int) -> str | None:
        """Return the name of the sheet that holds a table of a month (1 to 12), or None if there is none.

        A single sheet without monthly columns holds the whole year and belongs to its first month.
        """
        layout = self.tables.get(table)
        if layout is None:
            return None
        if layout.sheets is not None:
            return layout.sheets.get(month)
        if layout.monthly_columns:
            return layout.sheet if month in layout.month_labels else None
        return layout.sheet if month == self.first_month else None

    def _tables_in_two_places(self) -> Iterator[KeyedError]:
        met = set(self.tables)
        for position, source in enumerate(self.sources):
            for name in source.tables:
                if name in met:
                    keys = ["sources", position, "tables", name]
                    yield KeyedError(
                        keys, f"{name} are in another place already. Leave one of them"
                    )
                met.add(name)

    def source_of(self, table: TableName) -> RecordSource | None:
        """Return the source that holds a table as records, or None if workbooks have it, or nothing."""
        return next((source for source in self.sources if table in source.tables), None)

    def _sheets_of(self, workbook: str) -> list[str]:
        tables = [table for table in self.tables.values() if table.workbook == workbook]
        return [sheet for table in tables for sheet in table.all_sheets]

    def _mistakes_in(self, name: TableName, table: SheetTable) -> Iterator[KeyedError]:
        yield from _mistakes_in_columns(name, table, ["tables", name])
        if name == "transactions" and table.sheet and not table.monthly_columns:
            yield KeyedError(
                ["tables", name, "sheet"],
                "transactions need `sheets`, one for each month. Divide the sheet of the year",
            )
        if table.workbook not in self.workbooks:
            yield KeyedError(
                ["tables", name, "workbook"],
                f"table {name} is in workbook {table.workbook!r}, which `workbooks` does "
                f"not list.{nearest(table.workbook, self.workbooks)}",
            )


def _mistakes_in_columns(
    name: TableName, table: SheetTable | RecordTable, keys: list[int | str]
) -> Iterator[KeyedError]:
    """Yield the columns of a table that the models do not know, lack, or would get twice."""
    repeated = table.monthly_columns if isinstance(table, SheetTable) else {}
    named = [
        *((["columns", header], column) for header, column in table.columns.items()),
        *((["monthly_columns", header], column) for header, column in repeated.items()),
        *((["values", column], column) for column in table.values),
    ]
    for place, column in named:
        if column not in COLUMNS[name]:
            yield KeyedError(
                [*keys, *place],
                f"table {name} has no column {column!r}.{nearest(column, COLUMNS[name])} "
                f"Known: {', '.join(sorted(COLUMNS[name]))}",
            )
    mapped = {*table.columns.values(), *repeated.values()}
    if missing := sorted(REQUIRED_COLUMNS[name] - mapped - set(table.values)):
        what = "header" if isinstance(table, SheetTable) else "field"
        yield KeyedError(
            [*keys, "columns"],
            f"table {name} maps no {what} to {', '.join(missing)}. Add the line "
            f"`<{what} as written>: {missing[0]}`, or under `values` what it is in every row",
        )
    if "amount" in table.values:
        yield KeyedError([*keys, "values", "amount"], "every row has an amount of its own")
    for column in sorted(mapped & set(table.values)):
        yield KeyedError(
            [*keys, "values", column],
            f"{column} has a value for every row, but also a header",
        )


def folded_sheet(name: str) -> str:
    """Return a sheet's name without case and surplus blanks, the form in which names are compared."""
    return visible_text(name).casefold()


def file_key(name: str) -> str:
    """Return a workbook's file name in the form in which file names are compared."""
    return normalize("NFC", str(PurePath(name))).casefold()
