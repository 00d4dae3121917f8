"""Everything that the settings lead to, made when it is first asked for: one object to hand around."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from atlas_assets.configuration.configuration import Configuration
from atlas_assets.notation.strings import Strings
from atlas_assets.operational.sessions import OperationalStore
from atlas_assets.report.files import ReportFiles
from atlas_assets.sources.isolation import IsolatedSource
from atlas_assets.sources.raw_store import RawStore
from atlas_assets.sources.workbook.adapter import WorkbookAdapter
from atlas_assets.warehouse.connection import Warehouse
from atlas_assets.warehouse.ledger import PipelineRuns

if TYPE_CHECKING:
    from atlas_assets.settings import Settings


class Workspace:
    """One installation of Atlas: its configuration, source, databases and output."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @cached_property
    def configuration(self) -> Configuration:
        """The registry and the yearly files."""
        return Configuration(self.settings.config_dir)

    @cached_property
    def source(self) -> IsolatedSource:
        """The source of raw partitions, read in processes of its own."""
        return IsolatedSource(WorkbookAdapter(self.settings.source_dir, self.configuration))

    @cached_property
    def raw_store(self) -> RawStore:
        """The raw Parquet files."""
        return RawStore(self.settings.raw_dir)

    @cached_property
    def warehouse(self) -> Warehouse:
        """The analytical database."""
        return Warehouse(self.settings.duckdb_path)

    @cached_property
    def runs(self) -> PipelineRuns:
        """The ledger of stages."""
        return PipelineRuns(self.warehouse)

    @cached_property
    def store(self) -> OperationalStore:
        """The operational database."""
        return OperationalStore.of(self.settings)

    @cached_property
    def strings(self) -> Strings:
        """The words of reports, in the language of the settings."""
        return Strings(self.settings.config_dir / "strings.yaml", self.settings.locale)

    @cached_property
    def report_files(self) -> ReportFiles:
        """Where reports, decks and PDFs are."""
        return ReportFiles(self.settings.output_dir)
