"""The 16:9 template: builds the one that comes with Atlas, and checks any that is to be used.

Run as a module to rebuild `template.pptx`. A designer may replace it by another file as long as
its layouts have the placeholders listed in REQUIRED.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from pptx import Presentation
from pptx.exc import PackageNotFoundError
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.opc.oxml import serialize_part_xml
from pptx.oxml import parse_xml
from pptx.util import Inches

from atlas_assets.deck.drawing_xml import NAMESPACES, solid_fill
from atlas_assets.deck.reproducible import save_reproducibly
from atlas_assets.deck.shapes import Box
from atlas_assets.deck.slides import Layout
from atlas_assets.errors import ReportError
from atlas_assets.files import written_whole
from atlas_assets.notation.tokens import FONT, HEX, THEME, Role, Size

if TYPE_CHECKING:
    from pptx.presentation import Presentation as PresentationType

PATH = Path(__file__).with_name("template.pptx")
DATE = "2026-01-01T00:00:00Z"
WIDTH, HEIGHT = 13.333, 7.5


# Where the parts of a slide are.
MESSAGE = Box(0.5, 0.36, 12.333, 0.74)
TABLE = Box(0.5, 1.68, 12.333, 5.02)
TABLE_ABOVE_COMMENTS = Box(0.5, 1.68, 12.333, 4.24)
TABLE_COMMENTS = Box(0.5, 6.04, 12.333, 0.66)
EXHIBIT = Box(0.5, 1.68, 8.55, 5.02)
RAIL = Box(9.35, 1.68, 3.483, 5.02)
COMMENTS = Box(9.35, 4.42, 3.483, 2.28)
OWNER = Box(9.5, 6.93, 2.85, 0.24)


@dataclass(frozen=True)
class Place:
    """A placeholder: where it stands, and how its text looks."""

    kind: str
    index: int
    name: str
    box: Box
    size: float = Size.TITLE
    bold: bool = False
    role: Role = Role.INK
    anchor: str = "t"
    align: str = "l"


_MESSAGE = Place("title", 0, "Message", MESSAGE, Size.MESSAGE, True, Role.NAVY, "b")
_TITLE = Place("body", 13, "Title", Box(0.5, 1.14, 12.333, 0.28))
_SOURCE = Place("body", 17, "Source", Box(0.5, 6.93, 8.9, 0.24), Size.SOURCE)
_OWNER = Place("body", 18, "Entity", OWNER, Size.SOURCE, align="r")
_COMMENTS = Place("body", 16, "Comments", COMMENTS, Size.COMMENT)
_AROUND = [_MESSAGE, _TITLE, _SOURCE, _OWNER]

LAYOUTS: dict[Layout, list[Place]] = {
    Layout.COVER: [
        Place(
            *("title", 0, "Message", Box(0.9, 1.9, 11.5, 1.8), Size.COVER, True, Role.WHITE, "b")
        ),
        Place("body", 13, "Title", Box(0.9, 3.95, 11.5, 0.6), Size.MESSAGE, role=Role.WHITE),
        Place("body", 17, "Source", Box(0.9, 6.5, 11.5, 0.5), Size.SOURCE, role=Role.WHITE),
    ],
    Layout.CHART: [*_AROUND, _COMMENTS, Place("chart", 14, "Chart", EXHIBIT)],
    Layout.TABLE: [
        *_AROUND,
        replace(_COMMENTS, box=TABLE_COMMENTS),
        Place("tbl", 14, "Table", TABLE),
    ],
    Layout.TABLE_WITH_RAIL: [*_AROUND, _COMMENTS, Place("tbl", 14, "Table", EXHIBIT)],
}
REQUIRED = {layout: {(p.index, p.kind) for p in places} for layout, places in LAYOUTS.items()}


def chosen_template(config_dir: Path) -> Path:
    """Return the designer's `template.pptx` in the configuration, or the one that comes with Atlas."""
    own = config_dir / PATH.name
    return own if own.exists() else PATH


def load(path: Path) -> PresentationType:
    """Open a template. Raises ReportError that lists every layout and placeholder it lacks."""
    try:
        presentation = Presentation(str(path))
    except (PackageNotFoundError, KeyError, ValueError) as error:
        raise ReportError(
            f"The template {path} cannot be opened: {error}. Put a .pptx file there, or remove it "
            "to use the one that comes with Atlas."
        ) from error
    layouts = {layout.name: layout for layout in presentation.slide_layouts}
    missing: list[str] = []
    for name, places in REQUIRED.items():
        if name not in layouts:
            missing.append(f"the layout {str(name)!r}")
            continue
        found = {
            (item.placeholder_format.idx, _kind(item.placeholder_format.type))
            for item in layouts[name].placeholders
        }
        missing += [
            f"in layout {str(name)!r} the placeholder {index} of type {kind}"
            for index, kind in sorted(places - found)
        ]
    if missing:
        raise ReportError(
            f"The template {path} lacks {'; '.join(missing)}. Add them in the slide master view, "
            "or start again from the template that comes with Atlas."
        )
    return presentation


def _kind(placeholder_type: Any) -> str:
    names: dict[str, str] = {"CENTER_TITLE": "title", "TABLE": "tbl"}
    name: str = placeholder_type.name
    return names.get(name, name.lower())


def build(path: Path) -> None:
    """Write the template that comes with Atlas."""
    presentation = Presentation()
    presentation.slide_width, presentation.slide_height = Inches(WIDTH), Inches(HEIGHT)
    master = presentation.slide_master
    theme = cast("Any", master.part.part_related_by(RELATIONSHIP_TYPE.THEME))
    theme._blob = _themed(theme.blob)  # noqa: SLF001  python-pptx has no interface to themes
    _replace_shapes(master, [_MESSAGE, _TITLE])
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
        '<a:p><a:endParaRPr lang="en-US"/></a:p></p:txBody></p:sp>'
    )


def _add_decoration(layout: Any, name: Layout) -> None:
    """Add what stands on every slide of a layout: hairlines and the page number."""
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
    x, y, width, height = (Inches(value) for value in (12.4, 6.93, 0.433, 0.24))
    tree.append(
        parse_xml(
            f'<p:sp {NAMESPACES}><p:nvSpPr><p:cNvPr id="92" name="Page number"/>'
            '<p:cNvSpPr txBox="1"/><p:nvPr userDrawn="1"/></p:nvSpPr>'
            f'<p:spPr><a:xfrm><a:off x="{x}" y="{y}"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'
            '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/></p:spPr>'
            '<p:txBody><a:bodyPr wrap="square" lIns="0" tIns="0" rIns="0" bIns="0"/><a:lstStyle/>'
            '<a:p><a:pPr algn="r"/><a:fld id="{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}" type="slidenum">'
            f'<a:rPr lang="en-US" sz="{round(Size.SOURCE * 100)}"/><a:t>0</a:t></a:fld></a:p></p:txBody></p:sp>'
        )
    )


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
