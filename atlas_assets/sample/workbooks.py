"""Writes an invented business as workbooks, each in its year's format.

The layout comes from the yearly configuration; title blocks, total rows, signatures, hidden and
blank rows and inconsistent headers are added here. The same records give the same bytes.
"""

from __future__ import annotations

import csv
import shutil
from dataclasses import astuple, dataclass, fields
from datetime import UTC, date, datetime, time
from random import Random
from typing import TYPE_CHECKING, Any, cast

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from atlas_assets.errors import UsageError
from atlas_assets.files import written_whole
from atlas_assets.periods.calendar import Month
from atlas_assets.sample.business import Business, fixture, invent
from atlas_assets.sample.defects import Cells, ErrorCell, Row, intake_text, sound, spoil
from atlas_assets.sources.workbook.file import workbook_files

if TYPE_CHECKING:
    from pathlib import Path

    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    from atlas_assets.configuration.configuration import Configuration
    from atlas_assets.configuration.workbook_year import SheetTable, WorkbookYear

SAMPLE_END = Month(2026, 10)
DEFECTS_FILE = "defects.csv"


@dataclass(frozen=True)
class Injected:
    """A defect injected into a sheet.

    `row` is numbered as in the spreadsheet. `reason` is the one to be flagged with; it is empty
    where the row can be read all the same.
    """

    file: str
    sheet: str
    row: int
    column: str
    defect: str
    reason: str


@dataclass(frozen=True)
class Samples:
    """The files written, and the records that they contain."""

    files: list[Path]
    businesses: dict[str, Business]
    transactions: dict[tuple[str, Month], list[Row]]


def refuse_workbooks(directory: Path) -> None:
    """Raise UsageError if there are workbooks in a folder: they could be real ones."""
    if present := workbook_files(directory):
        raise UsageError(
            f"{directory} has workbooks already: {present[0].name}. Choose another folder, or add "
            "--overwrite if they may be lost."
        )


def write_samples(
    directory: Path,
    configuration: Configuration,
    *,
    years: range,
    seed: int,
    scale: float,
    defects: float,
) -> Samples:
    """Write the workbooks of every entity and year, with the configuration to read them.

    `scale` multiplies the number of orders; `defects`, from 0 to 1, is the share of transaction
    rows to spoil. `defects.csv` lists the defects and their places.
    """
    directory.mkdir(parents=True, exist_ok=True)
    _copy_configuration(configuration, directory / "config", years)
    last = min(SAMPLE_END, Month(years[-1], 12))
    samples = Samples([], {}, {})
    injected: list[Injected] = []
    for entity in configuration.registry.entities:
        prefixes = {unit.code: unit.receipt_prefix or unit.code for unit in entity.units}
        business = invent(entity.code, prefixes, Month(years[0], 1), last, seed=seed, scale=scale)
        samples.businesses[entity.code] = business
        for year in years:
            random = Random(f"{seed}/{entity.code}/{year}")
            writer = _YearWriter(business, configuration.years[entity.code, year], last, random)
            samples.files.extend(writer.write(directory, defects))
            samples.transactions.update(
                {(entity.code, month): rows for month, rows in writer.transactions.items()}
            )
            injected += writer.injected
    samples.files.append(_write_defects(directory / DEFECTS_FILE, injected))
    return samples


def _write_defects(path: Path, injected: list[Injected]) -> Path:
    with (
        written_whole(path) as temporary,
        temporary.open("w", encoding="utf-8", newline="") as file,
    ):
        lines = csv.writer(file)
        lines.writerow(field.name for field in fields(Injected))
        lines.writerows(astuple(defect) for defect in injected)
    return path


def _copy_configuration(configuration: Configuration, target: Path, years: range) -> None:
    """Copy the configuration of the given years next to the workbooks, unless it is there."""
    if target.exists():
        return
    skipped = {
        configuration.path_of(layout).name
        for (_, year), layout in configuration.years.items()
        if year not in years
    }
    shutil.copytree(
        configuration.config_dir, target, ignore=lambda _, names: skipped.intersection(names)
    )


def year_range(text: str, configuration: Configuration) -> range:
    """Parse `2023-2026` or `2026`. Raises UsageError unless every year has a configuration."""
    first, _, last = text.partition("-")
    known = sorted({year for _, year in configuration.years})
    try:
        years = range(int(first), int(last or first) + 1)
    except ValueError as error:
        raise UsageError(f"--years takes 2023-2026 or 2026, not {text!r}.") from error
    if not years or not set(years) <= set(known):
        raise UsageError(f"--years {text}: the configuration has {known[0]}-{known[-1]}.")
    return years


