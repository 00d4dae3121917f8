"""Reports of months, quarters, years and ranges: the data, the deck, the PDF."""

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any

import dagster as dg
from pydantic import Field

from atlas_assets.configuration.configuration import Configuration
from atlas_assets.deck import pdf
from atlas_assets.deck.present import present, print_deck
from atlas_assets.deck.read_back import DeckError
from atlas_assets.notation.numbers import percent, rupiah
from atlas_assets.orchestration.checks import reconciliation_result
from atlas_assets.orchestration.conditions import FOLLOWS_ALWAYS, FOLLOWS_ONCE_MADE
from atlas_assets.orchestration.failures import told_to_people
from atlas_assets.orchestration.metadata.markdown import markdown_rows
from atlas_assets.orchestration.partitions import MONTHS_OF, SINGLE_RUN, entity_month, entity_period
from atlas_assets.periods.calendar import Month, Period, PeriodType
from atlas_assets.periods.scope import Scope
from atlas_assets.report.assemble import assemble
from atlas_assets.report.model import Report
from atlas_assets.warehouse.ledger import Partition, Stage, StageResult
from atlas_assets.warehouse.reconciliation import Reconciliation, refuse_unreconciled, report_totals
from atlas_assets.workspace import Workspace

MARTS = [
    "mart_revenue",
    "mart_program_progress",
    "mart_channel_marketing",
    "mart_school_progress",
    "mart_students",
    "mart_targets",
]
TOTALS_CHECK = "report_totals_equal_marts"
DECK_CHECK = "deck_equals_report"
_DECK_CHECKED = (
    "Every figure on the slides, read back from the file, is one of report.json, and nothing lies "
    "outside of a slide or a column; else the earlier deck stays."
)
HISTORY_CHECK = "earlier_months_are_loaded"
_WORDS = {
    PeriodType.MONTHLY: "month",
    PeriodType.QUARTERLY: "quarter",
    PeriodType.YEARLY: "year",
}


class RangeReport(dg.Config):
    """Which report a run of `range_report` makes: of which units, all where none is named."""

    entity: str
    period: str
    units: list[str] = Field(default_factory=list)


def report_assets(configuration: Configuration) -> list[dg.AssetsDefinition]:
    """Return report, deck and PDF of every month, quarter and year, and the report of any range."""
    months = entity_month(configuration)
    by_period = [
        _period_assets(type_, *entity_period(configuration, type_))
        for type_ in (PeriodType.QUARTERLY, PeriodType.YEARLY)
    ]
    return [*_period_assets(PeriodType.MONTHLY, months), *chain(*by_period), _range_asset()]


