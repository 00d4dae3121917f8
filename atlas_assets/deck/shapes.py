"""Boxes, texts and marks on a slide, drawn without a shape style."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pptx.oxml import parse_xml
from pptx.util import Inches

from atlas_assets.deck.drawing_xml import (
    NAMESPACES,
    NUMBER_FIELD,
    attribute_xml,
    runs_xml,
    solid_fill,
)
from atlas_assets.deck.slides import Run
from atlas_assets.notation.tokens import Role, Size

# Tells screen readers to pass over a shape without text.
_DECORATIVE = (
    '<a:extLst><a:ext uri="{C183D7F6-B498-43B3-948B-1728B52AA6E4}"><adec:decorative '
    'xmlns:adec="http://schemas.microsoft.com/office/drawing/2017/decorative" val="1"/>'
    "</a:ext></a:extLst>"
)


@dataclass(frozen=True)
class Box:
    """A place on a slide, in inches."""

    left: float
    top: float
    width: float
    height: float

    @property
    def bottom(self) -> float:
        """The lower edge, in inches from the top of the slide."""
        return self.top + self.height


def add_text(drawn: Any, box: Box, runs: list[Run], size: float) -> None:
    """Add one line of text; `size` is in points."""
    name = "".join(run.text for run in runs).strip()
    _add(drawn, box, name, "<a:noFill/>", [(runs, size)])


def add_card(
    drawn: Any,
    box: Box,
    name: str,
    lines: list[tuple[list[Run], float]],
    inset: tuple[float, float],
) -> None:
    """Add a light card with lines of runs, each with its size in points.

    `inset` is the margin around the text in inches, across and down.
    """
    _add(drawn, box, name, solid_fill(Role.CARD), lines, inset=inset)


def add_mark(
    drawn: Any, box: Box, name: str, *, fill: Role, line: Role | None = None, text: str = ""
) -> None:
    """Add a strip, or a dot with a text such as a number."""
    edge = f'<a:ln w="9525">{solid_fill(line)}</a:ln>' if line else ""
    runs = [Run(text, bold=True, role=Role.WHITE)] if text else []
    shape = "ellipse" if text else "rect"
    _add(drawn, box, name, solid_fill(fill) + edge, [(runs, Size.TABLE)], shape, align="ctr")


def add_cut_label(drawn: Any, cover: Box, box: Box, text: str) -> None:
    """Cover the end of a column that is cut off, and write its amount over it."""
    _add(drawn, cover, "Cut", solid_fill(Role.WHITE), [([], Size.TABLE)])
    _add(drawn, box, "Cut label", "<a:noFill/>", [([Run(text)], Size.TABLE)], align="ctr")


def add_break(drawn: Any, box: Box, shape: str) -> None:
    """Add a white break across a column or bar that is cut off; `shape` is a preset geometry."""
    _add(drawn, box, "Cut", solid_fill(Role.WHITE), [([], Size.TABLE)], shape)


def add_slide_number(drawn: Any, index: int) -> None:
    """Add the placeholder of the slide's number, which takes its place and look from the layout."""
    shapes = drawn.shapes
    shapes._spTree.append(  # noqa: SLF001  python-pptx does not copy this placeholder
        parse_xml(
            f"<p:sp {NAMESPACES}><p:nvSpPr>"
            f'<p:cNvPr id="{shapes._next_shape_id}" name="Slide number"/>'  # noqa: SLF001
            '<p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr>'
            f'<p:nvPr><p:ph type="sldNum" idx="{index}"/></p:nvPr></p:nvSpPr><p:spPr/>'
            f"<p:txBody><a:bodyPr/><a:lstStyle/>{NUMBER_FIELD}</p:txBody></p:sp>"
        )
    )


def add_brand(drawn: Any, box: Box, color: str) -> None:
    """Add a strip in a unit's brand colour, `#RRGGBB`."""
    fill = f'<a:solidFill><a:srgbClr val="{color.removeprefix("#")}"/></a:solidFill>'
    _add(drawn, box, "Brand", fill, [([], Size.TABLE)])


def _add(
    drawn: Any,
    box: Box,
    name: str,
    look: str,
    lines: list[tuple[list[Run], float]],
    shape: str = "rect",
    *,
    align: str = "l",
    inset: tuple[float, float] = (0.0, 0.0),
) -> None:
    across, down = (Inches(value) for value in inset)
    paragraphs = "".join(
        f'<a:p><a:pPr algn="{align}"/>{runs_xml(runs, size) or "<a:endParaRPr/>"}</a:p>'
        for runs, size in lines
    )
    is_bare = not any(run.text for runs, _ in lines for run in runs)
    shapes = drawn.shapes
    shapes._spTree.append(  # noqa: SLF001  python-pptx only adds shapes with a style
        parse_xml(
            f"<p:sp {NAMESPACES}><p:nvSpPr>"
            f'<p:cNvPr id="{shapes._next_shape_id}" name={attribute_xml(name)}>{_DECORATIVE if is_bare else ""}'  # noqa: SLF001
            "</p:cNvPr><p:cNvSpPr/><p:nvPr/>"
            f'</p:nvSpPr><p:spPr><a:xfrm><a:off x="{Inches(box.left)}" y="{Inches(box.top)}"/>'
            f'<a:ext cx="{Inches(box.width)}" cy="{Inches(box.height)}"/></a:xfrm>'
            f'<a:prstGeom prst="{shape}"><a:avLst/></a:prstGeom>{look}</p:spPr>'
            f'<p:txBody><a:bodyPr wrap="square" lIns="{across}" tIns="{down}" rIns="{across}" '
            f'bIns="{down}" anchor="{"ctr" if shape == "ellipse" else "t"}"/><a:lstStyle/>'
            f"{paragraphs}</p:txBody></p:sp>"
        )
    )
