"""Reports of months, quarters, years and ranges: the data, the deck, the PDF."""

import base64
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import dagster as dg
from pydantic import Field

from atlas_assets.configuration.configuration import Configuration
from atlas_assets.deck import pdf
from atlas_assets.deck.pictures import first_slides
from atlas_assets.deck.pipeline import Assembled, EntityPeriod
from atlas_assets.errors import AtlasError
from atlas_assets.monitoring.history import missing_history
from atlas_assets.notation.numbers import percent
from atlas_assets.orchestration import keys
from atlas_assets.orchestration.checks import reconciliation_results
from atlas_assets.orchestration.conditions import (
    FOLLOWS_ALWAYS,
    FOLLOWS_ANY_MONTH,
    FOLLOWS_ONCE_MADE,
)
from atlas_assets.orchestration.dagster_internals import describe_partitions
from atlas_assets.orchestration.failures import as_dagster_failure
from atlas_assets.orchestration.partitions import SINGLE_RUN, entity_month, entity_period
from atlas_assets.periods.calendar import Month, Period, PeriodType
from atlas_assets.periods.scope import Partition, Scope
from atlas_assets.report.files import read_report
from atlas_assets.report.model import Report
from atlas_assets.warehouse.ledger import Stage, StageResult
from atlas_assets.workspace import Workspace

_WORDS = {
    PeriodType.MONTHLY: "month",
    PeriodType.QUARTERLY: "quarter",
    PeriodType.YEARLY: "year",
}


_RANGE_REPORT = (
    "Report, deck and PDF of one entity over any months, such as 2026-02..2026-04, or of some of its units. "
    "Launched without configuration, it makes those again whose figures have changed."
)


class RangeReport(dg.Config):
    """The report that a run of `range_report` makes; without `units`, of all units.

    Without entity and period, every such report that was made before is made again if its figures
    have changed.
    """

    entity: str | None = None
    period: str | None = None
    units: list[str] = Field(default_factory=list)
    with_deck: bool = Field(default=True, description="Whether to draw the deck and print the PDF.")

    def assembled(self, workspace: Workspace, log: dg.DagsterLogManager) -> list[Assembled]:
        """Return the reports to look at. One that was made before and cannot be again stops no other."""
        if self.entity and self.period:
            start = workspace.configuration.registry.fiscal_year_start
            of = (self.entity, Period.parse(self.period, start))
            return [workspace.reports.assemble([of], self.units)]
        found: list[Assembled] = []
        for path in workspace.report_files.on_demand():
            try:
                meta = read_report(path).meta
                units = [] if meta.is_whole else meta.scope
                found.append(workspace.reports.assemble([(meta.entity, meta.covered)], units))
            except AtlasError as error:
                log.warning("%s stays as it is. %s", path.name, error)
        return found


@dataclass(frozen=True)
class _Series:
    """What the reports, decks and PDFs of one type of period have in common.

    `year_start` is the month in which the year begins; `months` maps a quarter or year to its months.
    """

    type: PeriodType
    year_start: int
    partitions: dg.MultiPartitionsDefinition
    months: dg.MultiPartitionMapping | None = None

    def key(self, kind: keys.ReportKind) -> dg.AssetKey:
        return keys.report(self.type, kind)

    def options(self) -> dict[str, Any]:
        """Return the common options of the three assets."""
        is_monthly = self.type is PeriodType.MONTHLY
        return {
            "partitions_def": self.partitions,
            "backfill_policy": SINGLE_RUN,
            "automation_condition": FOLLOWS_ONCE_MADE if is_monthly else FOLLOWS_ALWAYS,
        }

    def wanted(self, context: dg.AssetExecutionContext) -> list[EntityPeriod]:
        """Return the entity and period of each partition; its key has the period's first month."""
        scope = Scope.of_keys(context.partition_keys)
        return [
            (entity, self.type.starting(first, self.year_start))
            for entity, first in scope.partitions
        ]

    def describe(
        self,
        context: dg.AssetExecutionContext,
        kind: keys.ReportKind,
        made: dict[EntityPeriod, dict[str, Any]],
    ) -> None:
        """Give each partition the metadata of what was made for it, and nothing of the others."""
        describe_partitions(
            context,
            {
                (self.key(kind), Partition(entity, period.first).key): metadata
                for (entity, period), metadata in made.items()
            },
        )

    @contextmanager
    def stage(
        self, workspace: Workspace, stage: Stage, context: dg.AssetExecutionContext
    ) -> Generator[StageResult]:
        """Record a stage of monthly reports; a quarter's report says nothing about those of its months."""
        if self.type is not PeriodType.MONTHLY:
            yield StageResult()
            return
        scope = Scope.of_keys(context.partition_keys)
        with workspace.ledger.stage(stage, scope, context.run.run_id) as result:
            yield result


