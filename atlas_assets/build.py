"""The only place that assembles everything into Dagster's definitions."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import dagster as dg

from atlas_assets.assets.models import model_assets
from atlas_assets.assets.operational import operational_assets
from atlas_assets.assets.raw import raw_assets
from atlas_assets.assets.reports import report_assets
from atlas_assets.assets.validation import validation_assets
from atlas_assets.automation import jobs
from atlas_assets.checks import reconciliation_checks
from atlas_assets.partitions import entity_month
from atlas_assets.schedules import schedules
from atlas_assets.sensors import sensors
from atlas_assets.transform import Transform
from atlas_assets.workspace import Workspace

if TYPE_CHECKING:
    from atlas_assets.settings import Settings

# Dagster's own notices on parts of it that Atlas uses knowingly.
warnings.filterwarnings("ignore", category=dg.BetaWarning)


def build_definitions(settings: Settings) -> dg.Definitions:
    """Return the code location for one installation.

    Raises ConfigurationError when `source/config` is wrong.
    """
    workspace = Workspace(settings)
    partitions = entity_month(workspace.configuration)
    made_jobs = jobs()
    return dg.Definitions(
        assets=[
            *raw_assets(partitions),
            *model_assets(Transform(settings).manifest_path, partitions),
            *operational_assets(partitions),
            *validation_assets(partitions),
            *report_assets(workspace.configuration),
        ],
        asset_checks=reconciliation_checks(),
        jobs=made_jobs,
        schedules=schedules(workspace.configuration.registry),
        sensors=sensors(workspace, made_jobs),
        resources={"workspace": workspace},
        executor=dg.in_process_executor,  # a process for each step costs seconds and shares nothing
    )
