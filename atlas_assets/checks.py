"""Reconciliations as asset checks: expected, actual and difference by partition, blocking."""

from collections.abc import Iterator

import dagster as dg

from atlas_assets.failures import told_to_people
from atlas_assets.markdown import markdown_rows
from atlas_assets.reconciliation import Reconciliation, sheet_amounts, sheet_rows
from atlas_assets.scope import Scope
from atlas_assets.staleness import input_hashes
from atlas_assets.workspace import Workspace

ORDERS_KEY = dg.AssetKey(["intermediate", "int_orders"])
SHEETS_KEY = dg.AssetKey(["intermediate", "audit_sheets"])
AMOUNTS_CHECK = "sheet_amounts_accounted_for"
ROWS_CHECK = "sheet_rows_accounted_for"
SHEET_CHECKS = [
    dg.AssetCheckKey(SHEETS_KEY, ROWS_CHECK),
    dg.AssetCheckKey(ORDERS_KEY, AMOUNTS_CHECK),
]


def reconciliation_checks() -> list[dg.AssetChecksDefinition]:
    """Return the checks that stand beside the assets; others are made by the assets themselves."""

    @dg.multi_asset_check(
        specs=[
            dg.AssetCheckSpec(
                ROWS_CHECK,
                asset=SHEETS_KEY,
                blocking=True,
                description=(
                    "Of each sheet, rows read = kept + not data, and kept = valid + flagged + "
                    "duplicates."
                ),
            ),
            dg.AssetCheckSpec(
                AMOUNTS_CHECK,
                asset=ORDERS_KEY,
                blocking=True,
                description=(
                    "The amounts of each transaction sheet, read again by another reader, equal "
                    "revenue + flagged + unassigned + duplicates."
                ),
            ),
        ],
    )
    def sheets_accounted_for(
        context: dg.AssetCheckExecutionContext, workspace: dg.ResourceParam[Workspace]
    ) -> Iterator[dg.AssetCheckResult]:
        scope = Scope.of_keys(context.partition_keys)
        with (
            told_to_people(),
            workspace.warehouse.writing(),
            workspace.warehouse.connect() as connection,
        ):
            source_dir = workspace.settings.source_dir
            registry = workspace.configuration.registry
            rows = list(sheet_rows(connection, scope))
            amounts = list(sheet_amounts(connection, registry, source_dir, scope))
        results = [
            reconciliation_result(SHEETS_KEY, ROWS_CHECK, rows, "{:,} rows"),
            reconciliation_result(ORDERS_KEY, AMOUNTS_CHECK, amounts, "Rp {:,}"),
        ]
        with workspace.runs.stage("validate", scope, context.run.run_id) as stage:
            failed = [result.description or "" for result in results if not result.passed]
            if failed:
                stage.problems = dict.fromkeys(scope.partitions, "; ".join(failed))
            stage.source_hashes.update(input_hashes(workspace))
        yield from results

    return [sheets_accounted_for]


def reconciliation_result(
    asset: dg.AssetKey, name: str, compared: list[Reconciliation], figure: str = "Rp {:,}"
) -> dg.AssetCheckResult:
    """Return a verdict with both figures; its first line says what a finance person has to do.

    `figure` is the format in which the text shows a figure.
    """
    differing = [pair for pair in compared if not pair.passed]
    shown = differing or compared
    rows = [(pair.where, pair.expected, pair.actual, pair.difference) for pair in shown]
    return dg.AssetCheckResult(
        asset_key=asset,
        check_name=name,
        passed=not differing,
        description=_what_to_do(differing, figure)
        if differing
        else f"All figures agree ({len(compared)} compared).",
        metadata={
            "expected": float(sum(pair.expected for pair in compared)),
            "actual": float(sum(pair.actual for pair in compared)),
            "difference": float(sum(pair.difference for pair in compared)),
            "figures": dg.MetadataValue.md(
                markdown_rows(["where", "expected", "actual", "difference"], rows)
            ),
        },
    )


def _what_to_do(differing: list[Reconciliation], figure: str) -> str:
    first = differing[0]
    more = f" (and {len(differing) - 1} more)" if len(differing) > 1 else ""
    return (
        f"{first.where}{more}: expected {figure.format(first.expected)}, Atlas has "
        f"{figure.format(first.actual)}, difference {figure.format(first.difference)}. Compare the "
        "sheet's rows with intermediate.audit_flagged_rows; nothing is published or reported until they agree."
    )