def report_assets(configuration: Configuration) -> list[dg.AssetsDefinition]:
    """Return report, deck and PDF of every month, quarter and year, and the report of any range."""
    year_start = configuration.registry.fiscal_year_start
    series = [
        _Series(PeriodType.MONTHLY, year_start, entity_month(configuration)),
        *(
            _Series(type_, year_start, *entity_period(configuration, type_))
            for type_ in (PeriodType.QUARTERLY, PeriodType.YEARLY)
        ),
    ]
    assets = chain.from_iterable((_report(s), _deck(s), _pdf(s)) for s in series)
    return [*assets, _range_report()]


def _report(series: _Series) -> dg.AssetsDefinition:
    totals, history = _totals_check(series.key("report")), _history_check(series.key("report"))

    @_asset(
        series.key("report"),
        **series.options(),
        description=f"The {_WORDS[series.type]}'s figures as report.json, assembled from the marts.",
        kinds={"json"},
        deps=[dg.AssetDep(mart, partition_mapping=series.months) for mart in keys.REPORTED_MARTS],
        check_specs=[totals, history],
    )
    def report(
        context: dg.AssetExecutionContext, workspace: dg.ResourceParam[Workspace]
    ) -> Iterator[dg.AssetCheckResult | dg.AssetCheckEvaluation | dg.MaterializeResult[Any]]:
        wanted = series.wanted(context)
        with as_dagster_failure():
            workspace.reports.require_data(wanted)
        with as_dagster_failure(), series.stage(workspace, "report", context):
            assembled = workspace.reports.assemble(wanted)
            yield from reconciliation_results(totals, assembled.totals)
            yield _history_result(history, workspace, assembled.reports)
            paths = workspace.reports.write(assembled.reports)
        figures = _key_figures(assembled.reports, workspace)
        described = [
            {**known, **_files([path])} for known, path in zip(figures, paths, strict=True)
        ]
        series.describe(context, "report", dict(zip(wanted, described, strict=True)))
        yield dg.MaterializeResult()

    return report


def _deck(series: _Series) -> dg.AssetsDefinition:
    check = _deck_check(series.key("deck"))

    @_asset(
        series.key("deck"),
        **series.options(),
        description=f"The {_WORDS[series.type]}'s slides, with native charts and tables.",
        kinds={"powerpoint"},
        deps=[series.key("report")],
        check_specs=[check],
    )
    def deck(
        context: dg.AssetExecutionContext, workspace: dg.ResourceParam[Workspace]
    ) -> Iterator[dg.AssetCheckResult | dg.AssetCheckEvaluation | dg.MaterializeResult[Any]]:
        with as_dagster_failure(), series.stage(workspace, "present", context) as stage:
            wanted = series.wanted(context)
            reports = workspace.reports.read(wanted)
            drawn = workspace.reports.draw(reports)
            stage.problems = {
                Partition(entity, period.first): problem
                for (entity, period), problem in drawn.problems.items()
            }
        yield _deck_result(check, list(drawn.problems.values()))
        figures = dict(zip(wanted, _key_figures(reports, workspace), strict=True))
        shown = {of: figures[of] | _files([deck]) for of, deck in drawn.decks.items()}
        series.describe(context, "deck", shown)
        yield dg.MaterializeResult()

    return deck


def _pdf(series: _Series) -> dg.AssetsDefinition:
    @_asset(
        series.key("pdf"),
        **series.options(),
        description=f"The {_WORDS[series.type]}'s slides as PDF, where LibreOffice is installed.",
        kinds={"pdf"},
        deps=[series.key("deck")],
    )
    def printed(
        context: dg.AssetExecutionContext, workspace: dg.ResourceParam[Workspace]
    ) -> Iterator[dg.MaterializeResult[Any]]:
        if not pdf.is_available():
            context.log.warning(pdf.INSTALL_HINT)
            return
        with as_dagster_failure():
            wanted = series.wanted(context)
            paths = workspace.reports.print(workspace.reports.decks(wanted))
        newest = dict(sorted(wanted, key=_last_month))
        printed_of = {
            (entity, period): _files([path]) | (_picture(path) if newest[entity] == period else {})
            for (entity, period), path in zip(wanted, paths, strict=True)
        }
        series.describe(context, "pdf", printed_of)
        yield dg.MaterializeResult()

    return printed


