"""The adapter for the administrators' workbooks: finds header and data, names the columns.

It names columns and tells records from decoration; values stay the cells' own text.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING

import fastexcel
import polars as pl

from atlas_assets.errors import SourceError, nearest
from atlas_assets.periods import Month
from atlas_assets.sources.adapter import NotData, RawPartition, SheetManifest
from atlas_assets.sources.sheet import ROW, headers, normalized_header, read_grid

if TYPE_CHECKING:
    from pathlib import Path

    from atlas_assets.registry import Configuration, SheetTable, TableName, WorkbookYear

MOST_CELLS_OF_A_SIGNATURE = 3
LABEL_COLUMNS = 5
NARROW_TABLE = 4  # columns up to which a row of text alone is a record and no signature
FIGURE = r"^\s*(?i:rp)?[\s.]*[-\d][\d.,\s-]*$"


class WorkbookAdapter:
    """Reads the workbooks of one source folder as its yearly configuration says."""

    name = "workbook"

    def __init__(self, source_dir: Path, configuration: Configuration) -> None:
        self.source_dir = source_dir
        self.configuration = configuration

    def months(self, entity: str) -> list[Month]:
        """Return every configured month of the years that have at least one workbook here."""
        return [
            Month(year.year, number)
            for (code, _), year in sorted(self.configuration.years.items())
            if code == entity
            and any((self.source_dir / f).exists() for f in year.workbooks.values())
            for number in range(1, 13)
            if year.tables["transactions"].sheet_for(number)
        ]

    def read(self, table: TableName, entity: str, month: Month) -> RawPartition:
        """Read one table of one entity and month.

        Raises SourceError with file, sheet and what to do when the workbook, the sheet or a
        configured header is missing.
        """
        year = self.configuration.years.get((entity, month.year))
        if year is None:
            raise SourceError(
                f"{entity} has no configuration for {month.year}. Add "
                f"{self.configuration.config_dir / f'{entity.lower()}-{month.year}.yaml'}."
            )
        layout = year.tables.get(table)
        sheet = layout.sheet_for(month.number) if layout else None
        if layout is None or sheet is None:
            return RawPartition(table, entity, month, pl.DataFrame(schema={ROW: pl.Int64}), None)
        path = self.source_dir / year.workbooks[layout.workbook]
        grid = self._grid(path, sheet, year)
        columns = self._columns(grid, layout, month, path, sheet, year)
        cells = grid.select(ROW, *columns).rename(columns)
        body = cells.filter(pl.col(ROW) >= layout.first_data_row)
        reasons = self._not_data(body, grid.select(ROW, *columns), columns, layout)
        records = body.filter(~pl.col(ROW).is_in(list(reasons)))
        manifest = SheetManifest(
            source_file=path.name,
            source_sheet=sheet,
            source_hash=hashlib.sha256(cells.write_csv().encode()).hexdigest(),
            layout_hash=hashlib.sha256(layout.model_dump_json().encode()).hexdigest(),
            header_rows=layout.header_rows,
            columns=columns,
            rows_read=body.height,
            rows_kept=records.height,
            not_data=[NotData(row, reason) for row, reason in reasons.items()],
            warnings=[
                f"column {letter} is not in the configuration; kept as {column!r}"
                for letter, column in columns.items()
                if column not in _configured(layout)
            ],
        )
        return RawPartition(table, entity, month, records, manifest)

    def _grid(self, path: Path, sheet: str, year: WorkbookYear) -> pl.DataFrame:
        if not path.exists():
            near = nearest(path.name, (other.name for other in self.source_dir.glob("*.xls*")))
            raise SourceError(
                f"{path.name} is missing in {self.source_dir}.{near} Put the workbook there, or "
                f"correct its name under `workbooks` in {self.configuration.path_of(year).name}."
            )
        stat = path.stat()
        try:
            reader = _open(path, stat.st_mtime_ns, stat.st_size)
        except OSError as error:
            raise SourceError(
                f"{path} cannot be opened: {error.strerror}. Close it in other programs and try again."
            ) from error
        except fastexcel.FastExcelError as error:
            raise SourceError(
                f"{path.name} cannot be read as a workbook ({_first_line(error)}). Open it in the office program "
                "and save it as .xlsx again."
            ) from error
        if sheet not in reader.sheet_names:
            raise SourceError(
                f"{path.name} has no sheet {sheet!r}.{nearest(sheet, reader.sheet_names)} Rename "
                f"the sheet, or correct its name in {self.configuration.path_of(year).name}. "
                f"Sheets found: {', '.join(map(repr, reader.sheet_names))}."
            )
        try:
            return read_grid(reader, sheet)
        except fastexcel.FastExcelError as error:
            raise SourceError(
                f"{path.name}, sheet {sheet!r} cannot be read: {_first_line(error)}."
            ) from error

    def _columns(
        self,
        grid: pl.DataFrame,
        layout: SheetTable,
        month: Month,
        path: Path,
        sheet: str,
        year: WorkbookYear,
    ) -> dict[str, str]:
        """Return column letter → column name. Raises SourceError when a header is missing."""
        found = _in_block(headers(grid, layout.header_rows), layout.block)
        wanted = {normalized_header(header): name for header, name in layout.columns.items()}
        label = normalized_header(layout.month_labels.get(month.number, ""))
        monthly = {normalized_header(h): name for h, name in layout.monthly_columns.items()}
        groups = [group for group, _ in found.values() if group]
        if label and label not in map(normalized_header, groups):
            raise SourceError(
                f"{path.name}, sheet {sheet!r}: there is no month {layout.month_labels[month.number]!r} "
                f"in row {layout.header_rows[0]}. Found: {', '.join(map(repr, dict.fromkeys(groups)))}. "
                f"Correct the sheet, or `month_labels` in {self.configuration.path_of(year).name}."
            )
        columns: dict[str, str] = {}
        for letter, (group, written) in found.items():
            header = normalized_header(written)
            if header in monthly:
                name = monthly[header] if normalized_header(group or "") == label else None
            else:
                name = wanted.get(header, header.casefold().replace(" ", "_"))
            if name is None:
                continue
            if name in columns.values():
                raise SourceError(
                    f"{path.name}, sheet {sheet!r}: two columns have the header {written!r} in row "
                    f"{layout.header_rows[-1]} (the second in column {letter}). Rename one."
                )
            columns[letter] = name
        columns |= self._without_header(grid, layout, set(found))
        for header, name in {**layout.columns, **layout.monthly_columns}.items():
            if name not in columns.values():
                seen = [written for _, written in found.values()]
                raise SourceError(
                    f"{path.name}, sheet {sheet!r}: there is no column {header!r} in row "
                    f"{' and '.join(map(str, layout.header_rows))}.{nearest(header, seen)} Found: "
                    f"{', '.join(map(repr, seen)) or 'nothing'}. Correct the header in the sheet, "
                    f"or add the line `<header as written>: {name}` under `columns` in "
                    f"{self.configuration.path_of(year).name}."
                )
        return columns

    def _without_header(
        self, grid: pl.DataFrame, layout: SheetTable, with_header: set[str]
    ) -> dict[str, str]:
        """Return the columns that hold something below the header but have no header themselves."""
        body = grid.filter(pl.col(ROW) >= layout.first_data_row)
        letters: dict[str, tuple[str | None, str]] = dict.fromkeys(grid.columns[1:], (None, ""))
        return {
            letter: f"column_{letter.lower()}"
            for letter in _in_block(letters, layout.block)
            if letter not in with_header and body[letter].null_count() < body.height
        }

    def _not_data(
        self,
        body: pl.DataFrame,
        by_letter: pl.DataFrame,
        columns: dict[str, str],
        layout: SheetTable,
    ) -> dict[int, str]:
        """Return the rows that are no records, with the reason: blank, header, total, signature."""
        names = list(columns.values())
        written = headers(by_letter, layout.header_rows)
        labels = self.configuration.registry.total_row_labels
        filled = pl.sum_horizontal(pl.col(name).is_not_null() for name in names)
        repeats = pl.sum_horizontal(
            (pl.col(name).str.strip_chars() == written[letter][1].strip()).fill_null(value=False)
            for letter, name in columns.items()
            if letter in written
        )
        numbered = (
            pl.col("row_number").str.contains(r"^\s*\d") if "row_number" in names else pl.lit(False)
        ).fill_null(value=False)
        begins_with_label = pl.any_horizontal(
            pl.col(name)
            .str.strip_chars()
            .str.to_uppercase()
            .str.contains(rf"^({'|'.join(labels)})\b")
            for name in names[:LABEL_COLUMNS]
        ).fill_null(value=False)
        total = begins_with_label & ~numbered
        holds_a_figure = pl.any_horizontal(
            pl.col(name).str.contains(FIGURE).fill_null(value=False) for name in names
        )
        narrow = len(names) <= NARROW_TABLE
        sparse = (filled <= MOST_CELLS_OF_A_SIGNATURE) & ~holds_a_figure & pl.lit(not narrow)
        marked = body.select(
            ROW,
            pl.when(filled == 0)
            .then(pl.lit("blank"))
            .when(repeats >= min(3, len(names)))
            .then(pl.lit("header"))
            .when(total)
            .then(pl.lit("total"))
            .otherwise(None)
            .alias("reason"),
            (sparse & ~numbered).alias("may_be_signature"),
        )
        last_record = (
            marked.filter(pl.col("reason").is_null() & ~pl.col("may_be_signature"))
            .get_column(ROW)
            .max()
        )
        signature = (
            pl.col("reason").is_null()
            & pl.col("may_be_signature")
            & (pl.col(ROW) > (last_record or 0))
        )
        marked = marked.with_columns(
            pl.when(signature).then(pl.lit("signature")).otherwise(pl.col("reason")).alias("reason")
        ).filter(pl.col("reason").is_not_null())
        return dict(marked.select(ROW, "reason").iter_rows())


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]


def _configured(layout: SheetTable) -> set[str]:
    return {*layout.columns.values(), *layout.monthly_columns.values()}


def _in_block(
    found: dict[str, tuple[str | None, str]], block: str | None
) -> dict[str, tuple[str | None, str]]:
    """Keep the headers of columns within a block such as `A:D`."""
    if block is None:
        return found
    first, last = ((len(letter), letter) for letter in block.split(":"))
    return {
        letter: header for letter, header in found.items() if first <= (len(letter), letter) <= last
    }


@lru_cache(maxsize=4)
def _open(path: Path, _modified: int, _size: int) -> fastexcel.ExcelReader:
    """Open a workbook once for all its sheets; a changed file is opened again.

    The bytes are passed on, so that the content decides the format and not the file's name.
    """
    return fastexcel.read_excel(path.read_bytes())
