"""The validation file as data: what became of every sheet and row of an entity's year.

`validation.schema.json` beside this module is its exported JSON Schema. It is written for the
person who keeps the workbooks: rows and cells are as the spreadsheet shows them, money is in rupiah.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from atlas_assets.report.model import Number  # noqa: TC001  pydantic reads the annotations


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class HeaderColumn(_Part):
    """A column of the sheet: its letter, its header as written, and what Atlas calls it."""

    column: str
    header: str | None
    name: str


class RowCounts(_Part):
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


class RowRange(_Part):
    """Adjacent rows that are no records: blank, header, total or signature."""

    rows: str = Field(examples=["61-64"])
    reason: Literal["blank", "header", "total", "signature"]


class Amounts(_Part):
    """What became of the money: `sheet` = `revenue` + `unassigned` + `duplicates`.

    Amounts that cannot be read are worth nothing here, and are among the findings.
    """

    sheet: Number
    revenue: Number
    unassigned: Number
    duplicates: Number


class Finding(_Part):
    """Something wrong with a row. `nearest` is the known word that is nearest to an unknown one."""

    cell: str | None
    row: int
    column: str
    content: str | None
    reason: str
    severity: Literal["flagged", "duplicate", "warning"]
    nearest: str | None
    amount: Number | None


class Sheet(_Part):
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


class RefusedSheet(_Part):
    """A sheet that could not be read; what was loaded of it before still stands."""

    table: str
    month: str
    problem: str


class UnknownWord(_Part):
    """A word that the registry does not know, for its keeper."""

    kind: str
    word: str
    rows: int
    first_place: str
    nearest: str | None


class Difference(_Part):
    """Two figures that have to be equal and are not."""

    month: str
    place: str
    expected: Number
    actual: Number
    difference: Number


class Reconciled(_Part):
    """A reconciliation over the months that are built; `unit` says what is counted.

    One that blocks lets nothing of the month be published or reported while there is a difference.
    """

    check: str
    unit: str
    is_blocking: bool
    compared: int
    differences: list[Difference]


class Totals(_Part):
    """All sheets together."""

    sheets_loaded: int
    sheets_refused: int
    rows: RowCounts
    warnings: int


class Validation(_Part):
    """The file. `reasons` explains every reason that occurs in it."""

    about: str
    entity: str
    year: int
    totals: Totals
    refused: list[RefusedSheet]
    workbook_warnings: list[str]
    reconciliations: list[Reconciled]
    unknown_words: list[UnknownWord]
    reasons: dict[str, str]
    sheets: list[Sheet]
