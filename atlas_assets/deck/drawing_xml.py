"""Fragments of DrawingML shared by shapes, tables and charts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from atlas_assets.notation.tokens import THEME, Role

if TYPE_CHECKING:
    from atlas_assets.deck.slides import Run

NAMESPACES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)


# A paragraph with the number of the slide, as PowerPoint and LibreOffice count it.
NUMBER_FIELD = (
    '<a:p><a:fld id="{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}" type="slidenum">'
    "<a:rPr/><a:t>0</a:t></a:fld></a:p>"
)

# What XML cannot hold, would break a line, or turns the direction of all text around it.
_UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def printable(text: str) -> str:
    """Return a text with a space for every character that would break the slide that it is on."""
    return _UNPRINTABLE.sub(" ", text)


def text_xml(text: str) -> str:
    """Return a text as the content of an XML element."""
    return escape(printable(text))


def attribute_xml(text: str) -> str:
    """Return a text as an XML attribute's value, in quotes."""
    return quoteattr(printable(text))


def solid_fill(role: Role) -> str:
    """Return a solid fill in the theme colour of a role."""
    return f"<a:solidFill>{scheme_color(role)}</a:solidFill>"


def scheme_color(role: Role) -> str:
    """Return the theme colour of a role."""
    return f'<a:schemeClr val="{THEME[role]}"/>'


def text_look(size: float, role: Role, *, bold: bool) -> str:
    """Return the attributes of a run-properties tag, its `>` and the fill; `size` is in points."""
    return f'sz="{round(size * 100)}" b="{int(bold)}">{solid_fill(role)}'


def runs_xml(runs: list[Run], size: float | None = None) -> str:
    """Return a paragraph's runs.

    With `size` (in points), runs without a role are in ink; without it, size and colour come from
    the placeholder.
    """
    return "".join(
        f"<a:r>{_run_look(run, size)}<a:t>{text_xml(run.text)}</a:t></a:r>" for run in runs
    )


def _run_look(run: Run, size: float | None) -> str:
    if size is not None:
        return f"<a:rPr {text_look(size, run.role or Role.INK, bold=run.bold)}</a:rPr>"
    bold = ' b="1"' if run.bold else ""
    return f"<a:rPr{bold}>{solid_fill(run.role) if run.role else ''}</a:rPr>"
