"""The 16:9 template: what it has to contain, which one is used, and how it is opened.

A user's own template may replace `template.pptx` as long as its layouts have the placeholders listed
in REQUIRED.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pptx import Presentation
from pptx.exc import PackageNotFoundError

from atlas_assets.deck.boxes import COMMENTS, EXHIBIT, MESSAGE, OWNER, TABLE, TABLE_COMMENTS
from atlas_assets.deck.shapes import Box
from atlas_assets.deck.slides import Layout
from atlas_assets.errors import ReportError
from atlas_assets.notation.tokens import Role, Size

if TYPE_CHECKING:
    from pptx.presentation import Presentation as PresentationType

PATH = Path(__file__).with_name("template.pptx")


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
_COMMENTS = Place("body", 16, "Comments", COMMENTS, Size.COMMENT)
_AROUND = [MESSAGE_PLACE, TITLE_PLACE, _SOURCE, _OWNER]

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
    """Return the user's `template.pptx` in the configuration, or else the one that comes with Atlas."""
    own = config_dir / PATH.name
    return own if own.exists() else PATH


def load(path: Path) -> PresentationType:
    """Open a template. Raises ReportError with every layout and placeholder that is missing."""
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
        present = {
            (item.placeholder_format.idx, _kind(item.placeholder_format.type))
            for item in layouts[name].placeholders
        }
        missing += [
            f"in layout {str(name)!r} the placeholder {index} of type {kind}"
            for index, kind in sorted(places - present)
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
