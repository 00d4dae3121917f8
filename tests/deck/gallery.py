r"""Draws every kind of report, and the extreme ones, and lays their slides out as pictures to look at.

    uv run atlas backfill --from 2025-01 --to 2026-10 \
        && PYTHONPATH=tests uv run --group test python tests/deck/gallery.py

A month, a quarter, a year and a range of every entity, in both languages, read back before they are
shown. The decks, their PDFs and the contact sheets, twelve slides a page, are in `output/gallery`; the
page that the README shows is written to `docs`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import pypdfium2
from deck.extreme_reports import EXTREMES, changed
from PIL import Image
from rich.console import Console
from rich.progress import track

from atlas_assets.configuration.currency import Language
from atlas_assets.deck import pdf
from atlas_assets.deck.powerpoint import render
from atlas_assets.deck.read_back import refuse_different
from atlas_assets.deck.story import build_deck
from atlas_assets.deck.template import chosen_template
from atlas_assets.notation.strings import Strings
from atlas_assets.periods.calendar import Period
from atlas_assets.report.assemble import assemble
from atlas_assets.settings import PROJECT_DIR, load_settings
from atlas_assets.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

    from atlas_assets.report.model import Report

PERIODS = ["2026-10", "2026-Q3", "2025", "2026-02..2026-05"]
SHOWN = "en-EPN-2026-10-1.png"
COLUMNS, ROWS, GAP = 3, 4, 12
WIDTH = 640  # of a slide, in pixels


def reports(workspace: Workspace, locale: Language) -> dict[str, Report]:
    """Return every report of the gallery by its name."""
    registry = workspace.configuration.registry
    entities = registry.entities
    with workspace.warehouse.reading() as connection:
        made = {
            f"{locale}-{entity.code}-{period}": assemble(
                connection, registry, entity.code, Period.parse(period), locale=locale
            )
            for entity in entities
            for period in PERIODS
        }
    ordinary = made[f"{locale}-{entities[0].code}-{PERIODS[0]}"]
    extremes = {f"{locale}-{make.__name__}": changed(ordinary, make) for make in EXTREMES}
    return made | extremes


def contact_sheets(document: Path) -> list[Path]:
    """Write the pages of a PDF, twelve on a picture, and return the pictures."""
    with pypdfium2.PdfDocument(document) as pages:
        slides = [page.render(scale=WIDTH / page.get_width()).to_pil() for page in pages]
    height = slides[0].height
    paths: list[Path] = []
    for start in range(0, len(slides), COLUMNS * ROWS):
        shown = slides[start : start + COLUMNS * ROWS]
        lines = -(-len(shown) // COLUMNS)
        size = (COLUMNS * (WIDTH + GAP) + GAP, lines * (height + GAP) + GAP)
        sheet = Image.new("RGB", size, "#8A939C")
        for position, slide in enumerate(shown):
            row, column = divmod(position, COLUMNS)
            sheet.paste(slide, (GAP + column * (WIDTH + GAP), GAP + row * (height + GAP)))
        path = document.with_name(f"{document.name.removesuffix('.pdf')}-{len(paths) + 1}.png")
        sheet.save(path, optimize=True)
        paths.append(path)
    return paths


def main() -> None:
    """Draw everything and name the pictures."""
    settings = load_settings()
    workspace, console = Workspace(settings), Console(soft_wrap=True)
    folder = settings.output_dir / "gallery"
    folder.mkdir(parents=True, exist_ok=True)
    for locale in get_args(Language):
        strings = Strings(settings.config_dir / "strings.yaml", locale)
        made = reports(workspace, locale)
        for name, report in track(made.items(), f"Reports ({locale})", transient=True):
            path = folder / f"{name}.pptx"
            full_name = workspace.configuration.registry.entity(report.meta.entity).full_name
            render(
                build_deck(report, strings, full_name), chosen_template(settings.config_dir), path
            )
            refuse_different(path, report, strings, [full_name])
            pdf.convert(path, path.with_name(f"{name}.pdf"))
            for picture in contact_sheets(path.with_name(f"{name}.pdf")):
                console.print(str(picture))
    shown = Image.open(folder / SHOWN)
    shown.quantize(192).save(PROJECT_DIR / "docs" / "deck.png", optimize=True)


if __name__ == "__main__":
    main()
