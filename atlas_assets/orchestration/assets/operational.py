"""The operational database: its lookups, and the records of each month."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from atlas_assets.operational.publish import publish
from atlas_assets.operational.reconcile import dangling_references, published_figures
from atlas_assets.operational.seed import prepare
from atlas_assets.orchestration.checks import reconciliation_result
from atlas_assets.orchestration.conditions import FOLLOWS_ALWAYS
from atlas_assets.orchestration.failures import told_to_people
from atlas_assets.orchestration.metadata.markdown import markdown_rows
from atlas_assets.orchestration.partitions import SINGLE_RUN
from atlas_assets.periods.scope import Scope, partition_key
from atlas_assets.warehouse.reconciliation import Reconciliation, refuse_unreconciled
from atlas_assets.workspace import Workspace

RECORDS_KEY = dg.AssetKey(["operational", "records"])
RECORDS_CHECK = "records_equal_warehouse"
REFERENCES_CHECK = "foreign_keys_hold"


class Seeding(dg.Config):
    """Which entity is seeded, by its code; every one by default."""

    entity: str | None = None


def operational_assets(partitions: dg.MultiPartitionsDefinition) -> list[dg.AssetsDefinition]:
    """Return the seed and the publish asset."""

    @dg.asset(
        key=["operational", "lookups"],
        description="Lookups, group, entities and units in the operational database.",
        group_name="operational",
        kinds={"libsql"},
        owners=["team:data"],
        deps=[["raw", "registry_units"], ["raw", "registry_words"], ["raw", "registry_channels"]],
    )
    def lookups(
        config: Seeding, workspace: dg.ResourceParam[Workspace]
    ) -> dg.MaterializeResult[Any]:
        with told_to_people():
            counts = prepare(workspace.store, workspace.configuration.registry, config.entity)
        return dg.MaterializeResult(
            metadata={"rows": dg.MetadataValue.md(markdown_rows(["table", "rows"], counts.items()))}
        )

    @dg.asset(
        key=RECORDS_KEY,
        description="Students, orders, receipts, marketing and targets of each month, to look up.",
        check_specs=[
            dg.AssetCheckSpec(
                RECORDS_CHECK,
                asset=RECORDS_KEY,
                blocking=True,
                description="Counts and sums of what was published equal the warehouse, by unit.",
            ),
            dg.AssetCheckSpec(
                REFERENCES_CHECK,
                asset=RECORDS_KEY,
                blocking=True,
                description="Every record that another refers to exists.",
            ),
        ],
        group_name="operational",
        kinds={"libsql"},
        owners=["team:data"],
        partitions_def=partitions,
        backfill_policy=SINGLE_RUN,
        automation_condition=FOLLOWS_ALWAYS,
        deps=[
            ["intermediate", "int_orders"],
            ["intermediate", "int_enrollments"],
            ["intermediate", "int_students"],
            ["intermediate", "int_organizations"],
            ["intermediate", "int_people"],
            ["intermediate", "int_marketing_activity"],
            ["intermediate", "int_marketing_agenda"],
            ["intermediate", "int_target_items"],
            ["marts", "reconciliation"],
        ],
    )
    def records(
        context: dg.AssetExecutionContext, workspace: dg.ResourceParam[Workspace]
    ) -> Iterator[dg.MaterializeResult[Any] | dg.AssetCheckResult]:
        scope = Scope.of_keys(context.partition_keys)
        registry = workspace.configuration.registry
        rows: list[tuple[str, int, int, int]] = []
        compared: list[Reconciliation] = []
        with (
            told_to_people(),
            workspace.runs.stage("publish", scope, context.run.run_id) as stage,
            workspace.warehouse.reading() as connection,
        ):
            refuse_unreconciled(connection, scope)
            prepare(workspace.store, registry)
            for entity, month in scope.partitions:
                target = (workspace.store, registry, connection, entity, month)
                done = publish(*target)
                compared += published_figures(*target)
                stage.row_counts[entity, month] = done.transactions
                key = partition_key(entity, month)
                rows.append((key, done.orders, done.transactions, done.amount))
            dangling = dangling_references(workspace.store)
            wrong = [pair.told() for pair in compared if not pair.passed] + dangling
            if wrong:
                stage.problems = dict.fromkeys(scope.partitions, "; ".join(wrong))
        headers = ["partition", "orders", "transactions", "rupiah"]
        yield reconciliation_result(RECORDS_KEY, RECORDS_CHECK, compared)
        yield dg.AssetCheckResult(
            asset_key=RECORDS_KEY,
            check_name=REFERENCES_CHECK,
            passed=not dangling,
            description="; ".join(dangling) or "Every reference leads to a record.",
        )
        yield dg.MaterializeResult(
            metadata={
                "orders": sum(row[1] for row in rows),
                "transactions": sum(row[2] for row in rows),
                "published": dg.MetadataValue.md(markdown_rows(headers, rows)),
            },
        )

    return [lookups, records]
