"""What a presentation says about itself: its sections, its language, its counts and titles."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from pptx.oxml import parse_xml

from atlas_assets.deck.drawing_xml import attribute_xml, printable, text_xml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pptx.presentation import Presentation

    from atlas_assets.deck.slides import Deck, DeckSection

LANGUAGES = {"id": "id-ID", "en": "en-GB"}
_SECTIONS = "{521415D9-36F7-43E2-AB2F-B90AF26B5E84}"  # PowerPoint's extension for sections
_P14 = "http://schemas.microsoft.com/office/powerpoint/2010/main"
_P = "http://schemas.openxmlformats.org/presentationml/2006/main"
_EXTENDED = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"
_VECTORS = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
_PROPERTIES = "/docProps/app.xml"


def describe(presentation: Presentation, deck: Deck) -> None:
    """Set the title, subject, language, counts and titles of a drawn deck, and its sections."""
    properties = presentation.core_properties
    properties.title, properties.subject = printable(deck.title), printable(deck.subject)
    properties.language = LANGUAGES[deck.language]
    properties.category = properties.comments = properties.keywords = ""
    for part in presentation.part.package.iter_parts():
        if str(part.partname) == _PROPERTIES:
            part._blob = _extended_properties(deck)  # noqa: SLF001  python-pptx has no interface to it
    _add_sections(presentation, deck)


def tag_language(parts: Iterable[Any], language: str) -> None:
    """Mark all text below XML elements as being in a deck's language."""
    tag = LANGUAGES[language]
    for part in parts:
        for style in part.iter("{*}rPr", "{*}defRPr", "{*}endParaRPr"):
            style.set("lang", tag)


def _add_sections(presentation: Presentation, deck: Deck) -> None:
    element: Any = presentation.element
    ids = iter([item.get("id") for item in element.sldIdLst])
    sections = "".join(_section(section, ids) for section in deck.sections)
    for existing in element.findall(f".//{{{_P}}}ext[@uri='{_SECTIONS}']"):
        existing.getparent().remove(existing)  # those of the template's example slides
    extension = parse_xml(
        f'<p:ext xmlns:p="{_P}" uri="{_SECTIONS}"><p14:sectionLst xmlns:p14="{_P14}">'
        f"{sections}</p14:sectionLst></p:ext>"
    )
    extensions = element.find(f"{{{_P}}}extLst")
    if extensions is None:
        extensions = parse_xml(f'<p:extLst xmlns:p="{_P}"/>')
        element.append(extensions)
    extensions.append(extension)


def _section(section: DeckSection, ids: Iterator[str]) -> str:
    slides = "".join(f'<p14:sldId id="{next(ids)}"/>' for _ in section.slides)
    return (
        f'<p14:section name={attribute_xml(section.name)} id="{{{_guid(section.name)}}}">'
        f"<p14:sldIdLst>{slides}</p14:sldIdLst></p14:section>"
    )


def _guid(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"urn:atlas:section:{name}")).upper()


def _extended_properties(deck: Deck) -> bytes:
    """Return the counts and the titles of all slides, as file managers show them."""
    titles = [slide.message for slide in deck.slides]
    listed = "".join(f"<vt:lpstr>{text_xml(title)}</vt:lpstr>" for title in titles)
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<Properties xmlns="{_EXTENDED}" xmlns:vt="{_VECTORS}"><TotalTime>0</TotalTime>'
        "<Application>Atlas</Application><PresentationFormat>Widescreen</PresentationFormat>"
        f"<Slides>{len(titles)}</Slides><Notes>{len(titles)}</Notes><HiddenSlides>0</HiddenSlides>"
        '<HeadingPairs><vt:vector size="2" baseType="variant"><vt:variant>'
        "<vt:lpstr>Slide Titles</vt:lpstr></vt:variant><vt:variant>"
        f"<vt:i4>{len(titles)}</vt:i4></vt:variant></vt:vector></HeadingPairs>"
        f'<TitlesOfParts><vt:vector size="{len(titles)}" baseType="lpstr">{listed}</vt:vector>'
        "</TitlesOfParts></Properties>"
    ).encode()