def _range_report() -> dg.AssetsDefinition:
    totals, check = _totals_check(keys.RANGE_REPORT), _deck_check(keys.RANGE_REPORT)

    @_asset(
        keys.RANGE_REPORT,
        description=_RANGE_REPORT,
        kinds={"json", "powerpoint", "pdf"},
        deps=[
            dg.AssetDep(mart, partition_mapping=dg.AllPartitionMapping())
            for mart in keys.REPORTED_MARTS
        ],
        check_specs=[totals, check],
        automation_condition=FOLLOWS_ANY_MONTH,
    )
    def range_report(
        context: dg.AssetExecutionContext,
        config: RangeReport,
        workspace: dg.ResourceParam[Workspace],
    ) -> Iterator[dg.AssetCheckResult | dg.AssetCheckEvaluation | dg.MaterializeResult[Any]]:
        reports = workspace.reports
        with as_dagster_failure():
            assembled = config.assembled(workspace, context.log)
            yield from reconciliation_results(totals, [p for one in assembled for p in one.totals])
            looked_at = [report for one in assembled for report in one.reports]
            made = [r for r in looked_at if config.entity or not reports.files.is_current(r)]
            paths = reports.write(made)
            drawn = [reports.draw([report]) for report in made if config.with_deck]
            decks = [deck for one in drawn for deck in one.decks.values()]
            yield _deck_result(check, [text for one in drawn for text in one.problems.values()])
            printed = reports.print(decks) if decks and pdf.is_available() else []
        if decks and not printed:
            context.log.warning(pdf.INSTALL_HINT)
        figures = _key_figures(made, workspace)[0] if len(made) == 1 else {}
        picture = _picture(printed[0]) if printed else {}
        yield dg.MaterializeResult(metadata=figures | _files(paths + decks + printed) | picture)

    return range_report


def _asset(key: dg.AssetKey, **options: Any) -> Callable[[Callable[..., Any]], dg.AssetsDefinition]:
    """Return the decorator of an asset in the reports group, which may yield nothing."""
    return dg.asset(
        key=key,
        output_required=False,
        group_name=keys.REPORTS,
        owners=[keys.FINANCE],
        **options,
    )


def _totals_check(key: dg.AssetKey) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(
        "report_totals_equal_marts",
        asset=key,
        blocking=True,
        description="Revenue in report.json equals the mart; otherwise nothing is written.",
    )


def _history_check(key: dg.AssetKey) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(
        "earlier_months_are_loaded",
        asset=key,
        description="Every earlier month of the source is loaded: customer types look back.",
    )


def _deck_check(key: dg.AssetKey) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(
        "deck_equals_report",
        asset=key,
        blocking=True,
        description=(
            "Every figure on the slides, read back from the file, is one of report.json, and "
            "nothing lies outside a slide or a column; otherwise the earlier deck stays."
        ),
    )


def _deck_result(check: dg.AssetCheckSpec, problems: list[str]) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=check.asset_key,
        check_name=check.name,
        passed=not problems,
        description="\n".join(problems) or "Every figure on the slides is one of report.json.",
    )


def _history_result(
    check: dg.AssetCheckSpec, workspace: Workspace, reports: Sequence[Report]
) -> dg.AssetCheckResult:
    missing = missing_history(workspace.source, workspace.raw_store, reports)
    return dg.AssetCheckResult(
        asset_key=check.asset_key,
        check_name=check.name,
        passed=not missing,
        severity=dg.AssetCheckSeverity.WARN,
        description=" ".join(missing) or "Every earlier month is loaded.",
    )


def _key_figures(reports: Sequence[Report], workspace: Workspace) -> list[dict[str, Any]]:
    """Return the figures of each report that a person asks for first, and revenue as a number to plot.

    With them comes the address of the dashboard's page about them.
    """
    strings, address = workspace.strings, workspace.settings.dashboard_address
    return [
        {
            "dashboard": dg.MetadataValue.url(
                f"{address}/?entity={report.meta.entity}&period={report.meta.period}"
            ),
            "revenue": strings.money.text(report.totals.revenue.revenue_actuals),
            "target": strings.money.text(report.totals.revenue.revenue_target),
            "achieved": percent(report.totals.revenue.achievement_pct, strings.locale),
            "revenue_in_full": float(report.totals.revenue.revenue_actuals),
        }
        for report in reports
    ]


def _last_month(of: EntityPeriod) -> Month:
    return of[1].last


def _files(paths: Sequence[Path]) -> dict[str, Any]:
    """Return the paths of files and their size."""
    size = sum(path.stat().st_size for path in paths)
    return {path.name: dg.MetadataValue.path(path) for path in paths} | {"bytes": size}


def _picture(path: Path) -> dict[str, Any]:
    """Return the first slides of a PDF as a picture, which stands in the text itself."""
    encoded = base64.b64encode(first_slides(path)).decode()
    return {"slides": dg.MetadataValue.md(f"![The first slides](data:image/png;base64,{encoded})")}
