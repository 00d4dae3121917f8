"""The 16:9 template: what it has to contain, which one is used, and how it is opened.

A user's own template may replace `template.pptx` as long as its layouts have the placeholders listed
in REQUIRED, at least as large as in LAYOUTS, and its font is no wider than the one that texts are
measured by. That is checked before anything is drawn.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

from lxml.etree import XMLSyntaxError
from pptx import Presentation
from pptx.exc import PackageNotFoundError
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml import parse_xml
from pptx.util import Emu

from atlas_assets.deck.boxes import (
    COMMENTS,
    EXHIBIT,
    MESSAGE,
    OWNER,
    SLIDE_NUMBER,
    STATEMENTS,
    SUMMARY,
    TABLE,
    TABLE_COMMENTS,
)
from atlas_assets.deck.shapes import Box
from atlas_assets.deck.slides import Layout
from atlas_assets.errors import ReportError
from atlas_assets.notation.tokens import Role, Size

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pptx.presentation import Presentation as PresentationType

PATH = Path(__file__).with_name("template.pptx")
EXHIBIT_INDEX, COMMENTS_INDEX, NUMBER_INDEX, NUMBER_KIND = 14, 16, 19, "sldNum"


@dataclass(frozen=True)
class Place:
    """A placeholder: where it is (box in inches), and how its text looks (size in points)."""

    kind: str
    index: int
    name: str
    box: Box
    size: float = Size.TITLE
    bold: bool = False
    role: Role = Role.INK
    anchor: str = "t"
    align: str = "l"


MESSAGE_PLACE = Place("title", 0, "Message", MESSAGE, Size.MESSAGE, True, Role.NAVY, "b")
TITLE_PLACE = Place("body", 13, "Title", Box(0.5, 1.14, 12.333, 0.28))
_SOURCE = Place("body", 17, "Source", Box(0.5, 6.93, 8.9, 0.24), Size.SOURCE)
_OWNER = Place("body", 18, "Entity", OWNER, Size.SOURCE, align="r")
_COMMENTS = Place("body", COMMENTS_INDEX, "Comments", COMMENTS, Size.COMMENT)
NUMBER_PLACE = Place(
    NUMBER_KIND, NUMBER_INDEX, "Slide number", SLIDE_NUMBER, Size.SOURCE, align="r"
)
_AROUND = [MESSAGE_PLACE, TITLE_PLACE, _SOURCE, _OWNER, NUMBER_PLACE]

LAYOUTS: dict[Layout, list[Place]] = {
    Layout.COVER: [
        Place(
            *("title", 0, "Message", Box(0.9, 1.9, 11.5, 1.8), Size.COVER, True, Role.WHITE, "b")
        ),
        Place("body", 13, "Title", Box(0.9, 3.95, 11.5, 0.6), Size.MESSAGE, role=Role.WHITE),
        Place("body", 17, "Source", Box(0.9, 6.5, 11.5, 0.5), Size.SOURCE, role=Role.WHITE),
    ],
    Layout.SUMMARY: [
        *_AROUND,
        replace(_COMMENTS, box=STATEMENTS, size=Size.STATEMENT),
        Place("tbl", EXHIBIT_INDEX, "Table", SUMMARY),
    ],
    Layout.CHART: [*_AROUND, _COMMENTS, Place("chart", EXHIBIT_INDEX, "Chart", EXHIBIT)],
    Layout.CHARTS: [*_AROUND, Place("chart", EXHIBIT_INDEX, "Charts", TABLE)],
    Layout.TABLE: [
        *_AROUND,
        replace(_COMMENTS, box=TABLE_COMMENTS),
        Place("tbl", EXHIBIT_INDEX, "Table", TABLE),
    ],
    Layout.TABLE_WITH_RAIL: [*_AROUND, _COMMENTS, Place("tbl", EXHIBIT_INDEX, "Table", EXHIBIT)],
}
# Without a placeholder for it, a template may number its slides in its own way.
REQUIRED = {
    layout: {(place.index, place.kind) for place in places if place.kind != NUMBER_KIND}
    for layout, places in LAYOUTS.items()
}
# Fonts whose texts are at most as wide as Arial's.
FONTS = {
    *(
        "Arial",
        "Helvetica",
        "Helvetica Neue",
        "Liberation Sans",
        "Arimo",
        "Nimbus Sans",
        "Arial Narrow",
    ),
    *(
        "Calibri",
        "Carlito",
        "Times New Roman",
        "Liberation Serif",
        "Tinos",
        "Garamond",
        "Gill Sans MT",
    ),
}
_TOLERANCE = 0.01  # inches
_UNREADABLE = (PackageNotFoundError, KeyError, ValueError, BadZipFile, zlib.error, XMLSyntaxError)


def chosen_template(config_dir: Path) -> Path:
    """Return the user's `template.pptx` in the configuration, or else the one that comes with Atlas."""
    own = config_dir / PATH.name
    return own if own.exists() else PATH


