"""Invented companies that have nothing in common with the samples, with their receipts as they are meant.

Each function writes workbooks into a folder and returns the receipts of its company as a table: month
(the sheet's), unit, program, student, and amount.
"""

from __future__ import annotations

import calendar
import random
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import openpyxl
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STUDENTS = [
    f"{first} {last}"
    for first in ("Ada", "Ben", "Cora", "Dan", "Ella", "Finn", "Grace", "Hugh")
    for last in ("Ashby", "Brook", "Carter", "Doyle", "Emery", "Frost", "Gray")
]


@dataclass(frozen=True)
class Receipt:
    """One payment as it is meant, however the workbook writes it."""

    day: date
    number: str
    unit: str
    program: str
    student: str
    amount: Decimal


def figures(receipts: list[Receipt]) -> pd.DataFrame:
    """Return the receipts as a table with the month of each."""
    table = pd.DataFrame(receipts)
    table["month"] = [f"{receipt.day:%Y-%m}" for receipt in receipts]
    return table


def _receipts(
    chance: random.Random, months: list[tuple[int, int]], units: dict[str, list[str]], count: int
) -> Iterator[Receipt]:
    """Yield receipts of some months; one in thirty is a refund."""
    number = 0
    for year, month in months:
        for _ in range(count):
            number += 1
            unit = chance.choice(list(units))
            cents = chance.randint(2_000, 90_000)
            amount = Decimal(-cents if chance.random() < 1 / 30 else cents) / 100
            yield Receipt(
                date(year, month, 1)
                + timedelta(chance.randrange(calendar.monthrange(year, month)[1])),
                f"{unit[:2].upper()}-{year % 100:02}{month:02}-{number:04}",
                unit,
                chance.choice(units[unit]),
                chance.choice(STUDENTS),
                amount,
            )


def elm(folder: Path) -> pd.DataFrame:
    """Write an English school with a fiscal year from July in euros: a workbook a fiscal year, a sheet a month.

    Amounts are numbers or texts such as `€ 1,250.50` and `980.00 EUR`; a total stands below them.
    """
    chance = random.Random(1)
    units = {"London": ["IELTS", "Business English"], "Leeds": ["IELTS", "Evening class"]}
    every: list[Receipt] = []
    for year in (2023, 2024):
        book = openpyxl.Workbook()
        book.remove(book.active)
        months = [(year + (n < 7), n) for n in (7, 8, 9, 10, 11, 12, 1, 2, 3, 4, 5, 6)]
        receipts = list(_receipts(chance, months, units, 24))
        for of_year, month in months:
            sheet = book.create_sheet(date(of_year, month, 1).strftime("%b"))
            sheet["A1"] = "Elm Language School, receipts"
            headers = ["No", "Date paid", "Receipt no.", "Student", "Branch", "Course"]
            _row(sheet, 3, [*headers, "Start month", "Heard from", "Paid by", "Amount (EUR)"])
            own = [r for r in receipts if (r.day.year, r.day.month) == (of_year, month)]
            for place, receipt in enumerate(own, 1):
                values = [place, receipt.day, receipt.number, receipt.student, receipt.unit]
                values += [
                    receipt.program,
                    f"{receipt.day:%b %Y}",
                    chance.choice(["Web", "Friend"]),
                ]
                values += [chance.choice(["Card", "Cash"]), _euros(chance, receipt.amount)]
                _row(sheet, place + 3, values)
            sheet.cell(len(own) + 5, 9, "Total")
            sheet.cell(len(own) + 5, 10, float(sum(r.amount for r in own)))
        book.save(folder / f"Elm receipts {year}-{year + 1 - 2000}.xlsx")
        every += receipts
    return figures(every)


def birch(folder: Path) -> pd.DataFrame:
    """Write tutors in pounds: a workbook a year, and no branches, channels, schools, start months or students."""
    chance = random.Random(2)
    every: list[Receipt] = []
    for year in (2023, 2024):
        book = openpyxl.Workbook()
        book.remove(book.active)
        months = [(year, month) for month in range(1, 13)]
        receipts = list(_receipts(chance, months, {"BIRCH": ["Maths", "Physics"]}, 15))
        for month in range(1, 13):
            sheet = book.create_sheet(f"{date(year, month, 1):%B %Y}")
            _row(sheet, 1, ["Date", "Receipt No", "Client Name", "Course", "Amount", "Method"])
            own = [receipt for receipt in receipts if receipt.day.month == month]
            for place, receipt in enumerate(own, 2):
                values = [f"{receipt.day:%B} {receipt.day.day}, {year}", receipt.number]
                values += [receipt.student, receipt.program, float(receipt.amount), "Card"]
                _row(sheet, place, values)
                sheet.cell(place, 5).number_format = '"£"#,##0.00'
        book.save(folder / f"Birch Tutoring {year}.xlsx")
        every += receipts
    return figures(every)


def _row(sheet: Any, row: int, values: list[Any]) -> None:
    for column, value in enumerate(values, 1):
        sheet.cell(row, column, value)


def _euros(chance: random.Random, amount: Decimal) -> float | str:
    sign, size = "-" if amount < 0 else "", abs(amount)
    texts = [f"{sign}€ {size:,.2f}", f"{sign}{size:.2f} EUR", f"{sign}€{size:,.2f}"]
    return chance.choice(texts) if chance.random() < 1 / 4 else float(amount)
