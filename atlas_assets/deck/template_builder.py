"""Builds the template that comes with Atlas; run it as a module to rebuild `template.pptx`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from pptx import Presentation
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.opc.oxml import serialize_part_xml
from pptx.oxml import parse_xml
from pptx.util import Inches

from atlas_assets.deck.boxes import HEIGHT, WIDTH
from atlas_assets.deck.drawing_xml import NAMESPACES, NUMBER_FIELD, solid_fill
from atlas_assets.deck.reproducible import save_reproducibly
from atlas_assets.deck.slides import Layout
from atlas_assets.deck.template import (
    LAYOUTS,
    MESSAGE_PLACE,
    NUMBER_KIND,
    NUMBER_PLACE,
    PATH,
    TITLE_PLACE,
)
from atlas_assets.files import written_whole
from atlas_assets.notation.tokens import FONT, HEX, THEME, Role

if TYPE_CHECKING:
    from pathlib import Path

    from atlas_assets.deck.template import Place

DATE = "2026-01-01T00:00:00Z"
EMPTY = '<a:p><a:endParaRPr lang="en-US"/></a:p>'


def build(path: Path) -> None:
    """Write the template that comes with Atlas to `path`."""
    presentation = Presentation()
    presentation.slide_width, presentation.slide_height = Inches(WIDTH), Inches(HEIGHT)
    presentation.element.sldSz.attrib.pop("type", None)  # that of 4:3
    master = presentation.slide_master
    theme = cast("Any", master.part.part_related_by(RELATIONSHIP_TYPE.THEME))
    theme._blob = _themed(theme.blob)  # noqa: SLF001  python-pptx has no interface to themes
    _replace_shapes(master, [MESSAGE_PLACE, TITLE_PLACE, NUMBER_PLACE])
    kept = list(presentation.slide_layouts)[: len(LAYOUTS)]
    for layout in list(presentation.slide_layouts)[len(LAYOUTS) :]:
        presentation.slide_layouts.remove(layout)
    for layout, (name, places) in zip(kept, LAYOUTS.items(), strict=True):
        layout.name = str(name)
        _replace_shapes(layout, places)
        _add_decoration(layout, name)
    with written_whole(path) as temporary:
        save_reproducibly(presentation, temporary, DATE)


def _themed(blob: bytes) -> bytes:
    root: Any = parse_xml(blob)
    a = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
    slots = {"tx1": "dk1", "bg1": "lt1", "tx2": "dk2", "bg2": "lt2"}
    for role, slot in THEME.items():
        color = root.find(f".//{a}clrScheme/{a}{slots.get(slot, slot)}")
        for child in list(color):
            color.remove(child)
        color.append(parse_xml(f'<a:srgbClr {NAMESPACES} val="{HEX[role]}"/>'))
    link = root.find(f".//{a}clrScheme/{a}hlink/{a}srgbClr")
    link.set("val", HEX[Role.NEUTRAL])
    for font in ("majorFont", "minorFont"):
        root.find(f".//{a}fontScheme/{a}{font}/{a}latin").set("typeface", FONT)
    return serialize_part_xml(root)


def _replace_shapes(holder: Any, places: list[Place]) -> None:
    tree = holder.shapes._spTree  # noqa: SLF001  the tree itself is rebuilt
    for shape in list(tree)[2:]:
        tree.remove(shape)
    for number, place in enumerate(places, start=2):
        tree.append(parse_xml(_placeholder_xml(place, number)))


def _placeholder_xml(place: Place, number: int) -> str:
    index = f' idx="{place.index}"' if place.index else ""
    box = place.box
    style = (
        f'<a:lvl1pPr marL="0" indent="0" algn="{place.align}"><a:lnSpc><a:spcPct val="100000"/></a:lnSpc>'
        '<a:spcBef><a:spcPts val="0"/></a:spcBef><a:buNone/>'
        f'<a:defRPr sz="{round(place.size * 100)}" b="{int(place.bold)}">{solid_fill(place.role)}'
        '<a:latin typeface="+mn-lt"/></a:defRPr></a:lvl1pPr>'
    )
    return (
        f'<p:sp {NAMESPACES}><p:nvSpPr><p:cNvPr id="{number}" name="{place.name}"/>'
        '<p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr>'
        f'<p:nvPr><p:ph type="{place.kind}"{index}/></p:nvPr></p:nvSpPr>'
        f'<p:spPr><a:xfrm><a:off x="{Inches(box.left)}" y="{Inches(box.top)}"/>'
        f'<a:ext cx="{Inches(box.width)}" cy="{Inches(box.height)}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr>'
        f'<p:txBody><a:bodyPr wrap="square" lIns="0" tIns="0" rIns="0" bIns="0" anchor="{place.anchor}">'
        f"<a:normAutofit/></a:bodyPr><a:lstStyle>{style}</a:lstStyle>"
        f"{NUMBER_FIELD if place.kind == NUMBER_KIND else EMPTY}</p:txBody></p:sp>"
    )


def _add_decoration(layout: Any, name: Layout) -> None:
    """Add what every slide of a layout has: hairlines, or the background of a cover."""
    tree = layout.shapes._spTree  # noqa: SLF001
    if name is Layout.COVER:
        ground = parse_xml(
            f"<p:bg {NAMESPACES}><p:bgPr>{solid_fill(Role.NAVY)}<a:effectLst/></p:bgPr></p:bg>"
        )
        tree.addprevious(ground)
        tree.append(parse_xml(_line_xml(90, "Rule", 0.9, 3.8, 11.5)))
        return
    tree.append(parse_xml(_line_xml(90, "Upper rule", 0.5, 1.54, 12.333)))
    tree.append(parse_xml(_line_xml(91, "Lower rule", 0.5, 6.86, 12.333)))


def _line_xml(number: int, name: str, x: float, y: float, width: float) -> str:
    return (
        f'<p:cxnSp {NAMESPACES}><p:nvCxnSpPr><p:cNvPr id="{number}" name="{name}"/><p:cNvCxnSpPr/>'
        '<p:nvPr userDrawn="1"/></p:nvCxnSpPr><p:spPr>'
        f'<a:xfrm><a:off x="{Inches(x)}" y="{Inches(y)}"/><a:ext cx="{Inches(width)}" cy="0"/></a:xfrm>'
        '<a:prstGeom prst="line"><a:avLst/></a:prstGeom><a:ln w="9525">'
        f"{solid_fill(Role.RULE)}</a:ln></p:spPr></p:cxnSp>"
    )


if __name__ == "__main__":
    build(PATH)
