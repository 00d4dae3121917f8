"""Fits remarks into the space that a slide has for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atlas_assets.deck.commentary import Remark
from atlas_assets.deck.slides import Comment, Run
from atlas_assets.deck.text_fit import LINE_HEIGHT, POINTS_PER_INCH, line_count
from atlas_assets.errors import ConfigurationError
from atlas_assets.notation.tokens import Role, Size

if TYPE_CHECKING:
    from atlas_assets.deck.shapes import Box

PARAGRAPH_SPACE = 4  # points before every paragraph but the first


class Statement(Remark):
    """A generated sentence, after the name of what it is about."""

    about: str

    @property
    def lead(self) -> str:
        """The name, for the beginning of the sentence."""
        return f"{self.about}: "


def arranged(
    own: list[Remark],
    by_rule: list[Remark],
    box: Box,
    heading: str = "",
    size: float = Size.COMMENT,
) -> list[Comment]:
    """Return people's remarks (`own`), then as many generated ones (`by_rule`) as fit the box.

    `size` is that of the text in points. Remarks on a month are numbered. Raises ConfigurationError
    where people's own do not fit.
    """
    comments: list[Comment] = []
    used = _height(heading, box.width, size, is_first=True) if heading else 0.0
    number = 0
    for remark in [*own, *by_rule]:
        numbered = number + 1 if remark.month else None
        mark = [Run(f"{numbered}  ", bold=True, role=Role.NEUTRAL)] if numbered else []
        if remark.lead:
            mark = [Run(remark.lead, bold=True)]
        text = "".join(run.text for run in (*mark, Run(remark.text)))
        height = _height(text, box.width, size, is_first=used == 0, bold=bool(mark))
        if used + height > box.height:
            if remark in own:
                raise ConfigurationError(
                    f"In source/commentary, {remark.text!r} does not fit on its slide, which has room "
                    f"for about {_capacity(box, size)} characters in all its remarks. Shorten it."
                )
            continue
        used += height
        number = numbered or number
        comments.append(Comment([*mark, Run(remark.text)], numbered, remark.month))
    if heading and comments:
        return [Comment([Run(heading, bold=True)]), *comments]
    return comments


def _height(text: str, width: float, size: float, *, is_first: bool, bold: bool = False) -> float:
    """Return a paragraph's height in inches, including the space before it."""
    points = line_count(text, width, size, bold=bold) * size * LINE_HEIGHT
    return (points + (0 if is_first else PARAGRAPH_SPACE)) / POINTS_PER_INCH


def _capacity(box: Box, size: float) -> int:
    """Estimate how many characters fit into a box."""
    lines = int(box.height * POINTS_PER_INCH / (size * LINE_HEIGHT))
    return lines * int(box.width * POINTS_PER_INCH / (size * 0.5))
