"""The sheets that a report was read from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atlas_assets.deck.slide_writer import FINGERPRINT_LENGTH
from atlas_assets.deck.slides import Column, Slide
from atlas_assets.deck.table_exhibit import TableExhibit, text_row
from atlas_assets.notation.numbers import number

if TYPE_CHECKING:
    from atlas_assets.deck.slide_writer import SlideWriter


def source_slides(writer: SlideWriter) -> list[Slide]:
    """Return the table of sheets that the report was read from."""
    strings, sources = writer.strings, writer.report.meta.sources
    exhibit = TableExhibit(
        message=strings.counted("sources_message", len(sources), str(len(sources))),
        measure=strings("sources_title"),
        scenarios=writer.period,
        marts=["sheet_manifest"],
        definition=strings("sources_definition"),
        paths=["meta.sources"],
        columns=[
            Column(strings("workbook"), 3.2, "left"),
            Column(strings("sheet"), 2, "left"),
            Column(strings("rows"), 0.7),
            Column(strings("fingerprint"), 2, "left"),
        ],
        rows=[
            text_row(
                [
                    source.file,
                    source.sheet.strip(),
                    number(source.rows, writer.locale),
                    source.hash[:FINGERPRINT_LENGTH],
                ]
            )
            for source in sources
        ],
    )
    return writer.table_slides(None, exhibit)