def _period_assets(
    type_: PeriodType,
    partitions: dg.MultiPartitionsDefinition,
    months: dg.MultiPartitionMapping | None = None,
) -> list[dg.AssetsDefinition]:
    """Return report, deck and PDF of each partition; `months` says which months it is made of."""
    report_key, deck_key, pdf_key = (
        dg.AssetKey(["reports", f"{type_}_{kind}"]) for kind in ("report", "deck", "pdf")
    )
    word = _WORDS[type_]
    condition = FOLLOWS_ONCE_MADE if type_ is PeriodType.MONTHLY else FOLLOWS_ALWAYS

    @dg.asset(
        key=report_key,
        description=f"The {word}'s figures as report.json, assembled from the marts.",
        kinds={"json"},
        deps=[dg.AssetDep(["marts", mart], partition_mapping=months) for mart in MARTS],
        check_specs=[
            dg.AssetCheckSpec(
                TOTALS_CHECK,
                asset=report_key,
                blocking=True,
                description="Revenue in report.json equals the mart; else nothing is written.",
            ),
            dg.AssetCheckSpec(
                HISTORY_CHECK,
                asset=report_key,
                description="Every earlier month of the source is loaded: customer types look back.",
            ),
        ],
        output_required=False,
        group_name="reports",
        owners=["team:finance"],
        partitions_def=partitions,
        backfill_policy=SINGLE_RUN,
        automation_condition=condition,
    )
    def report(
        context: dg.AssetExecutionContext, workspace: dg.ResourceParam[Workspace]
    ) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult[Any]]:
        scope = Scope.of_keys(context.partition_keys)
        with told_to_people(), _noted(workspace, type_, "report", scope, context.run.run_id):
            reports, compared = _assembled(workspace, _periods(type_, scope))
            yield reconciliation_result(report_key, TOTALS_CHECK, compared)
            yield _history_result(report_key, workspace, reports)
            for made in reports:
                workspace.report_files.write(made)
        yield dg.MaterializeResult(metadata=_key_figures(reports, workspace))

    @dg.asset(
        key=deck_key,
        description=f"The {word}'s slides, with native charts and tables.",
        kinds={"powerpoint"},
        deps=[report_key],
        check_specs=[
            dg.AssetCheckSpec(
                DECK_CHECK,
                asset=deck_key,
                blocking=True,
                description=_DECK_CHECKED,
            )
        ],
        output_required=False,
        group_name="reports",
        owners=["team:finance"],
        partitions_def=partitions,
        backfill_policy=SINGLE_RUN,
        automation_condition=condition,
    )
    def deck(
        context: dg.AssetExecutionContext, workspace: dg.ResourceParam[Workspace]
    ) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult[Any]]:
        scope = Scope.of_keys(context.partition_keys)
        paths: list[Path] = []
        wrong: dict[Partition, str] = {}
        run_id = context.run.run_id
        with told_to_people(), _noted(workspace, type_, "present", scope, run_id) as noted:
            for entity, period in _periods(type_, scope):
                try:
                    paths.append(_drawn(workspace, workspace.report_files.read(entity, period)))
                except DeckError as error:
                    wrong[entity, period.first] = str(error)
            noted.problems = wrong
        yield _deck_result(deck_key, list(wrong.values()))
        yield dg.MaterializeResult(metadata=_files(paths))

    @dg.asset(
        key=pdf_key,
        description=f"The {word}'s slides as PDF, where LibreOffice is installed.",
        kinds={"pdf"},
        deps=[deck_key],
        output_required=False,
        group_name="reports",
        owners=["team:finance"],
        partitions_def=partitions,
        backfill_policy=SINGLE_RUN,
        automation_condition=condition,
    )
    def printed(
        context: dg.AssetExecutionContext, workspace: dg.ResourceParam[Workspace]
    ) -> Iterator[dg.MaterializeResult[Any]]:
        if not pdf.is_available():
            context.log.warning(pdf.INSTALL_HINT)
            return
        periods = _periods(type_, Scope.of_keys(context.partition_keys))
        with told_to_people(), ThreadPoolExecutor(max_workers=2) as pool:
            decks = [workspace.report_files.path(*pair, "pptx") for pair in periods]
            futures = [pool.submit(print_deck, deck) for deck in decks]
            paths = [future.result() for future in futures]
        yield dg.MaterializeResult(metadata=_files(paths))

    return [report, deck, printed]


@contextmanager
def _noted(
    workspace: Workspace, type_: PeriodType, stage: Stage, scope: Scope, run_id: str
) -> Generator[StageResult]:
    """Note a stage of months; a quarter made says nothing of the reports of its months."""
    if type_ is PeriodType.MONTHLY:
        with workspace.runs.stage(stage, scope, run_id) as result:
            yield result
    else:
        yield StageResult()


