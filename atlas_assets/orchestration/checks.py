"""Reconciliations as asset checks: expected and actual figures and their difference, by partition."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import dagster as dg

from atlas_assets.orchestration import keys
from atlas_assets.orchestration.failures import as_dagster_failure
from atlas_assets.orchestration.metadata.markdown import markdown_rows
from atlas_assets.orchestration.resources import WarehouseResource
from atlas_assets.periods.scope import Scope
from atlas_assets.warehouse.reconciliation import Reconciliation, reconciliations
from atlas_assets.workspace import Workspace

MOST_PARTITIONS = 24  # of a range, of which a check tells its figures one by one
_SHEETS, _ORDERS = keys.intermediate("audit_sheets"), keys.intermediate("int_orders")
_REVENUE, _STUDENTS = keys.mart("mart_revenue"), keys.mart("mart_students")
_PAYMENTS = keys.mart("mart_order_payments")
_PROGRAMS, _CHANNELS = keys.mart("mart_program_progress"), keys.mart("mart_channel_marketing")
_SCHOOLS, _TARGETS = keys.mart("mart_school_progress"), keys.mart("mart_targets")


def _spec(
    name: str, asset: dg.AssetKey, description: str, *, blocking: bool = True
) -> dg.AssetCheckSpec:
    """Return the spec of a check that runs after the validation file has been written."""
    return dg.AssetCheckSpec(
        name,
        asset=asset,
        blocking=blocking,
        description=description,
        additional_deps=[keys.VALIDATION_FILE],
    )


# The checks of `marts.reconciliation`. Those that do not block warn that a sheet contradicts itself.
SPECS = [
    _spec("sheet_rows_read", _SHEETS, "Of each sheet, rows read = kept + not data."),
    _spec("sheet_rows_judged", _SHEETS, "Of each sheet, rows kept = valid + flagged + duplicates."),
    _spec(
        "sheet_amounts",
        _ORDERS,
        (
            "The amounts of each transaction sheet, read again by another reader, equal "
            "revenue + unassigned + duplicates."
        ),
    ),
    _spec(
        "sheets_read_twice",
        _ORDERS,
        "The amounts of each transaction sheet could be read by both readers.",
        blocking=False,
    ),
    _spec(
        "sheet_stated_total",
        _ORDERS,
        "The sheet's own total row equals the sum of its rows.",
        blocking=False,
    ),
    _spec(
        "mart_revenue_by_unit",
        _REVENUE,
        "Revenue by unit adds up to the revenue of the order lines.",
    ),
    _spec(
        "mart_transactions",
        _REVENUE,
        "Transactions by unit add up to the order lines that count as revenue.",
    ),
    _spec("mart_orders_by_unit", _REVENUE, "Orders by unit add up to the enrollments."),
    _spec("mart_orders_by_program", _PROGRAMS, "Orders by program add up to the enrollments."),
    _spec(
        "mart_orders_by_channel",
        _CHANNELS,
        "Orders (closings) by channel add up to the enrollments.",
    ),
    _spec(
        "mart_revenue_by_program",
        _PROGRAMS,
        "Revenue by program adds up to the revenue of the order lines.",
    ),
    _spec(
        "mart_revenue_by_channel",
        _CHANNELS,
        "Revenue by channel adds up to the revenue of the order lines.",
    ),
    _spec(
        "mart_revenue_by_order",
        _PAYMENTS,
        "Payments by order add up to the revenue that belongs to an enrollment.",
    ),
    _spec("mart_funnel", _CHANNELS, "Leads and follow-ups by channel add up to the recap sheets."),
    _spec("mart_students", _SCHOOLS, "Students by unit and by school add up to the enrollments."),
    _spec(
        "students_counted_once",
        _STUDENTS,
        "Students who paid, and who enrolled, by unit, are those of the order lines.",
    ),
    _spec(
        "mart_target",
        _TARGETS,
        "Targets by unit and program add up to the target sheet without its sub-totals.",
    ),
    _spec(
        "reported_revenue",
        _TARGETS,
        "The administrators' own revenue in the target sheet equals the mart.",
        blocking=False,
    ),
]


def reconciliation_checks() -> list[dg.AssetChecksDefinition]:
    """Return the checks that are defined apart from assets; the others belong to their assets."""

    @dg.multi_asset_check(specs=SPECS, can_subset=True)
    def reconciled(
        context: dg.AssetCheckExecutionContext,
        workspace: dg.ResourceParam[Workspace],
        duckdb: WarehouseResource,
    ) -> Iterator[dg.AssetCheckResult | dg.AssetCheckEvaluation]:
        scope = Scope.of_keys(context.partition_keys)
        with as_dagster_failure(), duckdb.reading() as connection:
            compared = reconciliations(connection, scope)
        chosen = [spec for spec in SPECS if spec.key in context.selected_asset_check_keys]
        if len(chosen) == len(SPECS):  # only all checks together verify a month
            with workspace.ledger.stage("validate", scope, context.run.run_id) as stage:
                failed = [
                    verdict.description
                    for spec in chosen
                    if not (verdict := _verdict(spec, compared.get(spec.name, []))).passed
                    and spec.blocking
                ]
                if failed:
                    stage.problems = dict.fromkeys(scope.partitions, "; ".join(failed))
        for spec in chosen:
            yield from reconciliation_results(spec, compared.get(spec.name, []))

    return [reconciled]


def reconciliation_results(
    spec: dg.AssetCheckSpec, compared: list[Reconciliation]
) -> Iterator[dg.AssetCheckEvaluation | dg.AssetCheckResult]:
    """Yield what a check found in each partition, and then in all of them, which alone can stop a run.

    Of a long range, only the newest partitions and those whose figures differ are told one by one. A
    partitioned check would not do: Dagster never finishes those of a range.
    """
    of_partitions: dict[str, list[Reconciliation]] = {}
    for pair in sorted(compared, key=lambda pair: pair.partition.rpartition("|")[2]):
        of_partitions.setdefault(pair.partition, []).append(pair)
    verdicts = {key: _verdict(spec, pairs) for key, pairs in of_partitions.items()}
    newest = list(verdicts)[-MOST_PARTITIONS:]
    failed = [key for key, verdict in verdicts.items() if not verdict.passed]
    # The web UI takes the last one for the state of the check, so those that differ come last.
    for partition in [key for key in newest if key not in failed] + failed:
        yield dg.AssetCheckEvaluation(
            asset_key=spec.asset_key,
            check_name=spec.name,
            partition=partition,
            blocking=False,
            **verdicts[partition]._asdict(),
        )
    yield dg.AssetCheckResult(
        asset_key=spec.asset_key, check_name=spec.name, **_verdict(spec, compared)._asdict()
    )


class _Verdict(NamedTuple):
    """What a check says of compared figures."""

    passed: bool
    severity: dg.AssetCheckSeverity
    description: str
    metadata: dict[str, Any]


def _verdict(spec: dg.AssetCheckSpec, compared: list[Reconciliation]) -> _Verdict:
    """Return whether compared figures are equal, the figures and, if they differ, what to do."""
    differing = [pair for pair in compared if not pair.passed]
    shown = differing or compared
    rows = [(pair.where, pair.expected, pair.actual, pair.difference) for pair in shown]
    return _Verdict(
        passed=not differing,
        severity=dg.AssetCheckSeverity.ERROR if spec.blocking else dg.AssetCheckSeverity.WARN,
        description=_what_to_do(differing, blocking=spec.blocking)
        if differing
        else f"All figures agree ({len(compared)} compared).",
        metadata={
            "expected": float(sum(pair.expected for pair in compared)),
            "actual": float(sum(pair.actual for pair in compared)),
            "difference": float(sum(pair.difference for pair in compared)),
            "differing_partitions": sorted({pair.partition for pair in differing}),
            "figures": dg.MetadataValue.md(
                markdown_rows(["where", "expected", "actual", "difference"], rows)
            ),
        },
    )


def _what_to_do(differing: list[Reconciliation], *, blocking: bool) -> str:
    more = f" And {len(differing) - 1} more." if len(differing) > 1 else ""
    advice = (
        "The validation file lists what became of every row; nothing is published or reported "
        "until they agree."
        if blocking
        else "Look at the sheet: it contradicts itself."
    )
    return f"{differing[0].message()}{more} {advice}"