class _YearWriter:
    """Writes the two workbooks of one entity and year."""

    def __init__(
        self, business: Business, layout: WorkbookYear, last: Month, random: Random
    ) -> None:
        self.business, self.layout, self.last, self.random = business, layout, last, random
        self.titles = fixture()["entities"][business.entity]
        self.months = [Month(layout.year, number) for number in range(1, 13)]
        self.injected: list[Injected] = []
        self.transactions: dict[Month, list[Row]] = {}

    def write(self, directory: Path, defects: float) -> list[Path]:
        return [
            self._write_evaluation(directory / self.layout.workbooks["evaluation"], defects),
            self._write_students(directory / self.layout.workbooks["students"]),
        ]

    def _write_evaluation(self, path: Path, defects: float) -> Path:
        with _workbook(path) as workbook:
            styles = _Styles(workbook)
            summary = workbook.add_worksheet("SUMMARY")
            if "targets" in self.layout.tables:
                self._targets(workbook, styles, self.layout.tables["targets"])
            transactions = self.layout.tables["transactions"]
            totals: list[tuple[str, int]] = []
            for month in self.months:
                rows = spoil(self._transaction_rows(month), month, defects, self.random)
                self.transactions[month] = rows
                sheet = self._month_sheet(workbook, styles, transactions, month, rows)
                totals.append((str(sheet.get_name()), _sum_of("amount", rows)))
            activity = self.layout.tables["marketing_activity"]
            for month in self.months:
                rows = list(map(sound, self._activity_rows(month)))
                self._month_sheet(workbook, styles, activity, month, rows)
            self._computed(summary, totals, styles)
            self._computed(workbook.add_worksheet("OLAH DATA"), totals, styles)
        return path

    def _write_students(self, path: Path) -> Path:
        with _workbook(path) as workbook:
            styles = _Styles(workbook)
            table = self.layout.tables["students"]
            for month in self.months:
                rows = list(map(sound, self._student_rows(month)))
                self._month_sheet(workbook, styles, table, month, rows)
            if "organizations" in self.layout.tables:
                self._reference(workbook, styles, self.layout.tables["organizations"])
            workbook.add_worksheet("OLAH DATA SISWA")
        return path

    def _transaction_rows(self, month: Month) -> list[Cells]:
        units = self.titles["units"]
        rows: list[Cells] = []
        for payment in self.business.transactions:
            if payment.month != month:
                continue
            order = payment.order
            written = units[order.unit]["written"]
            rows.append(
                {
                    "transaction_date": payment.paid_on,
                    "receipt_number": payment.receipt_number,
                    "student_name": order.student.name,
                    "unit": self.random.choices(written, weights=[6, 1][: len(written)])[0],
                    "product_name": order.product_name,
                    "product_category": order.product_category,
                    "variant_name": order.variant_name,
                    "intake": intake_text(order.intake),
                    "organization_name": order.student.organization_name,
                    "organization_level": order.student.organization_level,
                    "channel": order.channel,
                    "payment_pattern": payment.payment_pattern,
                    "payment_method": payment.payment_method,
                    "amount": payment.amount,
                    "recorded_by": payment.recorded_by,
                    "note": payment.note,
                }
            )
            if "receipt_number" not in self.layout.tables["transactions"].columns.values():
                del rows[-1]["receipt_number"]
        return rows

    def _activity_rows(self, month: Month) -> list[Cells]:
        return [
            {
                "week": f"{fixture()['words']['month'][0]}{activity.week}",
                "unit": activity.unit,
                "channel": activity.channel,
                "title": activity.title,
                "activity_date": activity.held_on,
                "target_leads": activity.target_leads,
                "leads": activity.leads,
                "follow_ups": activity.follow_ups,
                "closings": activity.closings,
            }
            for activity in self.business.activities
            if activity.month == month
        ]

    def _student_rows(self, month: Month) -> list[Cells]:
        month_name = fixture()["words"]["months"][month.number - 1]
        rows: list[Cells] = []
        for order in self.business.orders:
            if Month.of(order.ordered_on) != month:
                continue
            student = vars(order.student)
            rows.append(
                {
                    **{column: student[column] for column in student if column != "number"},
                    "student_name": order.student.name,
                    "student_number": order.student.number,
                    "unit": order.unit,
                    "registration_month": month_name,
                    "intake": intake_text(order.intake),
                    "registration_month_and_intake": f"{month_name}/{intake_text(order.intake)}",
                    "product_name": order.product_name,
                    "product_category": order.product_category,
                    "variant_name": order.variant_name,
                    "channel": order.channel,
                    "registration_date": order.ordered_on,
                }
            )
        return rows

    def _month_sheet(
        self,
        workbook: Workbook,
        styles: _Styles,
        table: SheetTable,
        month: Month,
        rows: list[Row],
    ) -> Worksheet:
        name = (table.sheets or {})[month.number]
        sheet = workbook.add_worksheet(name)
        words = fixture()["words"]
        sheet.write(0, 0, f"{self.titles['evaluation_title']} {month.year}", styles.title)
        sheet.write(2, 0, f"{words['month']} {words['months'][month.number - 1]} {month.year}")
        self._header(sheet, table, styles)
        row = table.first_data_row - 1
        middle = len(rows) // 2
        for number, written in enumerate(rows, start=1):
            if number == middle and len(rows) > 40 and self.random.random() < 0.25:
                row += 1  # a blank row and a repeated header between two halves of the month
                for column, header in enumerate(table.columns):
                    sheet.write(row, column, header, styles.header)
                row += 1
            _write_row(sheet, row, table, {**written.cells, "row_number": number}, styles)
            if written.defect:
                place = (self.layout.workbooks[table.workbook], str(sheet.get_name()), row + 1)
                what = (written.column or "", written.defect, written.reason or "")
                self.injected.append(Injected(*place, *what))
            if self.random.random() < 0.05:
                sheet.set_row(row, None, None, {"hidden": True})
            row += 1
        if rows:
            self._footer(sheet, table, rows, row, styles)
        return sheet

    def _header(self, sheet: Worksheet, table: SheetTable, styles: _Styles) -> None:
        if len(table.header_rows) == 1:
            for column, header in enumerate(table.columns):
                text = self._drifted(header)
                sheet.write(table.header_rows[0] - 1, column, text, styles.header)
            return
        top, bottom = (number - 1 for number in table.header_rows)
        grouped = ["product_name", "intake", "student_name", "amount"]
        headers, columns = list(table.columns), list(table.columns.values())
        first, last = columns.index(grouped[0]), columns.index(grouped[-1])
        sheet.merge_range(top, first, top, last, fixture()["words"]["revenue_group"], styles.header)
        for column, header in enumerate(headers):
            if first <= column <= last:
                sheet.write(bottom, column, header, styles.header)
            else:
                sheet.merge_range(top, column, bottom, column, header, styles.header)

    def _drifted(self, header: str) -> str:
        if self.random.random() > 0.15:
            return header
        return self.random.choice(
            [header.title(), header.replace(" ", "\n"), header.replace(". ", " "), f"{header} "]
        )

    def _footer(
        self, sheet: Worksheet, table: SheetTable, rows: list[Row], row: int, styles: _Styles
    ) -> None:
        words = fixture()["words"]
        columns = list(table.columns.values())
        row += self.random.choice([0, 1])
        if "amount" in columns:
            column = columns.index("amount")
            sheet.write(row, 1, words["total"], styles.header)
            letter = xl_col_to_name(column)
            formula = f"=SUM({letter}{table.first_data_row}:{letter}{row})"
            sheet.write_formula(row, column, formula, styles.money, _sum_of("amount", rows))
        last_day = date(self.layout.year, 12, 31)
        sheet.write(row + 3, 8, f"{words['place']}, {last_day:%d-%m-%Y}")
        sheet.write(row + 4, 1, words["acknowledged"])
        sheet.write(row + 4, 8, words["made_by"])
        sheet.write(row + 7, 1, f"({fixture()['staff'][0]})")
        sheet.write(row + 7, 8, f"({fixture()['staff'][1]})")

    def _reference(self, workbook: Workbook, styles: _Styles, table: SheetTable) -> None:
        words, sheet = fixture()["words"], workbook.add_worksheet(table.sheet)
        sheet.write(0, 0, words["reference_title"], styles.title)
        header_row = table.header_rows[0] - 1
        for column, header in enumerate(table.columns):
            sheet.write(header_row, column, header, styles.header)
        for number, school in enumerate(fixture()["schools"], start=1):
            cells = [number, school["name"], school["level"], school["city"]]
            sheet.write_row(header_row + number, 0, cells)
        programs = [
            program[:2] for unit in self.titles["units"].values() for program in unit["programs"]
        ]
        channels = [[channel, words["conventional"]] for channel in fixture()["channel_weights"]]
        methods = [[method] for method in words["payment_methods"]]
        patterns = [[words["paid_in_full"]], *([word] for word in words["installments"])]
        column = len(table.columns) + 1
        for headers, lines in zip(
            words["reference_blocks"], [programs, channels, methods, patterns], strict=True
        ):
            sheet.write_row(header_row, column, headers, styles.header)
            for offset, line in enumerate(lines, start=1):
                sheet.write_row(header_row + offset, column, line)
            column += len(headers) + 1

    def _targets(self, workbook: Workbook, styles: _Styles, table: SheetTable) -> None:
        sheet = workbook.add_worksheet(table.sheet)
        words = fixture()["words"]
        for row, line in enumerate(words["letter_head"]):
            sheet.write(row, 1, line, styles.title)
        top, bottom = (number - 1 for number in table.header_rows)
        for column, header in enumerate(table.columns):
            sheet.merge_range(top, column, bottom, column, header, styles.header)
        measures = list(table.monthly_columns)
        for number, label in table.month_labels.items():
            first = len(table.columns) + (number - 1) * len(measures)
            sheet.merge_range(top, first, top, first + len(measures) - 1, label, styles.header)
            sheet.write_row(bottom, first, measures, styles.header)
        row = table.first_data_row - 1
        grand_total = [0] * 12 * len(measures)
        number = 0
        for unit in self.titles["units"]:
            unit_total = [0] * 12 * len(measures)
            for product, *_ in self.titles["units"][unit]["programs"]:
                number += 1
                figures = self._target_figures(unit, product)
                sheet.write_row(row, 0, [number, unit, product])
                sheet.write_row(row, len(table.columns), figures)
                unit_total = [a + (b or 0) for a, b in zip(unit_total, figures, strict=True)]
                row += 1
            sheet.write(row, 1, f"{words['subtotal']} {unit}", styles.header)
            sheet.write_row(row, len(table.columns), unit_total, styles.money)
            grand_total = [a + b for a, b in zip(grand_total, unit_total, strict=True)]
            row += 1
        sheet.write(row, 1, words["grand_total"], styles.header)
        sheet.write_row(row, len(table.columns), grand_total, styles.money)

    def _target_figures(self, unit: str, product: str) -> list[int | None]:
        """Return targets and reported figures of twelve months, in sheet order.

        Each month has target students, reported students, target revenue and reported revenue;
        figures after the last month of the business are not reported.
        """
        figures: list[int | None] = []
        for month in self.months:
            target = next(
                target
                for target in self.business.targets
                if (target.unit, target.product_name, target.month) == (unit, product, month)
            )
            paid = [
                payment
                for payment in self.business.transactions
                if (payment.order.unit, payment.order.product_name, payment.month)
                == (unit, product, month)
            ]
            reported = month <= self.last
            students = len({payment.order.student.number for payment in paid})
            revenue = sum(payment.amount for payment in paid)
            figures += [
                target.students,
                students if reported else None,
                target.revenue,
                revenue if reported else None,
            ]
        return figures

    def _computed(self, sheet: Worksheet, totals: list[tuple[str, int]], styles: _Styles) -> None:
        for row, (name, total) in enumerate(totals):
            sheet.write(row, 0, name)
            sheet.write_formula(row, 1, f"=SUM('{name}'!A:A)", styles.money, total)


