"""The ways in which hand-kept rows go wrong: one function each, on the cells of a transaction row.

Every function returns the rows that replace the sound one in the sheet, each with its defective
column and the reason it has to be flagged with, if any.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from atlas_assets.sample.business import fixture

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from atlas_assets.periods.calendar import Month


@dataclass(frozen=True)
class ErrorCell:
    """A cell whose formula failed, for example `#REF!`."""

    text: str


Cell = str | int | float | date | ErrorCell | None
Cells = dict[str, Cell]


@dataclass(frozen=True)
class Row:
    """A row of a sheet: its cells, the defect injected into it, and how it has to be flagged.

    `column` is the defective one; `reason` is None where the row can be read all the same.
    `record` is what a person reads in the row, without mere slips of form.
    """

    cells: Cells
    record: Cells
    defect: str | None = None
    column: str | None = None
    reason: str | None = None


Rows = list[tuple[Cells, str, str | None]]  # cells, column, reason


def intake_text(month: Month) -> str:
    """Return an intake as the administrators write it: `FEBRUARI 2026`."""
    return f"{fixture()['words']['months'][month.number - 1]} {month.year}"


def _amount_as_text(cells: Cells, random: Random, _month: Month) -> Rows:
    amount = cells["amount"]
    assert isinstance(amount, int)
    dotted = f"{amount:,}".replace(",", ".")
    forms = [f"{amount:,}", f"Rp {dotted}", f"{dotted},00", f"{amount},-", f" {dotted} "]
    return [({**cells, "amount": random.choice(forms)}, "amount", None)]


def _amount_unreadable(cells: Cells, _random: Random, _month: Month) -> Rows:
    text = fixture()["words"]["unreadable_amount"]
    return [({**cells, "amount": text}, "amount", "amount_unreadable")]


def _amount_missing(cells: Cells, random: Random, _month: Month) -> Rows:
    return [({**cells, "amount": random.choice([0, None])}, "amount", "amount_missing")]


def _date_as_text(cells: Cells, random: Random, _month: Month) -> Rows:
    day, words = cells["transaction_date"], fixture()["words"]
    assert isinstance(day, date)
    name, short = words["months"][day.month - 1].title(), words["months_short"][day.month - 1]
    forms: list[Cell] = [
        f"{day:%d/%m/%Y}",
        f"{day:%d-%m-%y}",
        f"{day.day} {name} {day.year}",
        f"{day.day} {short} {day.year}",
        (day - date(1899, 12, 30)).days,
    ]
    return [({**cells, "transaction_date": random.choice(forms)}, "transaction_date", None)]


def _date_unreadable(cells: Cells, _random: Random, month: Month) -> Rows:
    text = f"{fixture()['words']['unreadable_date']}/{month.year}"
    return [({**cells, "transaction_date": text}, "transaction_date", "date_unreadable")]


def _date_outside_month(cells: Cells, random: Random, month: Month) -> Rows:
    day = month.first_day - timedelta(days=random.randint(1, 9))
    return [({**cells, "transaction_date": day}, "transaction_date", "date_outside_month")]


def _intake_implausible(cells: Cells, random: Random, month: Month) -> Rows:
    text = intake_text(month.plus(12 * random.choice([-4, 5, 6])))
    return [({**cells, "intake": text}, "intake", "intake_implausible")]


def _twin(cells: Cells, _random: Random, _month: Month) -> Rows:
    if "receipt_number" in cells:
        twin = (dict(cells), "receipt_number", "duplicate")
        return [(cells, "receipt_number", None), twin]
    return [(dict(cells), "student_name", "possible_duplicate") for _ in range(2)]


def _receipt_conflict(cells: Cells, _random: Random, _month: Month) -> Rows:
    amount = cells["amount"]
    assert isinstance(amount, int)
    reason = "receipt_conflict" if "receipt_number" in cells else None
    other = {**cells, "amount": amount + 50_000}
    return [(cells, "receipt_number", reason), (other, "receipt_number", reason)]


def _student_missing(cells: Cells, _random: Random, _month: Month) -> Rows:
    return [({**cells, "student_name": None}, "student_name", "student_missing")]


def _unit_unknown(cells: Cells, _random: Random, _month: Month) -> Rows:
    return [({**cells, "unit": fixture()["words"]["unknown_unit"]}, "unit", "unit_unknown")]


def _unknown_word(cells: Cells, random: Random, _month: Month) -> Rows:
    words = fixture()["words"]
    column, word, reason = random.choice(
        [
            ("channel", words["unknown_channel"], "channel_unknown"),
            ("organization_level", words["unknown_level"], "level_unknown"),
            ("payment_method", words["unknown_method"], "payment_method_unknown"),
        ]
    )
    return [({**cells, column: word}, column, reason)]


def _unit_prefix_mismatch(cells: Cells, _random: Random, _month: Month) -> Rows:
    number = cells.get("receipt_number")
    if not isinstance(number, str):
        return [(cells, "receipt_number", None)]
    prefix, _, rest = number.partition(".")
    other = {**cells, "receipt_number": f"X{prefix}.{rest}"}
    return [(other, "receipt_number", "unit_prefix_mismatch")]


def _name_in_other_form(cells: Cells, random: Random, _month: Month) -> Rows:
    name = str(cells["student_name"])
    honorific = fixture()["words"]["honorific"]
    forms = [name.upper(), name.replace(" ", "  "), f"{honorific} {name}", f"{name}."]
    return [({**cells, "student_name": random.choice(forms)}, "student_name", None)]


def _cell_error(cells: Cells, random: Random, _month: Month) -> Rows:
    error = ErrorCell(random.choice(["#REF!", "#N/A", "#DIV/0!"]))
    column = random.choice(["amount", "organization_name"])
    return [({**cells, column: error}, column, "cell_error")]


DEFECTS: dict[str, Callable[[Cells, Random, Month], Rows]] = {
    "amount_as_text": _amount_as_text,
    "amount_unreadable": _amount_unreadable,
    "amount_missing": _amount_missing,
    "date_as_text": _date_as_text,
    "date_unreadable": _date_unreadable,
    "date_outside_month": _date_outside_month,
    "intake_implausible": _intake_implausible,
    "twin": _twin,
    "receipt_conflict": _receipt_conflict,
    "student_missing": _student_missing,
    "unit_unknown": _unit_unknown,
    "unknown_word": _unknown_word,
    "unit_prefix_mismatch": _unit_prefix_mismatch,
    "name_in_other_form": _name_in_other_form,
    "cell_error": _cell_error,
}
_SLIPS_OF_FORM = {"amount_as_text", "date_as_text", "name_in_other_form"}


def spoil(rows: list[Cells], month: Month, share: float, random: Random) -> list[Row]:
    """Return the rows with about `share` (0 to 1) of them spoiled, all defects equally likely."""
    spoiled: list[Row] = []
    for cells in rows:
        if random.random() < share:
            defect = random.choice(list(DEFECTS))
            replacements = DEFECTS[defect](cells, random, month)
            spoiled += [
                Row(other, cells if defect in _SLIPS_OF_FORM else other, defect, column, reason)
                for other, column, reason in replacements
            ]
        else:
            spoiled.append(sound(cells))
    return spoiled


def sound(cells: Cells) -> Row:
    """Return a row without a defect."""
    return Row(cells, cells)
