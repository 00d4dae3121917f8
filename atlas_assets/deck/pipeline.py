"""The pipeline from marts to report.json, deck and PDF, for months, quarters, years and ranges."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from atlas_assets.deck.present import print_deck
from atlas_assets.deck.read_back import DeckError
from atlas_assets.periods.calendar import Period
from atlas_assets.periods.scope import Scope
from atlas_assets.report.assemble import assemble, require_data
from atlas_assets.report.reconcile import report_totals
from atlas_assets.warehouse.reconciliation import refuse_unreconciled

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from atlas_assets.configuration.registry import Registry
    from atlas_assets.deck.present import Presenter
    from atlas_assets.report.files import ReportFiles
    from atlas_assets.report.model import Report
    from atlas_assets.warehouse.connection import Warehouse
    from atlas_assets.warehouse.reconciliation import Reconciliation

EntityPeriod = tuple[str, Period]
CONVERSIONS = 2  # simultaneous LibreOffice processes


@dataclass(frozen=True)
class Assembled:
    """Reports that have not been written yet, and their totals compared with the marts."""

    reports: list[Report]
    totals: list[Reconciliation]


@dataclass(frozen=True)
class Drawn:
    """The decks that were drawn, and the problems of those that were not, by entity and period."""

    decks: dict[EntityPeriod, Path] = field(default_factory=dict)
    problems: dict[EntityPeriod, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ReportPipeline:
    """Makes reports, decks and PDFs in the output folder, in the presenter's language.

    `source_date_epoch` (seconds since 1970), if set, fixes the reports' `generated_at`.
    """

    warehouse: Warehouse
    registry: Registry
    files: ReportFiles
    presenter: Presenter
    source_date_epoch: int | None

    def require_data(self, wanted: Sequence[EntityPeriod]) -> None:
        """Raise ReportError if a period lacks data, so that nothing is begun for it."""
        with self.warehouse.reading() as connection:
            for entity, period in wanted:
                require_data(connection, entity, period)

    def assemble(self, wanted: Sequence[EntityPeriod], units: Sequence[str] = ()) -> Assembled:
        """Return the reports of these entities and periods, for all units or the given ones.

        Raises ReconciliationError if a month does not reconcile, and ReportError if one has not been
        built.
        """
        with self.warehouse.reading() as connection:
            reports = [
                assemble(
                    connection,
                    self.registry,
                    entity,
                    period,
                    locale=self.presenter.strings.locale,
                    units=units,
                    source_date_epoch=self.source_date_epoch,
                )
                for entity, period in wanted
            ]
            for entity, period in wanted:
                refuse_unreconciled(connection, Scope((entity,), tuple(period.months)))
            totals = [pair for report in reports for pair in report_totals(connection, report)]
        return Assembled(reports, totals)

    def write(self, reports: Sequence[Report]) -> list[Path]:
        """Write the report.json of each report and return the paths."""
        return [self.files.write(report) for report in reports]

    def read(self, wanted: Sequence[EntityPeriod]) -> list[Report]:
        """Read the report.json of each. Raises ReportError if one was never written."""
        return [self.files.read(entity, period) for entity, period in wanted]

    def draw(self, reports: Sequence[Report]) -> Drawn:
        """Draw the deck of each report; if one contradicts its report, the earlier deck stays."""
        drawn = Drawn()
        for report in reports:
            of = (report.meta.entity, report.meta.covered)
            try:
                drawn.decks[of] = self.presenter.present(report, self.files.path_of(report, "pptx"))
            except DeckError as error:
                drawn.problems[of] = str(error)
        return drawn

    def print(self, decks: Sequence[Path]) -> list[Path]:
        """Convert decks to PDF and return the paths. Raises FaultError if LibreOffice fails."""
        with ThreadPoolExecutor(max_workers=CONVERSIONS) as pool:
            return list(pool.map(print_deck, decks))

    def decks(self, wanted: Sequence[EntityPeriod]) -> list[Path]:
        """Return the paths of the decks of these entities and periods, whether they exist or not."""
        return [self.files.path(entity, period, "pptx") for entity, period in wanted]
