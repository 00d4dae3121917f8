"""The validation file as data: what became of every sheet and row of an entity's year.

`validation.schema.json` next to this module is its exported JSON Schema. The file is written for
the person who keeps the workbooks: rows and cells are named as in the spreadsheet, money is in
the registry's currency.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from atlas_assets.documents.number import Number
from atlas_assets.documents.strict_model import StrictModel

SCHEMA_ID = "urn:atlas:validation:1"


class HeaderColumn(StrictModel):
    """A column of the sheet: its letter, its header as written, and its name in Atlas."""

    column: str
    header: str | None
    name: str


class RowCounts(StrictModel):
    """What became of the rows below the header.

    `read` = `kept` + `not_data`, and `kept` = `valid` + `flagged` + `duplicates`. The last three
    are null until the sheet has been checked.
    """

    read: int
    not_data: int
    kept: int
    valid: int | None
    flagged: int | None
    duplicates: int | None


class RowRange(StrictModel):
    """Adjacent rows that are not records: blank, header, total or signature."""

    rows: str = Field(examples=["61-64"])
    reason: Literal["blank", "header", "total", "signature"]


class Amounts(StrictModel):
    """What became of the money: `sheet` = `revenue` + `unassigned` + `stray` + `duplicates`.

    `stray` are amounts that stand alone, without unit, student, program and receipt. Amounts that
    cannot be read count as zero here and are listed among the findings.
    """

    sheet: Number
    revenue: Number
    unassigned: Number
    stray: Number
    duplicates: Number


class Finding(StrictModel):
    """Something wrong with a row. `nearest` is the known word most similar to an unknown one.

    `other` is what the row is compared with: the place of the same receipt, the record of a student
    with the same name, or what the cell holds if it shows something else.
    """

    cell: str | None
    row: int
    column: str
    content: str | None
    reason: str
    severity: Literal["flagged", "duplicate", "warning"]
    nearest: str | None
    other: str | None
    amount: Number | None


class Sheet(StrictModel):
    """One table of one sheet and month."""

    table: str
    month: str
    file: str
    sheet: str
    status: Literal["checked", "loaded, not checked yet"]
    header_rows: list[int]
    columns: list[HeaderColumn]
    rows: RowCounts
    not_data: list[RowRange]
    amounts: Amounts | None
    warnings: list[str]
    findings: list[Finding]
    hash: str
    loaded_at: str


class RefusedSheet(StrictModel):
    """A sheet that could not be read; what was loaded of it before stays in use."""

    table: str
    month: str
    problem: str


class UnknownWord(StrictModel):
    """A word that is missing from the registry, for the person who maintains it."""

    kind: str
    word: str
    rows: int
    first_place: str
    nearest: str | None


class Spelling(StrictModel):
    """A spelling of a program, a school or a word of the registry that was taken for another one."""

    kind: str
    written: str
    taken_as: str
    rows: int


class Difference(StrictModel):
    """Two figures that must be equal but are not."""

    month: str
    place: str
    expected: Number
    actual: Number
    difference: Number


class Reconciled(StrictModel):
    """A reconciliation over the months that are built; `unit` says what is counted.

    If `is_blocking`, a month with a difference is neither published nor reported.
    """

    check: str
    unit: str
    is_blocking: bool
    compared: int
    differences: list[Difference]


class Totals(StrictModel):
    """All sheets together."""

    sheets_loaded: int
    sheets_refused: int
    rows: RowCounts
    warnings: int


class Validation(StrictModel):
    """The validation file. `reasons` explains every reason that occurs in it."""

    about: str
    entity: str
    year: int
    totals: Totals
    refused: list[RefusedSheet]
    workbook_warnings: list[str]
    reconciliations: list[Reconciled]
    unknown_words: list[UnknownWord]
    spellings: list[Spelling]
    reasons: dict[str, str]
    sheets: list[Sheet]
