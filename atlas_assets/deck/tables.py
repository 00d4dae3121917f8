"""Native tables as one piece of XML: building them cell by cell is many times slower."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from pptx.util import Inches

from atlas_assets.deck.text_fit import shortened
from atlas_assets.notation.tokens import THEME, Role, Size

if TYPE_CHECKING:
    from atlas_assets.deck.slides import Column, Table, TableRow

ROW_HEIGHT = 0.262
ROWS_A_PAGE = 18
MARGIN = 0.06
INDENT = 0.16
_NAMESPACES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
)


def table_xml(table: Table, box: tuple[float, float, float, float], shape_id: int) -> str:
    """Return a table's graphic frame that fills the placeholder 14; `box` is in inches."""
    left, top, width, _ = box
    total = sum(column.width for column in table.columns)
    widths = [width * column.width / total for column in table.columns]
    grid = "".join(f'<a:gridCol w="{Inches(inches)}"/>' for inches in widths)
    header = _row(
        [
            _cell_xml(
                column.header,
                column,
                inches,
                bold=True,
                role=Role.NAVY,
                lower=Role.INK,
                indent=_gap(table.columns, position),
            )
            for position, (column, inches) in enumerate(zip(table.columns, widths, strict=True))
        ]
    )
    body = "".join(_row(_cells(row, table.columns, widths)) for row in table.rows)
    height = ROW_HEIGHT * (len(table.rows) + 1)
    return (
        f"<p:graphicFrame {_NAMESPACES}><p:nvGraphicFramePr>"
        f'<p:cNvPr id="{shape_id}" name={quoteattr(table.name)} descr={quoteattr(table.description)}/>'
        '<p:cNvGraphicFramePr><a:graphicFrameLocks noGrp="1"/></p:cNvGraphicFramePr>'
        '<p:nvPr><p:ph type="tbl" idx="14"/></p:nvPr></p:nvGraphicFramePr>'
        f'<p:xfrm><a:off x="{Inches(left)}" y="{Inches(top)}"/>'
        f'<a:ext cx="{Inches(width)}" cy="{Inches(height)}"/></p:xfrm>'
        '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/table">'
        f'<a:tbl><a:tblPr firstRow="1"/><a:tblGrid>{grid}</a:tblGrid>{header}{body}</a:tbl>'
        "</a:graphicData></a:graphic></p:graphicFrame>"
    )


def _row(cells: list[str]) -> str:
    return f'<a:tr h="{Inches(ROW_HEIGHT)}">{"".join(cells)}</a:tr>'


def _cells(row: TableRow, columns: list[Column], widths: list[float]) -> list[str]:
    return [
        _cell_xml(
            cell.text,
            column,
            inches,
            bold=cell.bold or row.is_total or column.emphasized,
            role=cell.role or Role.INK,
            upper=Role.INK if row.is_total else None,
            lower=Role.INK if row.is_total else Role.RULE,
            filled=row.is_total or column.emphasized,
            indent=INDENT if row.is_detail and position == 0 else _gap(columns, position),
        )
        for position, (cell, column, inches) in enumerate(
            zip(row.cells, columns, widths, strict=True)
        )
    ]


def _gap(columns: list[Column], position: int) -> float:
    """Keep words apart from the figures that end just before them."""
    after_figures = position > 0 and columns[position - 1].align == "right"
    return INDENT if after_figures and columns[position].align == "left" else 0.0


def _cell_xml(
    text: str,
    column: Column,
    width: float,
    *,
    bold: bool,
    role: Role,
    lower: Role,
    upper: Role | None = None,
    filled: bool = False,
    indent: float = 0.0,
) -> str:
    look = f'sz="{round(Size.TABLE * 100)}" b="{int(bold)}"'
    color = f'<a:solidFill><a:schemeClr val="{THEME[role]}"/></a:solidFill>'
    fitting = shortened(text, width - 2 * MARGIN - indent, Size.TABLE, bold=bold)
    run = (
        f'<a:r><a:rPr lang="id" {look}>{color}</a:rPr><a:t>{escape(fitting)}</a:t></a:r>'
        if text
        else f'<a:endParaRPr lang="id" {look}/>'
    )
    fill = (
        f'<a:solidFill><a:schemeClr val="{THEME[Role.CARD]}"/></a:solidFill>'
        if filled
        else "<a:noFill/>"
    )
    return (
        f'<a:tc><a:txBody><a:bodyPr wrap="square"/><a:lstStyle/><a:p><a:pPr algn="{column.align[0]}"/>{run}</a:p>'
        f'</a:txBody><a:tcPr marL="{Inches(MARGIN + indent)}" marR="{Inches(MARGIN)}" marT="{Inches(0.02)}" '
        f'marB="{Inches(0.02)}" anchor="ctr">{_border("L", None)}{_border("R", None)}'
        f"{_border('T', upper)}{_border('B', lower)}{fill}</a:tcPr></a:tc>"
    )


def _border(side: str, role: Role | None) -> str:
    if role is None:
        return f'<a:ln{side} w="0"><a:noFill/></a:ln{side}>'
    width = 6350 if role is Role.RULE else 12700
    return f'<a:ln{side} w="{width}"><a:solidFill><a:schemeClr val="{THEME[role]}"/></a:solidFill></a:ln{side}>'
