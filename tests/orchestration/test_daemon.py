"""The real daemon, as `atlas ui` starts it: a person only saves workbooks."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import dagster as dg
import openpyxl
import psutil
import pytest
from conftest import Installation, make_installation
from dagster._core.execution.backfill import BulkActionsFilter, BulkActionStatus

from atlas_assets.orchestration.partitions import RANGE_START_TAG

EPN = "LAPORAN EVALUASI EPN 2026.xlsx"
PATIENCE_SECONDS = 400


def eventually(is_so: Callable[[], bool], what: str) -> None:
    """Wait until something is so, which another process brings about."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < end, f"It did not come about that {what}."
        time.sleep(0.5)


class Living:
    """An installation with its daemon, and what is seen of it from outside."""

    def __init__(self, installation: Installation, shelf: Path, log: Path) -> None:
        self.installation, self.shelf, self.log = installation, shelf, log
        self.programs = shelf.with_name("programs")
        self.programs.mkdir()
        (self.programs / "tail").symlink_to(str(shutil.which("tail")))  # Dagster's logs need it
        self.source = installation.root / "source"
        self.decks = installation.root / "output" / "monthly"

    def start(self) -> None:
        """Start the web UI with its daemon, in a process group of its own."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = str(free.getsockname()[1])
        made = self.installation
        with self.log.open("w") as log:
            self.daemon = subprocess.Popen(
                [sys.executable, "-m", "atlas_assets.cli.entry", "ui", "--port", self.port],
                env={
                    **os.environ,
                    **made.environment,
                    "PATH": str(self.programs),
                    "PYTHONDONTWRITEBYTECODE": "",
                },
                cwd=made.root,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        eventually(lambda: "Dagster on http" in self.log.read_text(), "the instance was made")

    def reload(self) -> None:
        """Do what *Reload* under *Deployment* does."""
        query = {"query": "mutation { reloadWorkspace { __typename } }"}
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/graphql",
            json.dumps(query).encode(),
            {"content-type": "application/json"},
        )
        with urllib.request.urlopen(request) as answer:  # noqa: S310
            assert b'"Workspace"' in answer.read()

    def kill(self) -> None:
        """End every process of it at once, as a power cut does."""
        with contextlib.suppress(ProcessLookupError):  # nothing is left of it
            os.killpg(self.daemon.pid, signal.SIGKILL)
        self.daemon.wait()

    def is_running(self) -> bool:
        """Whether a run is under way."""
        return any(run.status is dg.DagsterRunStatus.STARTED for run in self.runs())

    def runs(self) -> list[dg.DagsterRun]:
        """Return the runs, the newest first, without the look for late months at the beginning."""
        with dg.DagsterInstance.get() as instance:
            return [run for run in instance.get_runs() if run.job_name != "freshness"]

    def told(self) -> str:
        """Return what was told to people."""
        path = self.installation.root / "output" / "notifications.log"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def quiet(self) -> None:
        """Wait until every sensor has looked after the last run, and found nothing to do."""
        runs = -1
        while runs != len(self.runs()):
            runs = len(self.runs())
            eventually(self._is_idle, "every run ended")
            since = time.time()
            eventually(lambda: min(self._looks()) > since, "every sensor looked")  # noqa: B023
            eventually(self._is_idle, "every run ended")

    def _is_idle(self) -> bool:
        with dg.DagsterInstance.get() as instance:
            asked = instance.get_backfills(BulkActionsFilter(statuses=[BulkActionStatus.REQUESTED]))
            return not asked and all(run.is_finished for run in instance.get_runs())

    def _looks(self) -> list[float]:
        """Return when each sensor began its last look that has ended; 0 for one that had none."""
        with dg.DagsterInstance.get() as instance:
            found = {
                state.instigator_name: max(
                    (tick.timestamp for tick in ticks if tick.is_completed), default=0
                )
                for state in instance.all_instigator_state()
                for ticks in [
                    instance.get_ticks(state.instigator_origin_id, state.selector_id, limit=2)
                ]
            }
        return [found.get(name, 0) for name in ("workbooks", "followers", "notifications")]

    def put(self, name: str) -> None:
        """Save a workbook of the shelf into the source folder, whole, as file managers do."""
        shutil.copy(self.shelf / name, self.source / f".{name}")
        (self.source / f".{name}").rename(self.source / name)

    def edit(self, sheet: str) -> None:
        """Add a thousand rupiah to the first receipt of a sheet."""
        workbook = openpyxl.load_workbook(self.source / EPN, data_only=True)
        workbook[sheet]["O7"].value += 1_000
        workbook.save(self.source / EPN)


@pytest.fixture
def living(
    tmp_path: Path, parsed_models: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Living]:
    """An installation without workbooks whose daemon runs."""
    made = make_installation(tmp_path / "atlas", years=range(2026, 2027), defects=0.0, scale=0.1)
    shutil.copytree(parsed_models, made.settings.dbt_target_dir)
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    for path in (made.root / "source").glob("*.xlsx"):
        path.rename(shelf / path.name)
    monkeypatch.setenv("DAGSTER_HOME", str(made.settings.dagster_home))
    found = Living(made, shelf, tmp_path / "daemon.log")
    found.start()
    try:
        yield found
    finally:
        found.kill()


@pytest.mark.slow
def test_a_person_only_saves_workbooks(living: Living) -> None:
    deck = living.decks / "EPN-2026-10.pptx"
    living.quiet()
    assert living.runs() == []
    late = "Atlas: freshness found something wrong"  # there is no workbook yet
    eventually(lambda: late in living.told(), "late months were told")

    for path in living.shelf.glob("*EPN*.xlsx"):
        living.put(path.name)
    eventually(deck.exists, "a dropped workbook led to the deck")
    living.quiet()
    assert {run.status for run in living.runs()} == {dg.DagsterRunStatus.SUCCESS}
    quarters = living.installation.root / "output" / "quarterly"
    assert {path.name for path in quarters.glob("*.pptx")} == {
        f"EPN-2026-Q{number}.pptx" for number in (1, 2, 3)
    }
    before = {run.run_id for run in living.runs()}
    content = deck.read_bytes()

    living.edit("OKTOBER")
    eventually(lambda: deck.read_bytes() != content, "the deck followed the corrected cell")
    living.quiet()
    runs = [run for run in living.runs() if run.run_id not in before]
    asked = [run for run in runs if "dagster/from_automation_condition" not in run.tags]
    assert [(run.job_name, run.tags["dagster/partition"]) for run in asked] == [
        ("monthly_close", "EPN|2026-10")
    ], runs
    # Dagster's conditions may see the new marts of a run that is about to end, but not its report yet.
    partitions = {run.tags.get("dagster/partition") for run in runs}
    assert partitions <= {"EPN|2026-10", None}, (
        runs
    )  # the snapshot of the dashboard has no partition
    before |= {run.run_id for run in runs}

    os.utime(living.source / EPN)
    living.quiet()
    living.quiet()
    assert {run.run_id for run in living.runs()} == before

    content = deck.read_bytes()
    broken = next(path for path in living.shelf.glob("*IONs*.xlsx") if "EVALUASI" in path.name)
    for path in living.shelf.glob("*I[Oo]N[Ss]*.xlsx"):
        if path == broken:
            (living.source / path.name).write_bytes(path.read_bytes()[:5000])
        else:
            living.put(path.name)
    living.edit("OKTOBER")
    eventually(lambda: deck.read_bytes() != content, "the deck was made beside a broken workbook")
    living.quiet()
    failed = [run for run in living.runs() if run.status is dg.DagsterRunStatus.FAILURE]
    assert [run.job_name for run in failed] == ["extract"]
    told = (living.installation.root / "output" / "notifications.log").read_text(encoding="utf-8")
    assert f"{broken.name} cannot be read as a workbook: it is cut off" in told
    assert not list(living.decks.glob("IONS*"))


@pytest.mark.slow
def test_commands_wait_for_runs_and_a_killed_daemon_holds_nothing_up(living: Living) -> None:
    for path in living.shelf.glob("*EPN*.xlsx"):
        living.put(path.name)
    eventually(living.is_running, "the dropped workbooks led to a run")
    told = living.installation.atlas_process("seed").stderr  # it looks at no sheets before it waits
    assert "(monthly_close), which is under way." in told or "(backfill), which" in told
    living.quiet()
    assert {run.status for run in living.runs()} == {dg.DagsterRunStatus.SUCCESS}

    content = (living.decks / "EPN-2026-10.pptx").read_bytes()
    living.edit("OKTOBER")
    eventually(living.is_running, "the corrected cell led to a run")
    living.kill()
    assert living.is_running()  # so it seems
    told = living.installation.atlas_process("build", "--entity", "EPN").stderr
    assert "Waits" not in told
    assert not living.is_running()
    assert (living.decks / "EPN-2026-10.pptx").read_bytes() != content
    living.start()
    living.quiet()
    assert all(run.is_finished for run in living.runs())


@pytest.mark.slow
def test_what_a_mistake_in_the_registry_stopped_is_done_once_it_is_corrected(
    living: Living,
) -> None:
    registry = living.source / "config" / "registry.yaml"
    correct = registry.read_text(encoding="utf-8")
    living.quiet()
    registry.write_text(correct.replace("code: EPN", "cod: EPN", 1), encoding="utf-8")
    for path in living.shelf.glob("*EPN*.xlsx"):
        living.put(path.name)
    eventually(lambda: "registry.yaml, line" in living.told(), "someone was told")
    registry.write_text(correct, encoding="utf-8")
    eventually((living.decks / "EPN-2026-10.pptx").exists, "the deck was made after all")


@pytest.mark.slow
def test_a_reload_leaves_runs_alone_and_a_second_ui_is_refused(living: Living) -> None:
    for path in living.shelf.glob("*EPN*.xlsx"):
        living.put(path.name)
    eventually(living.is_running, "the dropped workbooks led to a run")
    living.reload()
    told = living.installation.atlas_process("ui", "--port", "3999", status=1).stderr
    assert f"process {living.daemon.pid}, http://127.0.0.1:{living.port}" in told
    living.quiet()
    assert {run.status for run in living.runs()} == {dg.DagsterRunStatus.SUCCESS}
    loads = [run for run in living.runs() if run.job_name in {"backfill", "monthly_close"}]
    keys = [run.tags.get("dagster/partition") or run.tags[RANGE_START_TAG] for run in loads]
    assert len(keys) == len(set(keys))  # nothing ran twice
    assert living.told().count("Atlas:") == living.told().count("Atlas: freshness")

    os.kill(living.daemon.pid, signal.SIGKILL)  # alone, as the kernel does when memory is short
    living.daemon.wait()
    servers = ("orchestration.ui.web", "dagster._daemon")
    eventually(lambda: not processes(living.installation, servers), "its servers ended, too")


def processes(made: Installation, modules: tuple[str, ...]) -> list[int]:
    """Return the processes of an installation that run one of some modules."""
    home = str(made.settings.dagster_home)
    found: list[int] = []
    for process in psutil.process_iter(["cmdline"]):
        command = " ".join(process.info["cmdline"] or [])
        with contextlib.suppress(psutil.Error):
            if any(module in command for module in modules) and (
                process.environ().get("DAGSTER_HOME") == home
            ):
                found.append(process.pid)
    return found
