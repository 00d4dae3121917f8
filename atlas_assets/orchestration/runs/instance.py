"""The persistent Dagster instance: prepares it, and runs jobs on it for the command line."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import dagster as dg
import yaml
from filelock import FileLock

from atlas_assets.errors import ConfigurationError
from atlas_assets.files import written_whole
from atlas_assets.orchestration.dagster_internals import CheckError
from atlas_assets.orchestration.partitions import PARTITION_TAG, range_tags, single_key
from atlas_assets.orchestration.runs.old_logs import prune
from atlas_assets.orchestration.runs.origin import STARTED_BY_TAG, origin_tags
from atlas_assets.orchestration.runs.run_problems import problems_of
from atlas_assets.orchestration.runs.unfinished_runs import close_dead_runs, this_process
from atlas_assets.settings import PROJECT_DIR

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from atlas_assets.periods.scope import Scope
    from atlas_assets.settings import Settings
    from atlas_assets.warehouse.ledger import RunLedger

# The command line reports what matters by itself; the whole log is in the web UI.
_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass(frozen=True)
class RunOutcome:
    """How a run ended. `problems` are complete, user-facing texts."""

    run_id: str
    succeeded: bool
    problems: list[str]


def prepare_home(settings: Settings, ledger: RunLedger) -> None:
    """Create the Dagster home if needed, and set DAGSTER_HOME for this process and its children.

    Marks runs of dead processes as failed, and removes old logs.
    """
    home = settings.dagster_home
    home.mkdir(parents=True, exist_ok=True)
    os.environ["DAGSTER_HOME"] = str(home)
    if settings.postgres_url:
        os.environ["ATLAS_POSTGRES_URL"] = settings.postgres_url.get_secret_value()
    with FileLock(home / ".lock"):  # two processes that initialize one home at once break it
        if not (home / "dagster.yaml").exists():
            # Half of the file would be valid YAML, too.
            with written_whole(home / "dagster.yaml") as temporary:
                shutil.copy(PROJECT_DIR / ".dagster" / "dagster.yaml", temporary)
        with _instance_of(home) as instance:
            close_dead_runs(instance, ledger)
    prune(home, datetime.now(UTC))


def _instance_of(home: Path) -> dg.DagsterInstance:
    """Return the instance of a home. Raises ConfigurationError if its dagster.yaml is wrong."""
    try:
        return dg.DagsterInstance.get()
    except (yaml.YAMLError, UnicodeDecodeError, dg.DagsterInvalidConfigError, CheckError) as error:
        why = str(error).strip().splitlines()[0]
        raise ConfigurationError(
            f"{home / 'dagster.yaml'} is wrong: {why}. Correct it, or move it away: Atlas then writes its "
            "own again."
        ) from error


def _tags(job: str, scope: Scope | None, command: str) -> dict[str, str]:
    """Return the tags of a command's run: its partitions, what it is about, and the command."""
    key, ranged = single_key(scope), range_tags(scope)
    known = {**ranged, STARTED_BY_TAG: command, **({PARTITION_TAG: key} if key else {})}
    return {**ranged, **origin_tags(job, known)}


def run_job(
    definitions: dg.Definitions,
    job: str,
    scope: Scope | None,
    on_step: Callable[[str], None],
    command: str,
    assets: list[dg.AssetKey] | None = None,
    config: dict[str, Any] | None = None,
) -> RunOutcome:
    """Run a job in this process on the persistent instance, over a whole scope in one run.

    `on_step` is called with the name of each step that begins; `command` is what started the run.
    `assets` limits the job to some of its assets; `config` is the config of its assets, by the names of
    their steps.
    """
    run_id = str(uuid4())

    def report_step(entry: dg.EventLogEntry) -> None:
        event = entry.dagster_event
        if event and event.event_type == dg.DagsterEventType.STEP_START and event.step_key:
            on_step(event.step_key)

    with dg.DagsterInstance.get() as instance:
        instance.add_event_listener(run_id, report_step)
        result = definitions.resolve_job_def(job).execute_in_process(
            instance=instance,
            run_id=run_id,
            run_config={**_QUIET, "ops": {n: {"config": c} for n, c in (config or {}).items()}},
            raise_on_error=False,
            asset_selection=assets,
            partition_key=single_key(scope),
            tags={**this_process(run_id), **_tags(job, scope, command)},
        )
        problems = [] if result.success else problems_of(instance, run_id)
    return RunOutcome(run_id, result.success, problems)
