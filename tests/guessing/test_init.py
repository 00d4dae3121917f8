"""`atlas init` on the samples and on a company of another country."""

from __future__ import annotations

from typing import TYPE_CHECKING

import openpyxl
import pytest

from atlas_assets.configuration.configuration import Configuration
from atlas_assets.guessing.sheets import month_of
from atlas_assets.sources.isolation import IsolatedSource
from atlas_assets.sources.routing import RoutedSource

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Installation

HEADERS = [
    *("No", "Date paid", "Receipt no.", "Student", "Branch", "Course", "Start month", "School"),
    *("Chanel", "Payment method", "Amount paid (EUR)", "Colour"),
]


def elm_school(path: Path, headers: list[str]) -> None:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, month in enumerate(("Jan", "Feb", "Mar"), 1):
        sheet = book.create_sheet(f"Income {month}")
        sheet["A1"] = "Elm Language School"
        for column, header in enumerate(headers, 1):
            sheet.cell(4, column, header)
        for row in range(1, 21):
            unit = ("Elm London", "Elm Leeds")[row % 2]
            values = [
                *(row, f"2025-{number:02}-{row:02}", f"{unit[4:6].upper()}-25{number:02}-{row:04}"),
                *(f"Student {row}", unit, "IELTS", f"{month} 2025", "Hill School", "Google Ads"),
                *("Card", 120.5, "red"),
            ]
            for column, value in enumerate(values, 1):
                sheet.cell(row + 4, column, value)
    book.create_sheet("Overview")["A1"] = "Totals"
    book.save(path)


def test_the_samples_are_read_as_with_their_own_configuration(
    built: Installation, tmp_path: Path
) -> None:
    workbooks = sorted(map(str, (built.root / "source").glob("*.xlsx")))
    told = built.atlas("init", str(tmp_path / "new"), *workbooks)
    read, sheets = (int(word) for word in told.stderr.split(" sheets can be read")[0].split(" of "))
    assert read >= 0.9 * sheets
    guessed = Configuration(tmp_path / "new" / "config")
    assert guessed.registry.currency.code == "IDR"
    assert {entity.code for entity in guessed.registry.entities} == {"EPN", "IONS"}
    own = Configuration(built.root / "source" / "config")
    sources = [
        IsolatedSource(RoutedSource(tmp_path / "new", guessed)),
        IsolatedSource(RoutedSource(built.root / "source", own)),
    ]
    for entity in ("EPN", "IONS"):
        for month in sources[1].months(entity):
            rows = [source.look("transactions", entity, month).rows_kept for source in sources]
            assert rows[0] == rows[1], (entity, month)


def test_a_company_of_another_country_is_described(unbuilt: Installation, tmp_path: Path) -> None:
    path = tmp_path / "Elm payments 2025.xlsx"
    elm_school(path, HEADERS)
    told = unbuilt.atlas("init", str(tmp_path / "elm"), str(path))
    assert "3 of 3 sheets can be read" in told.stderr
    assert (tmp_path / "elm" / path.name).exists()
    text = (tmp_path / "elm" / "config" / "elm-2025.yaml").read_text("utf-8")
    assert "Chanel: channel  # 92% like a word of the field" in text
    assert "# No word of the field, and not read: 'Colour'" in text
    assert "# There is no sheet for the months 4, 5, 6, 7, 8, 9, 10, 11, 12." in text
    configuration = Configuration(tmp_path / "elm" / "config")
    registry = configuration.registry
    assert {unit.code: unit.receipt_prefix for unit in registry.entity("ELM").units} == {
        "ELM_LONDON": "LO",
        "ELM_LEEDS": "LE",
    }
    assert (registry.currency.code, registry.currency.symbol) == ("EUR", "€")
    assert registry.receipt_prefix_pattern == "^[A-Z]+"
    assert [(c.name, c.category) for c in registry.channels] == [("Google Ads", "digital")]
    assert registry.ignored_sheets == ["Overview"]


def test_what_was_not_found_is_marked_and_refused(unbuilt: Installation, tmp_path: Path) -> None:
    path = tmp_path / "Elm payments 2025.xlsx"
    elm_school(path, [header.replace("Student", "Xyz") for header in HEADERS])
    told = unbuilt.atlas("init", str(tmp_path / "elm"), str(path))
    assert "0 of 3 sheets can be read" in told.stderr
    text = (tmp_path / "elm" / "config" / "elm-2025.yaml").read_text("utf-8")
    assert "NOT FOUND: replace this line by the header of student_name" in text
    assert "there is no column 'NOT FOUND: replace this line by the header of student_name'" in (
        told.stderr
    )


def test_nothing_is_overwritten_and_no_other_file_is_taken(
    unbuilt: Installation, tmp_path: Path
) -> None:
    (tmp_path / "new" / "config").mkdir(parents=True)
    path = tmp_path / "Elm.xlsx"
    path.write_text("no workbook")
    refused = unbuilt.atlas("init", str(tmp_path / "new"), str(path), status=2)
    assert "is there already" in refused.stderr
    refused = unbuilt.atlas("init", str(tmp_path / "other"), str(path), status=1)
    assert "Elm.xlsx" in refused.stderr
    assert not (tmp_path / "other").exists()
    (tmp_path / "third").mkdir()
    (tmp_path / "third" / path.name).write_text("another one")
    refused = unbuilt.atlas("init", str(tmp_path / "third"), str(path), status=2)
    assert "another workbook has that name" in refused.stderr
    assert (tmp_path / "third" / path.name).read_text() == "another one"


@pytest.mark.parametrize(
    ("name", "month"),
    [
        ("JANUARI26", 1),
        (" REKAP JULI", 7),
        ("Income Feb", 2),
        ("FEBUARI 23", 2),
        ("2025-11", 11),
        ("May", 5),
        ("Mayor", None),
        ("Jan-Feb", None),
        ("SUMMARY", None),
    ],
)
def test_the_month_in_the_name_of_a_sheet(name: str, month: int | None) -> None:
    assert month_of(name) == month
