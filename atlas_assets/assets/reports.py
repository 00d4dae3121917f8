"""Monthly reports: the data, the deck, the PDF."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import dagster as dg

from atlas_assets.checks import reconciliation_result
from atlas_assets.deck import pdf
from atlas_assets.deck.powerpoint import render
from atlas_assets.deck.story import tell
from atlas_assets.deck.template import chosen_template
from atlas_assets.failures import told_to_people
from atlas_assets.markdown import markdown_rows
from atlas_assets.notation.numbers import percent, rupiah
from atlas_assets.partitions import SINGLE_RUN
from atlas_assets.periods import Period
from atlas_assets.reconciliation import refuse_unreconciled, report_totals
from atlas_assets.report.assemble import assemble
from atlas_assets.report.files import Suffix
from atlas_assets.report.model import Report
from atlas_assets.scope import Scope
from atlas_assets.workspace import Workspace

MARTS = [
    "mart_revenue",
    "mart_program_progress",
    "mart_channel_marketing",
    "mart_school_progress",
    "mart_students",
    "mart_targets",
]
REPORT_KEY = dg.AssetKey(["reports", "monthly_report"])
DECK_KEY = dg.AssetKey(["reports", "monthly_deck"])
TOTALS_CHECK = "report_totals_equal_marts"
HISTORY_CHECK = "earlier_months_are_loaded"


def report_assets(partitions: dg.MultiPartitionsDefinition) -> list[dg.AssetsDefinition]:
    """Return report, deck and PDF of a month."""

    @dg.asset(
        key=REPORT_KEY,
        description="The month's figures as report.json, assembled from the marts.",
        kinds={"json"},
        deps=[["marts", mart] for mart in MARTS],
        check_specs=[
            dg.AssetCheckSpec(
                TOTALS_CHECK,
                asset=REPORT_KEY,
                blocking=True,
                description="Revenue in report.json equals the mart; else nothing is written.",
            ),
            dg.AssetCheckSpec(
                HISTORY_CHECK,
                asset=REPORT_KEY,
                description="Every earlier month of the source is loaded: customer types look back.",
            ),
        ],
        output_required=False,
        group_name="reports",
        owners=["team:finance"],
        partitions_def=partitions,
        backfill_policy=SINGLE_RUN,
    )
    def monthly_report(
        context: dg.AssetExecutionContext, workspace: dg.ResourceParam[Workspace]
    ) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult[Any]]:
        scope = Scope.of_keys(context.partition_keys)
        with told_to_people(), workspace.runs.stage("report", scope, context.run.run_id):
            with workspace.warehouse.reading() as connection:
                reports = [
                    assemble(
                        connection,
                        workspace.configuration.registry.entity(entity),
                        Period.of_month(month),
                        locale=workspace.settings.locale,
                        source_date_epoch=workspace.settings.source_date_epoch,
                    )
                    for entity, month in scope.partitions
                ]
                refuse_unreconciled(connection, scope)
                compared = [
                    pair for report in reports for pair in report_totals(connection, report)
                ]
            yield reconciliation_result(REPORT_KEY, TOTALS_CHECK, compared)
            yield _history_result(workspace, scope)
            for report in reports:
                workspace.report_files.write(report)
        yield dg.MaterializeResult(metadata=_key_figures(reports, workspace))

    @dg.asset(
        key=DECK_KEY,
        description="The month's slides, with native charts and tables.",
        kinds={"powerpoint"},
        deps=[REPORT_KEY],
        group_name="reports",
        owners=["team:finance"],
        partitions_def=partitions,
        backfill_policy=SINGLE_RUN,
    )
    def monthly_deck(
        context: dg.AssetExecutionContext, workspace: dg.ResourceParam[Workspace]
    ) -> dg.MaterializeResult[Any]:
        with told_to_people():
            paths = [
                present(workspace, workspace.report_files.read(entity, Period.of_month(month)))
                for entity, month in Scope.of_keys(context.partition_keys).partitions
            ]
        return dg.MaterializeResult(metadata=_files(paths))

    @dg.asset(
        key=["reports", "monthly_pdf"],
        description="The month's slides as PDF, where LibreOffice is installed.",
        kinds={"pdf"},
        deps=[DECK_KEY],
        output_required=False,
        group_name="reports",
        owners=["team:finance"],
        partitions_def=partitions,
        backfill_policy=SINGLE_RUN,
    )
    def monthly_pdf(
        context: dg.AssetExecutionContext, workspace: dg.ResourceParam[Workspace]
    ) -> Iterator[dg.MaterializeResult[Any]]:
        if not pdf.is_available():
            context.log.warning(pdf.INSTALL_HINT)
            return
        periods = [
            (entity, Period.of_month(month))
            for entity, month in Scope.of_keys(context.partition_keys).partitions
        ]
        with told_to_people(), ThreadPoolExecutor(max_workers=2) as pool:
            futures = [pool.submit(print_deck, workspace, *pair) for pair in periods]
            paths = [future.result() for future in futures]
        yield dg.MaterializeResult(metadata=_files(paths))

    return [monthly_report, monthly_deck, monthly_pdf]


def _history_result(workspace: Workspace, scope: Scope) -> dg.AssetCheckResult:
    """Warn where a report lacks history, which nobody would see in its figures."""
    missing = {
        entity: [
            month
            for month in workspace.source.months(entity)
            if month < scope.months[-1]
            and not workspace.raw_store.is_loaded("transactions", entity, month)
        ]
        for entity in scope.entities
    }
    told = [
        f"{entity}: {len(months)} earlier months are not loaded ({months[0]} to {months[-1]}), so "
        "customer types, comparisons and schools are incomplete. Run `atlas build "
        f"--entity {entity} --period {scope.months[-1]}`."
        for entity, months in missing.items()
        if months
    ]
    return dg.AssetCheckResult(
        asset_key=REPORT_KEY,
        check_name=HISTORY_CHECK,
        passed=not told,
        severity=dg.AssetCheckSeverity.WARN,
        description=" ".join(told) or "Every earlier month is loaded.",
    )


def present(workspace: Workspace, report: Report) -> Path:
    """Draw a report's deck and return its path."""
    entity = workspace.configuration.registry.entity(report.meta.entity)
    path = _path(workspace, report, "pptx")
    deck = tell(report, workspace.strings, entity.full_name)
    render(deck, chosen_template(workspace.settings.config_dir), path)
    return path


def print_deck(workspace: Workspace, entity: str, period: Period) -> Path:
    """Convert a report's deck to PDF and return its path."""
    path = workspace.report_files.path(entity, period, "pdf")
    pdf.convert(workspace.report_files.path(entity, period, "pptx"), path)
    return path


def _path(workspace: Workspace, report: Report, suffix: Suffix) -> Path:
    return workspace.report_files.path(report.meta.entity, Period.parse(report.meta.period), suffix)


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
        **_files([_path(workspace, report, "json") for report in reports]),
    }


def _files(paths: list[Path]) -> dict[str, Any]:
    return {path.name: dg.MetadataValue.path(path) for path in paths}