class _Styles:
    """The few cell formats that a workbook needs."""

    def __init__(self, workbook: Workbook) -> None:
        def style(**properties: Any) -> Format:
            return workbook.add_format(properties)

        self.title = style(bold=True, font_size=13)
        self.header = style(bold=True, border=1, text_wrap=True, align="center")
        self.money = style(num_format="#,##0")
        self.date = style(num_format="dd/mm/yyyy")


def _workbook(path: Path) -> Workbook:
    workbook = xlsxwriter.Workbook(str(path))
    workbook.set_properties({"created": datetime(2020, 1, 1, tzinfo=UTC)})
    return workbook


def _write_row(
    sheet: Worksheet, row: int, table: SheetTable, cells: Cells, styles: _Styles
) -> None:
    for column, name in enumerate(table.columns.values()):
        match cells.get(name):
            case None:
                continue
            case ErrorCell(text):
                sheet.write_formula(row, column, f"={text}", value=cast("Any", text))
            case date() as day:
                sheet.write_datetime(row, column, datetime.combine(day, time()), styles.date)
            case str() as text:
                sheet.write_string(row, column, text)
            case number:
                sheet.write_number(row, column, number)


def _sum_of(column: str, rows: list[Row]) -> int:
    return sum(value for row in rows if isinstance(value := row.cells.get(column), int))
