"""The ways in which hand-kept rows go wrong: one function each, on the cells of a transaction row.

Every function returns the rows that stand in the sheet instead of the sound one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from atlas_assets.sample.business import fixture

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from atlas_assets.periods import Month


@dataclass(frozen=True)
class ErrorCell:
    """A cell whose formula failed, for example `#REF!`."""

    text: str


Cell = str | int | float | date | ErrorCell | None
Cells = dict[str, Cell]


def intake_text(month: Month) -> str:
    """Return an intake as the administrators write it: `FEBRUARI 2026`."""
    return f"{fixture()['words']['months'][month.number - 1]} {month.year}"


def _amount_as_text(cells: Cells, random: Random, _month: Month) -> list[Cells]:
    amount = cells["amount"]
    assert isinstance(amount, int)
    dotted = f"{amount:,}".replace(",", ".")
    forms = [f"{amount:,}", f"Rp {dotted}", f"{dotted},00", f"{amount},-", f" {dotted} "]
    return [{**cells, "amount": random.choice(forms)}]


def _amount_unreadable(cells: Cells, _random: Random, _month: Month) -> list[Cells]:
    return [{**cells, "amount": fixture()["words"]["unreadable_amount"]}]


def _amount_missing(cells: Cells, random: Random, _month: Month) -> list[Cells]:
    return [{**cells, "amount": random.choice([0, None])}]


def _date_as_text(cells: Cells, random: Random, _month: Month) -> list[Cells]:
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
    return [{**cells, "transaction_date": random.choice(forms)}]


def _date_unreadable(cells: Cells, _random: Random, month: Month) -> list[Cells]:
    return [{**cells, "transaction_date": f"{fixture()['words']['unreadable_date']}/{month.year}"}]


def _date_outside_month(cells: Cells, random: Random, month: Month) -> list[Cells]:
    return [{**cells, "transaction_date": month.first_day - timedelta(days=random.randint(1, 9))}]


def _intake_implausible(cells: Cells, random: Random, month: Month) -> list[Cells]:
    return [{**cells, "intake": intake_text(month.plus(12 * random.choice([-4, 5, 6])))}]


def _twin(cells: Cells, _random: Random, _month: Month) -> list[Cells]:
    return [cells, dict(cells)]


def _receipt_conflict(cells: Cells, _random: Random, _month: Month) -> list[Cells]:
    amount = cells["amount"]
    assert isinstance(amount, int)
    return [cells, {**cells, "amount": amount + 50_000}]


def _student_missing(cells: Cells, _random: Random, _month: Month) -> list[Cells]:
    return [{**cells, "student_name": None}]


def _unit_unknown(cells: Cells, _random: Random, _month: Month) -> list[Cells]:
    return [{**cells, "unit": fixture()["words"]["unknown_unit"]}]


def _unknown_words(cells: Cells, random: Random, _month: Month) -> list[Cells]:
    words = fixture()["words"]
    column, word = random.choice(
        [
            ("channel", words["unknown_channel"]),
            ("organization_level", words["unknown_level"]),
            ("payment_method", words["unknown_method"]),
        ]
    )
    return [{**cells, column: word}]


def _unit_prefix_mismatch(cells: Cells, _random: Random, _month: Month) -> list[Cells]:
    number = cells.get("receipt_number")
    if not isinstance(number, str):
        return [cells]
    prefix, _, rest = number.partition(".")
    return [{**cells, "receipt_number": f"X{prefix[0]}.{rest}"}]


def _name_in_other_form(cells: Cells, random: Random, _month: Month) -> list[Cells]:
    name = str(cells["student_name"])
    honorific = fixture()["words"]["honorific"]
    forms = [name.upper(), name.replace(" ", "  "), f"{honorific} {name}", f"{name}."]
    return [{**cells, "student_name": random.choice(forms)}]


def _cell_error(cells: Cells, random: Random, _month: Month) -> list[Cells]:
    error = ErrorCell(random.choice(["#REF!", "#N/A", "#DIV/0!"]))
    return [{**cells, random.choice(["amount", "organization_name"]): error}]


DEFECTS: dict[str, Callable[[Cells, Random, Month], list[Cells]]] = {
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
    "unknown_word": _unknown_words,
    "unit_prefix_mismatch": _unit_prefix_mismatch,
    "name_in_other_form": _name_in_other_form,
    "cell_error": _cell_error,
}


def spoil(rows: list[Cells], month: Month, share: float, random: Random) -> list[Cells]:
    """Return the rows with about that share of them made defective, every kind alike."""
    spoiled: list[Cells] = []
    for cells in rows:
        if random.random() < share:
            spoiled += DEFECTS[random.choice(list(DEFECTS))](cells, random, month)
        else:
            spoiled.append(cells)
    return spoiled
