"""Everything that is built from the settings, assembled in one place, each part when first needed.

The Dagster shell and the command line use the workspace; below them, functions take only what they need.
What takes long to import is imported with the part that needs it, so that `status` starts in half the time.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from atlas_assets.configuration.configuration import Configuration
from atlas_assets.errors import AtlasError, ConfigurationError
from atlas_assets.monitoring.staleness import Staleness
from atlas_assets.monitoring.watching import Watcher
from atlas_assets.report.files import ReportFiles
from atlas_assets.serving.snapshots import SnapshotStore
from atlas_assets.sources.isolation import IsolatedSource
from atlas_assets.sources.memory import SourceMemory
from atlas_assets.sources.raw_store import RawStore
from atlas_assets.sources.routing import RoutedSource
from atlas_assets.sources.workbook.layout_remarks import layout_remarks
from atlas_assets.warehouse.connection import Warehouse
from atlas_assets.warehouse.ledger import RunLedger

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from atlas_assets.deck.pipeline import ReportPipeline
    from atlas_assets.deck.present import Presenter
    from atlas_assets.jaffle_shop.shop import JaffleShop
    from atlas_assets.monitoring.deliveries import Deliveries
    from atlas_assets.monitoring.notifications import Notifier
    from atlas_assets.notation.strings import Strings
    from atlas_assets.operational.sessions import OperationalStore
    from atlas_assets.serving.mirror import Mirror
    from atlas_assets.settings import Settings
    from atlas_assets.validation.assemble import ValidationWriter
    from atlas_assets.validation.findings import FindingsReader
    from atlas_assets.warehouse.dbt_project import DbtProject


class Workspace:
    """One installation of Atlas: its configuration, source, databases and output."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def check(self) -> list[Path]:
        """Read everything that users write, and return its files.

        Raises ConfigurationError with all that is wrong, be it in a file, or that messages are to be sent
        to no possible address.
        """
        files: list[Path] = []
        problems: list[str] = []
        checks: list[Callable[[], list[Path]]] = [
            lambda: self.notifier.check() or [],
            self.configuration.check,
            lambda: [self.strings.check()],
            lambda: self.presenter.check(),  # noqa: PLW0108  its strings may be wrong
        ]
        for check in checks:
            try:
                files += check()
            except AtlasError as error:
                problems += str(error).splitlines()
        if problems:
            raise ConfigurationError("\n".join(dict.fromkeys(problems)))
        return files

    def remarks_on_configuration(self) -> list[str]:
        """Return what looks wrong in the files that users write although it stops nothing."""
        return [
            *layout_remarks(self.settings.source_dir, self.configuration),
            *self.strings.remarks(),
        ]

    @cached_property
    def configuration(self) -> Configuration:
        """The registry and the yearly files."""
        return Configuration(self.settings.config_dir)

    @cached_property
    def source(self) -> IsolatedSource:
        """The source of raw partitions, read in separate processes, and only what has changed."""
        return IsolatedSource(
            RoutedSource(self.settings.source_dir, self.configuration, self.memory), self.memory
        )

    @cached_property
    def memory(self) -> SourceMemory:
        """What sources held and what was delivered, which can be deleted at any time."""
        return SourceMemory(self.settings.raw_dir / "seen")

    @cached_property
    def raw_store(self) -> RawStore:
        """The raw Parquet files."""
        return RawStore(self.settings.raw_dir)

    @cached_property
    def warehouse(self) -> Warehouse:
        """The analytical database."""
        if self.settings.profile == "scale":
            try:
                from atlas_assets.scale.lake import Lake
            except ModuleNotFoundError as error:
                raise ConfigurationError(
                    f"ATLAS_PROFILE=scale needs packages that are not here ({error.name}). Install them with "
                    "`uv sync --locked --group scale`."
                ) from error
            return Lake(self.settings)
        return Warehouse(self.settings.duckdb_path)

    @cached_property
    def dbt(self) -> DbtProject:
        """The dbt project that turns raw files into marts."""
        from atlas_assets.warehouse.dbt_project import DbtProject

        return DbtProject(
            self.warehouse, self.raw_store, self.configuration, self.settings.dbt_target_dir
        )

    @cached_property
    def jaffle_shop(self) -> JaffleShop:
        """The second system, which has files, a database and a dbt project of its own."""
        from atlas_assets.jaffle_shop.shop import JaffleShop

        settings = self.settings
        return JaffleShop(
            settings.source_dir / "jaffle_shop",
            settings.jaffle_shop_path,
            settings.dbt_target_dir.with_name("dbt_jaffle_shop"),
        )

    @cached_property
    def ledger(self) -> RunLedger:
        """The record of which stage was done for which partition."""
        return RunLedger(self.warehouse)

    @cached_property
    def store(self) -> OperationalStore:
        """The operational database."""
        from atlas_assets.operational.sessions import OperationalStore

        return OperationalStore.of(self.settings)

    @cached_property
    def strings(self) -> Strings:
        """The texts of reports and validation files, in the language of the settings."""
        from atlas_assets.notation.strings import Strings

        return Strings(
            self.settings.config_dir / "strings.yaml",
            self.settings.locale,
            self.configuration.registry.currency,
        )

    @cached_property
    def validation(self) -> ValidationWriter:
        """The writer of validation files."""
        from atlas_assets.validation.assemble import ValidationWriter

        return ValidationWriter(
            self.warehouse, self.raw_store, self.source, self.strings, self.settings.output_dir
        )

    @cached_property
    def findings(self) -> FindingsReader:
        """The reader of what the models found wrong with the workbooks."""
        from atlas_assets.validation.findings import FindingsReader

        return FindingsReader(self.warehouse, self.raw_store, self.strings)

    @cached_property
    def report_files(self) -> ReportFiles:
        """The files of reports, decks and PDFs."""
        return ReportFiles(self.settings.output_dir)

    @cached_property
    def snapshots(self) -> SnapshotStore:
        """The copies of both databases that the dashboard reads."""
        return SnapshotStore(self.settings.output_dir / "serving")

    @property
    def mirror(self) -> Mirror | None:
        """The place by which snapshots reach another machine, if there is one."""
        url = self.settings.snapshots_url
        if url is None:
            return None
        from atlas_assets.serving.mirror import Mirror

        return Mirror(url, self.snapshots)

    @cached_property
    def presenter(self) -> Presenter:
        """The part that draws decks."""
        from atlas_assets.deck.present import Presenter

        return Presenter(
            self.configuration.registry,
            self.strings,
            self.settings.config_dir,
            self.settings.commentary_dir,
        )

    @cached_property
    def reports(self) -> ReportPipeline:
        """The pipeline from marts to report.json, deck and PDF."""
        from atlas_assets.deck.pipeline import ReportPipeline

        return ReportPipeline(
            self.warehouse,
            self.configuration.registry,
            self.report_files,
            self.presenter,
            self.settings.source_date_epoch,
        )

    @property
    def staleness(self) -> Staleness:
        """The comparison of what is loaded and built with the source and the rules, at this moment."""
        return Staleness(
            self.source,
            self.raw_store,
            self.warehouse,
            self.ledger,
            self.configuration,
            self.report_files,
        )

    @cached_property
    def deliveries(self) -> Deliveries:
        """The memory of what months were last delivered from."""
        from atlas_assets.monitoring.deliveries import Deliveries

        return Deliveries(self.memory, self.settings, self.ledger, self.report_files)

    @property
    def watcher(self) -> Watcher:
        """The planner of the work that a changed source folder requires."""
        return Watcher(
            self.settings.source_dir, self.configuration, self.staleness, self.report_files
        )

    @cached_property
    def notifier(self) -> Notifier:
        """The sender of messages about problems."""
        from atlas_assets.monitoring.notifications import Notifier

        return Notifier.of(self.settings)
