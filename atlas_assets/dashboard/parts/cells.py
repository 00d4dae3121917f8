"""The cells of workbooks: where a page about them is, and what not every reader may see of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from atlas_assets.dashboard.context import Context

# Columns with personal details; a note can have any.
PERSONAL = frozenset(
    "address birth_date birth_place email guardian_name guardian_phone identity_number note phone".split()  # noqa: SIM905
)


def row_address(
    context: Context, table: str, month: str, place: tuple[str, str, int], column: str = ""
) -> str:
    """Return the address of a row of a sheet, with the column of the cell that is meant.

    `place` is its workbook, sheet and number, `month` the first day of its month.
    """
    file, sheet, row = place
    return context.view.at(
        f"/rows/{table}/{month}/{row}", file=file, sheet=sheet, column=column or None
    )
