"""The operational database: its lookups, and the records of each month."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

import dagster as dg

from atlas_assets.operational.publish import Publication, publish_months
from atlas_assets.operational.seed import prepare
from atlas_assets.orchestration import keys
from atlas_assets.orchestration.checks import reconciliation_results
from atlas_assets.orchestration.conditions import FOLLOWS_ALWAYS
from atlas_assets.orchestration.dagster_internals import describe_partitions
from atlas_assets.orchestration.failures import as_dagster_failure
from atlas_assets.orchestration.metadata.markdown import markdown_rows
from atlas_assets.orchestration.partitions import SINGLE_RUN
from atlas_assets.orchestration.resources import WarehouseResource
from atlas_assets.periods.scope import Partition, Scope
from atlas_assets.workspace import Workspace

_RECORDS_CHECK = dg.AssetCheckSpec(
    "records_equal_warehouse",
    asset=keys.RECORDS,
    blocking=True,
    description="Counts and sums of what was published equal the warehouse, by unit.",
)
_REFERENCES_CHECK = dg.AssetCheckSpec(
    "foreign_keys_hold",
    asset=keys.RECORDS,
    blocking=True,
    description="Every record that another refers to exists.",
)
_PUBLISHED_MODELS = (
    "int_orders",
    "int_enrollments",
    "int_students",
    "int_organizations",
    "int_people",
    "int_marketing_activity",
    "int_marketing_agenda",
    "int_target_items",
)


class Seeding(dg.Config):
    """The code of the entity to seed; every entity by default."""

    entity: str | None = None


def operational_assets(partitions: dg.MultiPartitionsDefinition) -> list[dg.AssetsDefinition]:
    """Return the seed and the publish asset."""
    return [_lookups(), _records(partitions)]


def _lookups() -> dg.AssetsDefinition:
    @dg.asset(
        key=keys.LOOKUPS,
        description="Lookups, group, entities and units in the operational database.",
        group_name=keys.OPERATIONAL,
        kinds={"libsql"},
        owners=[keys.DATA],
        deps=[keys.raw(f"registry_{table}") for table in ("units", "words", "channels")],
    )
    def lookups(
        config: Seeding, workspace: dg.ResourceParam[Workspace]
    ) -> dg.MaterializeResult[Any]:
        with as_dagster_failure():
            counts = prepare(workspace.store, workspace.configuration.registry, config.entity)
        return dg.MaterializeResult(
            metadata={"rows": dg.MetadataValue.md(markdown_rows(["table", "rows"], counts.items()))}
        )

    return lookups


def _records(partitions: dg.MultiPartitionsDefinition) -> dg.AssetsDefinition:
    @dg.asset(
        key=keys.RECORDS,
        description="Students, orders, receipts, marketing and targets of each month, for lookups.",
        check_specs=[_RECORDS_CHECK, _REFERENCES_CHECK],
        group_name=keys.OPERATIONAL,
        kinds={"libsql"},
        owners=[keys.DATA],
        partitions_def=partitions,
        backfill_policy=SINGLE_RUN,
        automation_condition=FOLLOWS_ALWAYS,
        deps=[*map(keys.intermediate, _PUBLISHED_MODELS), keys.mart("reconciliation")],
    )
    def records(
        context: dg.AssetExecutionContext,
        workspace: dg.ResourceParam[Workspace],
        duckdb: WarehouseResource,
    ) -> Iterator[dg.MaterializeResult[Any] | dg.AssetCheckResult | dg.AssetCheckEvaluation]:
        scope = Scope.of_keys(context.partition_keys)
        registry = workspace.configuration.registry
        before = workspace.ledger.published(scope.entities)
        with (
            as_dagster_failure(),
            workspace.ledger.stage("publish", scope, context.run.run_id) as stage,
            duckdb.reading() as connection,
        ):
            publication = publish_months(workspace.store, registry, connection, scope, before)
            stage.problems = publication.problems
            stage.row_counts = publication.row_counts
        _log(context, publication)
        yield from reconciliation_results(_RECORDS_CHECK, publication.compared)
        yield _references_result(publication.dangling)
        metadata = _metadata(publication).items()
        describe_partitions(context, {(keys.RECORDS, of.key): values for of, values in metadata})
        yield dg.MaterializeResult()

    return records


def _log(context: dg.AssetExecutionContext, publication: Publication) -> None:
    for what in dict.fromkeys(chain.from_iterable(publication.removed.values())):
        context.log.warning("%s is gone, and was removed from the operational database.", what)
    for partition in publication.restored:
        context.log.warning(
            "The records of %s were missing, and were published again.", partition.key
        )


def _references_result(dangling: list[str]) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=_REFERENCES_CHECK.asset_key,
        check_name=_REFERENCES_CHECK.name,
        passed=not dangling,
        description="; ".join(dangling) or "Every reference leads to a record.",
    )


def _metadata(publication: Publication) -> dict[Partition, dict[str, Any]]:
    """Return what was published of each partition, in rows and money, and what was removed of its entity."""
    return {
        partition: {
            "orders": month.orders,
            "transactions": month.transactions,
            "amount": month.amount,
            "removed": publication.removed[partition.entity],
        }
        for partition, month in publication.published.items()
    }
