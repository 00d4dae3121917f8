"""Reconciliations as asset checks: expected, actual and difference by partition, blocking."""

import dagster as dg

from atlas_assets.failures import told_to_people
from atlas_assets.markdown import markdown_rows
from atlas_assets.reconciliation import Reconciliation, sheet_amounts
from atlas_assets.scope import Scope
from atlas_assets.staleness import input_hashes
from atlas_assets.workspace import Workspace

ORDERS_KEY = dg.AssetKey(["intermediate", "int_orders"])
SHEETS_CHECK = "sheet_amounts_accounted_for"


def reconciliation_checks() -> list[dg.AssetChecksDefinition]:
    """Return the checks that stand beside the assets; others are made by the assets themselves."""

    @dg.asset_check(
        asset=ORDERS_KEY,
        name=SHEETS_CHECK,
        blocking=True,
        description=(
            "The amounts of each transaction sheet, read again by another reader, equal revenue + "
            "flagged + unassigned + duplicates."
        ),
    )
    def sheet_amounts_accounted_for(
        context: dg.AssetCheckExecutionContext, workspace: dg.ResourceParam[Workspace]
    ) -> dg.AssetCheckResult:
        scope = Scope.of_keys(context.partition_keys)
        with (
            told_to_people(),
            workspace.warehouse.writing(),
            workspace.warehouse.connect() as connection,
        ):
            source_dir = workspace.settings.source_dir
            registry = workspace.configuration.registry
            compared = list(sheet_amounts(connection, registry, source_dir, scope))
        result = reconciliation_result(ORDERS_KEY, SHEETS_CHECK, compared)
        with workspace.runs.stage("validate", scope, context.run.run_id) as stage:
            if not result.passed:
                stage.problems = dict.fromkeys(scope.partitions, result.description or "")
            stage.source_hashes.update(input_hashes(workspace))
        return result

    return [sheet_amounts_accounted_for]


def reconciliation_result(
    asset: dg.AssetKey, name: str, compared: list[Reconciliation]
) -> dg.AssetCheckResult:
    """Return a verdict with both figures; its first line says what a finance person has to do."""
    differing = [pair for pair in compared if not pair.passed]
    shown = differing or compared
    rows = [(pair.where, pair.expected, pair.actual, pair.difference) for pair in shown]
    return dg.AssetCheckResult(
        asset_key=asset,
        check_name=name,
        passed=not differing,
        description=_what_to_do(differing)
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


def _what_to_do(differing: list[Reconciliation]) -> str:
    first = differing[0]
    more = f" (and {len(differing) - 1} more)" if len(differing) > 1 else ""
    return (
        f"{first.where}{more}: expected Rp {first.expected:,}, Atlas has Rp {first.actual:,}, "
        f"difference Rp {first.difference:,}. Compare the sheet's rows with "
        "intermediate.audit_flagged_rows; nothing is published or reported until they agree."
    )