@dataclass(frozen=True)
class Template:
    """An opened template, and where its placeholders are by layout and index."""

    presentation: PresentationType
    boxes: dict[str, dict[int, Box]]

    def box(self, layout: Layout, index: int) -> Box:
        """Return where a placeholder of a layout is."""
        return self.boxes[layout][index]

    def rail(self, layout: Layout) -> Box:
        """Return the column beside an exhibit, which ends with the comments."""
        exhibit, comments = self.box(layout, EXHIBIT_INDEX), self.box(layout, COMMENTS_INDEX)
        height = comments.bottom - exhibit.top
        return Box(comments.left, exhibit.top, comments.width, height)


def load(path: Path) -> Template:
    """Open a template. Raises ReportError with everything that is missing, too small or too wide."""
    try:
        presentation = Presentation(str(path))
    except _UNREADABLE as error:
        raise ReportError(
            f"The template {path} cannot be opened: {error}. Put a .pptx file there, or remove it "
            "to use the one that comes with Atlas."
        ) from error
    layouts = {layout.name: layout for layout in presentation.slide_layouts}
    if missing := list(_missing(layouts)):
        raise ReportError(
            f"The template {path} lacks {'; '.join(missing)}. Add them in the slide master view, "
            "or start again from the template that comes with Atlas."
        )
    boxes: dict[str, dict[int, Box]] = {
        name: {item.placeholder_format.idx: _box(item) for item in layouts[name].placeholders}
        for name in REQUIRED
    }
    template = Template(presentation, boxes)
    if unfit := [*_too_small(template), *_too_wide(presentation)]:
        raise ReportError(
            f"No deck fits the template {path}: {'; '.join(unfit)}. Change that in the slide master "
            "view, or start again from the template that comes with Atlas."
        )
    return template


def _missing(layouts: dict[str, Any]) -> Iterator[str]:
    for name, places in REQUIRED.items():
        if name not in layouts:
            yield f"the layout {str(name)!r}"
            continue
        present = {
            (item.placeholder_format.idx, _kind(item.placeholder_format.type))
            for item in layouts[name].placeholders
        }
        for index, kind in sorted(places - present):
            yield f"in layout {str(name)!r} the placeholder {index} of type {kind}"


def _too_small(template: Template) -> Iterator[str]:
    """Yield the placeholders that are smaller than what is drawn in them, or not on the slide."""
    presentation = template.presentation
    width, height = Emu(presentation.slide_width or 0), Emu(presentation.slide_height or 0)
    for layout, places in LAYOUTS.items():
        for place in places:
            box = template.boxes[layout].get(place.index)
            if box is None:
                continue
            where = f"in layout {str(layout)!r} the placeholder {place.index}"
            if min(box.width - place.box.width, box.height - place.box.height) < -_TOLERANCE:
                yield (
                    f"{where} is {box.width:.2f} by {box.height:.2f} inches, and needs "
                    f"{place.box.width:.2f} by {place.box.height:.2f}"
                )
            right, bottom = box.left + box.width, box.bottom
            if min(box.left, box.top, width.inches - right, height.inches - bottom) < -_TOLERANCE:
                yield f"{where} is not wholly on the slide"


def _too_wide(presentation: PresentationType) -> Iterator[str]:
    """Yield the fonts by which texts could be wider than they were measured."""
    master = presentation.slide_master
    theme: Any = master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    fonts: Any = parse_xml(theme.blob).find(".//{*}fontScheme")
    layouts: list[Any] = [layout.element for layout in presentation.slide_layouts]
    named = {
        font.get("typeface", "")
        for part in (fonts, master.element, *layouts)
        for font in part.iter("{*}latin")
    }
    for font in sorted(named - FONTS):
        if not font.startswith("+"):  # the theme's own
            yield (
                f"its font {font!r} may be wider than Arial, by which texts are measured (known to "
                f"fit: {', '.join(sorted(FONTS))})"
            )


def _box(shape: Any) -> Box:
    return Box(*(Emu(value).inches for value in (shape.left, shape.top, shape.width, shape.height)))


def _kind(placeholder_type: Any) -> str:
    names: dict[str, str] = {"CENTER_TITLE": "title", "TABLE": "tbl"}
    name: str = placeholder_type.name
    return names.get(name, name.lower())
