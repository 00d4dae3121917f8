"""The list of findings as a workbook: a line for each, with a link that opens its cell."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from atlas_assets.files import written_whole

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from atlas_assets.validation.findings import Finding

# Column: its width in characters.
_COLUMNS = {
    "entity": 8,
    "month": 9,
    "file": 34,
    "sheet": 16,
    "cell": 8,
    "content": 24,
    "severity": 10,
    "what is wrong": 44,
    "what it does to the figures": 40,
    "what to do": 40,
    "nearest known word": 20,
    "compared with": 34,
    "amount": 16,
}
_CELL, _AMOUNT = list(_COLUMNS).index("cell"), list(_COLUMNS).index("amount")
_LONGEST_LINK = 2_079  # characters, beyond which spreadsheet programs refuse one
_MOST_LINKS = 65_530  # on a sheet, for the same reason


def write_list(findings: Iterable[Finding], path: Path, source_dir: Path, decimals: int) -> None:
    """Write findings into a workbook at `path`. Contents are texts in it, never formulas.

    Amounts are shown with the currency's `decimals`.

    Links are relative, so that they hold wherever the folder of the workbooks is found from the list.
    """
    import xlsxwriter  # noqa: PLC0415  takes 0.1 s to load

    with written_whole(path) as temporary, xlsxwriter.Workbook(str(temporary)) as workbook:
        sheet = workbook.add_worksheet("findings")
        bold = workbook.add_format({"bold": True, "bottom": 1})
        wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
        money = workbook.add_format(
            {"num_format": f"#,##0.{'0' * decimals}".rstrip("."), "valign": "top"}
        )
        for column, (title, width) in enumerate(_COLUMNS.items()):
            sheet.set_column(column, column, width, wrapped)
            sheet.write_string(0, column, title, bold)
        row = 0
        for row, finding in enumerate(findings, 1):
            for column, text in enumerate(_texts(finding)):
                sheet.write_string(row, column, text, wrapped)
            cell = _linked_cell(finding)
            if cell and row <= _MOST_LINKS:
                link = _link(finding, cell, path.parent, source_dir)
                if len(link) <= _LONGEST_LINK:
                    sheet.write_url(row, _CELL, link, string=finding.cell)
            if finding.amount is not None:
                sheet.write_number(row, _AMOUNT, float(finding.amount), money)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(row, 1), len(_COLUMNS) - 1)


def _texts(finding: Finding) -> list[str]:
    what, effect, remedy = finding.reason
    return [
        *(finding.entity, finding.month, finding.file, finding.sheet, finding.cell),
        *(finding.content, finding.severity),
        *(what.rstrip(":"), effect.strip(), remedy.strip()),
        *(finding.nearest or "", finding.other or ""),
    ]


def _linked_cell(finding: Finding) -> str | None:
    """Return the cell that a link leads to, the first one of a row that lacks it; None for other sources."""
    if match := re.fullmatch(r"row (\d+)", finding.cell):
        return f"A{match[1]}"
    return finding.cell if finding.cell.isalnum() else None


def _link(finding: Finding, cell: str, folder: Path, source_dir: Path) -> str:
    file = os.path.relpath(source_dir / finding.file, folder)
    sheet = finding.sheet.replace("'", "''")
    return f"external:{file}#'{sheet}'!{cell}"
