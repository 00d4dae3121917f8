"""Pictures of slides, drawn from a deck's PDF."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import pypdfium2
from PIL import Image

if TYPE_CHECKING:
    from pathlib import Path

_FIRST, _ACROSS = 4, 2  # slides, and how many of them stand side by side
_WIDTH = 420  # pixels of a slide
_COLORS = 48


def first_slides(pdf: Path) -> bytes:
    """Return the first four slides of a PDF as one PNG, small enough for a database: about 30 kB."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = [document[number] for number in range(min(_FIRST, len(document)))]
        slides = [page.render(scale=_WIDTH / page.get_width()).to_pil() for page in pages]
    finally:
        document.close()
    height = slides[0].height
    sheet = Image.new("RGB", (_WIDTH * _ACROSS, height * -(-len(slides) // _ACROSS)), "white")
    for place, slide in enumerate(slides):
        sheet.paste(slide, (place % _ACROSS * _WIDTH, place // _ACROSS * height))
    picture = BytesIO()
    sheet.quantize(_COLORS).save(picture, "PNG", optimize=True)
    return picture.getvalue()
