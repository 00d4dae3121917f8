"""Runs dbt inside this process, which takes a fraction of the time of starting it as a command."""

from __future__ import annotations

import contextlib
import hashlib
import os
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from filelock import FileLock

from atlas_assets.errors import AtlasError
from atlas_assets.faults.explanation import UnexpectedError, explained, fault_of_warehouse
from atlas_assets.faults.stopping import held_back
from atlas_assets.files import digest_of, written_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence
    from pathlib import Path

    from dbt.contracts.graph.manifest import Manifest


_PARSED: dict[str, Manifest] = {}  # by the digest of the project


class TransformError(AtlasError):
    """dbt could not build a model, or a test failed; what was built before stays."""


@dataclass(frozen=True)
class NodeResult:
    """The result of one dbt model or test; `sql` is its compiled code.

    `failures` is the number of rows that failed a test.
    """

    unique_id: str
    passed: bool
    skipped: bool
    seconds: float
    message: str
    failures: int
    sql: str

    @property
    def failed(self) -> bool:
        """Whether the model could not be built, or the test failed."""
        return not (self.passed or self.skipped)


def refuse_failed(results: list[NodeResult]) -> None:
    """Raise TransformError for failed results, or FaultError where the machine failed; else do nothing."""
    for result in results:
        if fault := fault_of_warehouse(_without_heading(result.message)):
            raise fault
    if results:
        lines = [f"{result.unique_id.split('.')[-1]}: {result.message}" for result in results]
        raise TransformError(
            "dbt could not build "
            + "\n".join(lines)
            + "\nThe tables of these models are as they were before."
        )


def _without_heading(message: str) -> str:
    """Return what the database said, without the line in which dbt names the model."""
    heading, _, rest = message.strip().partition("\n")
    return rest if heading.startswith(("Runtime Error", "Database Error")) else message


class DbtRunner:
    """One dbt project, with the variables of the environment by which it finds its database.

    `target_dir` is the folder of dbt's manifest, partial parse and logs.
    """

    def __init__(self, project_dir: Path, target_dir: Path, environment: Mapping[str, str]) -> None:
        self.project_dir, self.target_dir = project_dir, target_dir
        self._own_environment = environment

    @property
    def manifest_path(self) -> Path:
        """The path of dbt's manifest, written if it is missing, damaged or of another project."""
        path = self.target_dir / "manifest.json"
        marker = self.target_dir / "manifest-of.txt"
        self.target_dir.mkdir(parents=True, exist_ok=True)
        with FileLock(self.target_dir / ".lock", is_singleton=True):
            digest = self._digest()
            if not marker.exists() or marker.read_bytes() != _mark(digest, path):
                with written_whole(path) as temporary:
                    self.manifest.writable_manifest().write(str(temporary))
                with written_whole(marker) as temporary:
                    temporary.write_bytes(_mark(digest, path))
        return path

    @property
    def manifest(self) -> Manifest:
        """The parsed project, which is the same for every installation; parsed once per process."""
        digest = self._digest()
        self.target_dir.mkdir(parents=True, exist_ok=True)
        with FileLock(self.target_dir / ".lock", is_singleton=True):
            if digest not in _PARSED:
                # If dbt wrote the manifest itself, a killed process could leave half of it.
                _PARSED[digest] = self.invoke(["parse", "--no-write-json"], None)
        return _PARSED[digest]

    def build(
        self, arguments: list[str], callbacks: Sequence[Callable[[Any], None]] = ()
    ) -> list[NodeResult]:
        """Build models and run their data tests; `callbacks` get dbt's events, before they take effect.

        Raises TransformError if dbt itself fails.
        """
        arguments = ["build", *arguments, "--no-write-json"]
        done = self.invoke(arguments, self.manifest, callbacks=callbacks)
        return [_node_result(result) for result in done]

    def document(self) -> Path:
        """Write dbt's documentation of the models as one static page, and return the page."""
        folder = self.target_dir / "docs"  # apart from the manifest, which dbt would overwrite
        self.invoke(["docs", "generate", "--static"], None, folder)
        return folder / "static_index.html"

    def invoke(
        self,
        arguments: list[str],
        manifest: Manifest | None,
        target_dir: Path | None = None,
        callbacks: Sequence[Callable[[Any], None]] = (),
    ) -> Any:
        """Call dbt and return its result. Raises TransformError, or FaultError where the machine failed."""
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager  # takes 1.5 s to load
        from dbt.cli.main import dbtRunner

        options = {
            "--project-dir": self.project_dir,
            "--profiles-dir": self.project_dir,
            "--target-path": target_dir or self.target_dir,
            "--log-path": self.target_dir,
            "--log-level": "none",
            "--log-level-file": "none",
        }
        flags = [str(part) for option in options.items() for part in option]
        with held_back(), self._environment(), contextlib.chdir(self.project_dir):
            try:
                runner = dbtRunner(manifest=manifest, callbacks=list(callbacks))
                outcome = runner.invoke([*arguments, *flags])
            finally:
                DuckDBConnectionManager.close_all_connections()  # it keeps an attached file open
        if outcome.exception is not None:
            fault = explained(outcome.exception)
            if isinstance(fault, UnexpectedError):
                raise TransformError(f"dbt stopped: {outcome.exception}") from outcome.exception
            raise fault from outcome.exception
        return outcome.result

    @contextlib.contextmanager
    def _environment(self) -> Generator[None]:
        """Tell dbt by its environment where the data is, and nothing else; restore it afterwards.

        dbt takes every one of its options from variables, too: `DBT_FULL_REFRESH`, for example.
        """
        before = dict(os.environ)
        for name in before:
            if name.startswith("DBT_"):
                del os.environ[name]
        os.environ.update(self._own_environment)
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)

    def _digest(self) -> str:
        """Return a hash of dbt's version and of all files of the project."""
        return digest_of(self.project_dir.rglob("*"), version("dbt-core"))


def _mark(project: str, manifest: Path) -> bytes:
    """Return what identifies a manifest and the project that it was made of."""
    content = manifest.read_bytes() if manifest.exists() else b""
    return f"{project} {hashlib.sha256(content).hexdigest()}\n".encode()


def _node_result(result: Any) -> NodeResult:
    status = str(result.status)
    return NodeResult(
        unique_id=result.node.unique_id,
        passed=status in {"success", "pass", "warn", "no-op"},  # "no-op" is an exposure
        skipped=status == "skipped",
        seconds=result.execution_time,
        message=result.message or "",
        failures=result.failures or 0,
        sql=getattr(result.node, "compiled_code", None) or "",
    )