def _range_asset() -> dg.AssetsDefinition:
    key = dg.AssetKey(["reports", "range_report"])

    @dg.asset(
        key=key,
        description=(
            "Report, deck and PDF of one entity over any months, such as 2026-02..2026-04, or of "
            "some of its units."
        ),
        kinds={"json", "powerpoint", "pdf"},
        deps=[
            dg.AssetDep(["marts", mart], partition_mapping=dg.AllPartitionMapping())
            for mart in MARTS
        ],
        check_specs=[
            dg.AssetCheckSpec(
                TOTALS_CHECK,
                asset=key,
                blocking=True,
                description="Revenue in report.json equals the mart; else nothing is written.",
            ),
            dg.AssetCheckSpec(DECK_CHECK, asset=key, blocking=True, description=_DECK_CHECKED),
        ],
        output_required=False,
        group_name="reports",
        owners=["team:finance"],
    )
    def range_report(
        context: dg.AssetExecutionContext,
        config: RangeReport,
        workspace: dg.ResourceParam[Workspace],
    ) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult[Any]]:
        wanted = (config.entity, Period.parse(config.period))
        with told_to_people():
            (report,), compared = _assembled(workspace, [wanted], config.units)
            yield reconciliation_result(key, TOTALS_CHECK, compared)
            paths = [workspace.report_files.write(report)]
            try:
                paths.append(_drawn(workspace, report))
                wrong: list[str] = []
            except DeckError as error:
                wrong = [str(error)]
            yield _deck_result(key, wrong)
            if not pdf.is_available():
                context.log.warning(pdf.INSTALL_HINT)
            elif not wrong:
                paths.append(print_deck(paths[-1]))
        yield dg.MaterializeResult(metadata=_key_figures([report], workspace) | _files(paths))

    return range_report


def _periods(type_: PeriodType, scope: Scope) -> list[tuple[str, Period]]:
    """Return the entity and period of each partition, which is named by its first month."""
    return [
        (entity, Period(first, first.plus(MONTHS_OF[type_] - 1)))
        for entity, first in scope.partitions
    ]


def _assembled(
    workspace: Workspace, periods: list[tuple[str, Period]], units: list[str] | None = None
) -> tuple[list[Report], list[Reconciliation]]:
    """Return reports of months that reconcile, and their totals beside those of the marts."""
    with workspace.warehouse.reading() as connection:
        reports = [
            assemble(
                connection,
                workspace.configuration.registry.entity(entity),
                period,
                locale=workspace.settings.locale,
                units=units,
                source_date_epoch=workspace.settings.source_date_epoch,
            )
            for entity, period in periods
        ]
        for entity, period in periods:
            refuse_unreconciled(connection, Scope((entity,), tuple(period.months)))
        return reports, [pair for report in reports for pair in report_totals(connection, report)]


def _drawn(workspace: Workspace, report: Report) -> Path:
    return present(workspace, report, workspace.report_files.path_of(report, "pptx"))


def _deck_result(key: dg.AssetKey, wrong: list[str]) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=DECK_CHECK,
        passed=not wrong,
        description="\n".join(wrong) or "Every figure on the slides is one of report.json.",
    )


def _history_result(
    key: dg.AssetKey, workspace: Workspace, reports: list[Report]
) -> dg.AssetCheckResult:
    """Warn where a report lacks history, which nobody would see in its figures."""
    last = {report.meta.entity: Month.parse(report.meta.months[-1]) for report in reports}
    missing = {
        entity: [
            month
            for month in workspace.source.months(entity)
            if month < end and not workspace.raw_store.is_loaded("transactions", entity, month)
        ]
        for entity, end in last.items()
    }
    told = [
        f"{entity}: {len(months)} earlier months are not loaded ({months[0]} to {months[-1]}), so "
        "customer types, comparisons and schools are incomplete. Run `atlas build "
        f"--entity {entity} --period {last[entity]}`."
        for entity, months in missing.items()
        if months
    ]
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=HISTORY_CHECK,
        passed=not told,
        severity=dg.AssetCheckSeverity.WARN,
        description=" ".join(told) or "Every earlier month is loaded.",
    )


def _key_figures(reports: list[Report], workspace: Workspace) -> dict[str, Any]:
    locale = workspace.settings.locale
    rows = [
        (
            f"{report.meta.entity} {report.meta.period}",
            rupiah(report.totals.revenue_actuals, locale),
            rupiah(report.totals.revenue_target, locale),
            percent(report.totals.achievement_pct, locale),
        )
        for report in reports
    ]
    headers = ["report", "revenue", "target", "achieved"]
    return {
        "key_figures": dg.MetadataValue.md(markdown_rows(headers, rows)),
        **_files([workspace.report_files.path_of(report, "json") for report in reports]),
    }


def _files(paths: list[Path]) -> dict[str, Any]:
    return {path.name: dg.MetadataValue.path(path) for path in paths}
