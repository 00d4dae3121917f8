"""The layout of the workbooks of one entity and year."""

from __future__ import annotations

from pathlib import PurePath
from typing import Annotated
from unicodedata import normalize

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from xlsxwriter.utility import xl_cell_to_rowcol

from atlas_assets.configuration.header_text import normalized_header
from atlas_assets.configuration.registry import Code, MonthNumber
from atlas_assets.configuration.tables import COLUMNS, REQUIRED_COLUMNS, TableName
from atlas_assets.configuration.visible_text import visible_text
from atlas_assets.documents.strict_model import KeyedError, StrictModel, no_repeats
from atlas_assets.errors import nearest


def _without_folder(name: str) -> str:
    """Return the name of a file, or raise ValueError if it leads to another folder."""
    if "/" in name or "\\" in name:
        raise ValueError(
            f"{name!r} is more than a file's name; workbooks are in the source folder itself"
        )
    return name


FileName = Annotated[str, StringConstraints(min_length=1), AfterValidator(_without_folder)]
RowNumber = Annotated[int, Field(strict=True, ge=1, le=1_048_576)]  # the last row of a sheet


class SheetTable(StrictModel):
    """Where one table is in a year's workbooks, and what its columns are called.

    `columns` maps headers as written in the sheet to column names. If a sheet has groups of columns
    for different months, `month_labels` are the headers of the groups and `monthly_columns` maps the
    headers within a group.
    """

    workbook: str
    sheet: str | None = None
    sheets: dict[MonthNumber, str] | None = None
    header_row: RowNumber | None = None
    merge_header_rows: list[RowNumber] | None = None
    data_start_row: RowNumber | None = None
    block: Annotated[str, StringConstraints(pattern=r"^[A-Z]+:[A-Z]+$")] | None = None
    columns: dict[str, str]
    monthly_columns: dict[str, str] = Field(default_factory=dict)
    month_labels: dict[MonthNumber, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _is_complete(self) -> SheetTable:
        if (self.sheet is None) == (self.sheets is None):
            raise ValueError("give either `sheet` (one for the year) or `sheets` (one a month)")
        if (self.header_row is None) == (self.merge_header_rows is None):
            raise ValueError("give either `header_row` or `merge_header_rows`")
        if self.merge_header_rows is not None and self.data_start_row is None:
            raise ValueError("`merge_header_rows` needs `data_start_row`")
        if self.sheets is not None:
            no_repeats("sheet", self.sheets.values(), ["sheets"], folded_sheet)
        labels = self.month_labels.values()
        no_repeats("month label", labels, ["month_labels"], normalized_header)
        first, _, last = (self.block or "").partition(":")
        if self.block and column_position(first) > column_position(last):
            raise KeyedError(["block"], f"the block {self.block} ends before it begins")
        no_repeats("header", self.columns, ["columns"], normalized_header)
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

    def sheet_for(self, month: int) -> str | None:
        """Return the name of the sheet that holds a month (1 to 12), or None if there is none.

        A single sheet without monthly columns holds the whole year and belongs to January.
        """
        if self.sheets is not None:
            return self.sheets.get(month)
        if self.monthly_columns:
            return self.sheet if month in self.month_labels else None
        return self.sheet if month == 1 else None


class WorkbookYear(StrictModel):
    """The workbooks of one entity and year."""

    entity: Code
    year: Annotated[int, Field(ge=2000, le=2100)]
    workbooks: dict[str, FileName]
    tables: dict[TableName, SheetTable]

    @model_validator(mode="after")
    def _tables_are_known(self) -> WorkbookYear:
        if "transactions" not in self.tables:
            raise ValueError("`tables` has no transactions, which every month needs")
        for name, table in self.tables.items():
            self._refuse_unknown(name, table)
        for workbook in self.workbooks:
            tables = [table for table in self.tables.values() if table.workbook == workbook]
            sheets = [sheet for table in tables for sheet in table.all_sheets]
            no_repeats("sheet", sheets, ["tables"], folded_sheet)
        no_repeats("workbook", self.workbooks.values(), ["workbooks"], file_key)
        return self

    def _refuse_unknown(self, name: TableName, table: SheetTable) -> None:
        for key in ("columns", "monthly_columns"):
            for header, column in getattr(table, key).items():
                if column not in COLUMNS[name]:
                    raise KeyedError(
                        ["tables", name, key, header],
                        f"table {name} has no column {column!r}.{nearest(column, COLUMNS[name])} "
                        f"Known: {', '.join(sorted(COLUMNS[name]))}",
                    )
        mapped = {*table.columns.values(), *table.monthly_columns.values()}
        if missing := sorted(REQUIRED_COLUMNS[name] - mapped):
            raise KeyedError(
                ["tables", name, "columns"],
                f"table {name} maps no header to {', '.join(missing)}. Add the line "
                f"`<header as written>: {missing[0]}`",
            )
        if table.workbook not in self.workbooks:
            raise KeyedError(
                ["tables", name, "workbook"],
                f"table {name} is in workbook {table.workbook!r}, which `workbooks` does "
                f"not list.{nearest(table.workbook, self.workbooks)}",
            )


def folded_sheet(name: str) -> str:
    """Return a sheet's name without case and surplus blanks, the form in which names are compared."""
    return visible_text(name).casefold()


def file_key(name: str) -> str:
    """Return a workbook's file name in the form in which file names are compared."""
    return normalize("NFC", str(PurePath(name))).casefold()


def column_position(letter: str) -> int:
    """Return the position of a spreadsheet column: A = 0."""
    return xl_cell_to_rowcol(f"{letter}1")[1]
