"""Workers that share a warehouse, as on several machines."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import dagster as dg
import pytest
import yaml
from conftest import Installation

from atlas_assets.settings import PROJECT_DIR

if TYPE_CHECKING:
    from collections.abc import Generator

PATIENCE_SECONDS = 240
PROGRAMS = Path(sys.executable).parent
DEPLOY = PROJECT_DIR / "deploy" / "scale"


@dataclass(frozen=True)
class Servers:
    """What all workers share."""

    address: str
    bucket: str
    endpoint: str

    @property
    def environment(self) -> dict[str, str]:
        return {
            "ATLAS_PROFILE": "scale",
            "ATLAS_CATALOG": self.address,
            "ATLAS_LAKE": f"s3://{self.bucket}/lake",
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_ENDPOINT_URL": self.endpoint,
        }


@dataclass(frozen=True)
class Worker(Installation):
    """An installation that shares the warehouse with others; its raw files are those of `root`."""

    servers: Servers | None = None
    name: str = "worker"

    @property
    def environment(self) -> dict[str, str]:
        assert self.servers
        own = {"DAGSTER_HOME": str(self.root / self.name)}
        return super().environment | own | self.servers.environment

    @property
    def process_environment(self) -> dict[str, str]:
        """The environment of a command in a process of its own."""
        return os.environ | self.environment | {"PYTHONDONTWRITEBYTECODE": ""}


@dataclass(frozen=True)
class Queue:
    """A broker that hands runs to workers, and the PostgreSQL that keeps them."""

    broker: str
    runs: str

    def environment(self, worker: Worker) -> dict[str, str]:
        """The environment of everything that has to do with runs."""
        path = f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"  # of the programs that these call
        own = {"ATLAS_BROKER": self.broker, "ATLAS_POSTGRES_URL": self.runs, "PATH": path}
        return worker.process_environment | own

    @contextmanager
    def workers(self, worker: Worker, *, count: int) -> Generator[None]:
        """Start workers that take one run at a time, and end them after the block."""
        home = worker.settings.dagster_home
        shutil.copy(DEPLOY / "dagster.yaml", home)
        settings = yaml.safe_load((home / "dagster.yaml").read_text())
        # Without a daemon, so that nothing runs but what a test starts.
        launching = {"module": "dagster.core.run_coordinator", "class": "DefaultRunCoordinator"}
        del settings["concurrency"]
        settings |= {"run_coordinator": launching}
        (home / "dagster.yaml").write_text(yaml.safe_dump(settings))
        with ExitStack() as stack:
            for number in range(count):
                stack.enter_context(self._worker(worker, f"worker{number}"))
            yield

    @contextmanager
    def _worker(self, worker: Worker, name: str) -> Generator[None]:
        command = (
            *(PROGRAMS / "dagster-celery", "worker", "start", "-A", "dagster_celery.app"),
            *("-y", DEPLOY / "celery.yaml", "-n", name, "--", "-P", "solo"),
        )
        log = worker.root / f"{name}.log"
        with (
            log.open("w") as output,
            subprocess.Popen(
                command,
                env=self.environment(worker),
                cwd=worker.root,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            ) as process,
        ):
            try:
                until = time.monotonic() + PATIENCE_SECONDS
                while " ready." not in log.read_text():
                    assert process.poll() is None, log.read_text()
                    assert time.monotonic() < until, log.read_text()
                    time.sleep(0.2)  # until it listens
                yield
            finally:
                os.killpg(process.pid, 9)

    def launched(self, worker: Worker, job: str, partitions: list[str]) -> list[str]:
        """Start a run of a job for each partition, and return what identifies them."""
        runs = [str(uuid4()) for _ in partitions]
        commands = [
            subprocess.Popen(
                [
                    *(PROGRAMS / "dagster", "job", "launch", "-m", "atlas_assets.definitions"),
                    *("-j", job, "--run-id", run, "--tags", f'{{"dagster/partition": "{key}"}}'),
                ],
                env=self.environment(worker),
                cwd=worker.root,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            for run, key in zip(runs, partitions, strict=True)
        ]
        told = [command.communicate()[0] for command in commands]
        assert [command.returncode for command in commands] == [0] * len(commands), told
        return runs

    def finished(self, worker: Worker, runs: list[str]) -> list[dg.RunRecord]:
        """Wait until all runs have ended, and return what is known of them."""
        until = time.monotonic() + PATIENCE_SECONDS
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.environment(worker).items():
                patch.setenv(name, value)
            with dg.DagsterInstance.get() as instance:
                while True:
                    records = instance.get_run_records(dg.RunsFilter(run_ids=runs))
                    if len(records) == len(runs) and all(
                        record.dagster_run.is_finished for record in records
                    ):
                        return [*records]
                    assert time.monotonic() < until, [r.dagster_run.status for r in records]
                    time.sleep(0.5)  # until they have ended
