"""Assembles everything into Dagster's definitions; the only place that does so."""

from __future__ import annotations

import warnings

import dagster as dg

from atlas_assets.orchestration.assets.jaffle_shop import (
    jaffle_shop_assets,
    jaffle_shop_check,
    jaffle_shop_sensor,
)
from atlas_assets.orchestration.assets.models import model_assets
from atlas_assets.orchestration.assets.operational import operational_assets
from atlas_assets.orchestration.assets.raw import raw_assets
from atlas_assets.orchestration.assets.reports import report_assets
from atlas_assets.orchestration.assets.serving import serving_assets
from atlas_assets.orchestration.assets.validation import validation_assets
from atlas_assets.orchestration.checks import reconciliation_checks
from atlas_assets.orchestration.conditions import followers
from atlas_assets.orchestration.freshness import (
    CLOSED_MONTHS,
    due_month_checks,
    with_freshness_policy,
)
from atlas_assets.orchestration.jobs import jaffle_shop_job, jobs
from atlas_assets.orchestration.metadata.code_references import with_code_references
from atlas_assets.orchestration.metadata.content_tags import with_content_tag
from atlas_assets.orchestration.partitions import entity_month
from atlas_assets.orchestration.resources import WarehouseResource
from atlas_assets.orchestration.runs.unfinished_runs import in_this_process
from atlas_assets.orchestration.schedules import schedules
from atlas_assets.orchestration.sensors import sensors
from atlas_assets.settings import load_settings
from atlas_assets.workspace import Workspace


@dg.definitions
def definitions() -> dg.Definitions:
    """Return the definitions for the settings in the environment."""
    return build_definitions(Workspace(load_settings()))


def build_definitions(workspace: Workspace, *, with_shop: bool = True) -> dg.Definitions:
    """Return the code location for one installation, with the Jaffle Shop if it has its files.

    Raises ConfigurationError if `source/config` is wrong.
    """
    warnings.filterwarnings("ignore", category=dg.BetaWarning)  # Atlas uses them knowingly
    registry, partitions = workspace.configuration.registry, entity_month(workspace.configuration)
    due_months = due_month_checks(registry)
    all_jobs = jobs([key for check in due_months for key in check.check_keys])
    assets = [
        *raw_assets(partitions),
        *model_assets(workspace.dbt.manifest_path, partitions),
        *operational_assets(partitions),
        *validation_assets(partitions),
        *report_assets(workspace.configuration),
        *serving_assets(),
        CLOSED_MONTHS,
    ]
    checks = [*reconciliation_checks(), *due_months]
    all_sensors = [*sensors(workspace, all_jobs), followers()]
    if with_shop and workspace.jaffle_shop.is_there:
        assets += jaffle_shop_assets(workspace.jaffle_shop)
        checks.append(jaffle_shop_check())
        all_jobs.append(jaffle_shop_job())
        all_sensors.append(jaffle_shop_sensor(workspace, all_jobs[-1]))
    return dg.Definitions(
        assets=dg.map_asset_specs(
            lambda spec: with_content_tag(with_freshness_policy(registry, spec)),
            with_code_references(assets, workspace.settings.repository),
        ),
        asset_checks=checks,
        jobs=all_jobs,
        schedules=schedules(workspace),
        sensors=all_sensors,
        resources={
            "workspace": workspace,
            "duckdb": WarehouseResource(database=str(workspace.settings.duckdb_path)),
        },
        executor=in_this_process,  # a process per step costs seconds and shares nothing
    )
