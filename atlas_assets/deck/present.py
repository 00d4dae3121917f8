"""Draws the deck of a report, and converts decks to PDF."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from atlas_assets.deck import pdf
from atlas_assets.deck.commentary import check_commentary, load_commentary
from atlas_assets.deck.powerpoint import render
from atlas_assets.deck.read_back import refuse_different
from atlas_assets.deck.story import build_deck
from atlas_assets.deck.template import chosen_template
from atlas_assets.deck.template import load as load_template
from atlas_assets.errors import ReportError
from atlas_assets.files import written_whole
from atlas_assets.report.files import read_report

if TYPE_CHECKING:
    from pathlib import Path

    from atlas_assets.configuration.registry import Registry
    from atlas_assets.notation.strings import Strings
    from atlas_assets.report.model import Report


@dataclass(frozen=True)
class Presenter:
    """Draws decks in one language, with the user's commentary and template, if there are any."""

    registry: Registry
    strings: Strings
    config_dir: Path
    commentary_dir: Path

    def present(self, report: Report, path: Path) -> Path:
        """Draw a report's deck at `path`, read it back, and return the path. A PDF of another deck goes.

        Raises DeckError, with the earlier deck as it was, if a figure on it is not the report's.
        """
        entity = self.registry.entity(report.meta.entity)
        commentary = load_commentary(self.commentary_dir, entity, report.meta.covered)
        deck = build_deck(report, self.strings, entity.full_name, commentary)
        with written_whole(path) as temporary:
            render(deck, chosen_template(self.config_dir), temporary)
            written = [entity.full_name, *commentary.texts()]
            refuse_different(temporary, report, self.strings, written)
            pdf.remove_other(_pdf_of(path), temporary)
        return path

    def check(self) -> list[Path]:
        """Read the user's commentary and template, and return their files.

        Raises ConfigurationError or ReportError if one is wrong.
        """
        template = chosen_template(self.config_dir)
        load_template(template)
        own = [template] if template.is_relative_to(self.config_dir) else []
        return [*check_commentary(self.commentary_dir, self.registry), *own]

    def present_file(self, path: Path) -> list[Path]:
        """Draw the deck of a report.json next to it and, if LibreOffice is installed, the PDF.

        Returns the paths. Raises ReportError if the file is not a report, DeckError as `present` does.
        """
        report = read_report(path)
        try:
            deck = self.present(report, path.with_name(f"{path.name.removesuffix('.json')}.pptx"))
        except (LookupError, ArithmeticError) as error:
            raise ReportError(
                f"No deck can be drawn of {path}, because its parts contradict each other "
                f"({type(error).__name__}: {error}). If it was changed by hand, make the report again."
            ) from error
        return [deck, print_deck(deck)] if pdf.is_available() else [deck]


def print_deck(deck: Path) -> Path:
    """Convert a deck to a PDF next to it and return the PDF's path."""
    pdf.convert(deck, _pdf_of(deck))
    return _pdf_of(deck)


def _pdf_of(deck: Path) -> Path:
    return deck.with_name(f"{deck.name.removesuffix('.pptx')}.pdf")
