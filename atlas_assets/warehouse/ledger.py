"""The ledger in the warehouse: which run did which stage for which partition, and from what."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, get_args

from atlas_assets.periods.calendar import Month
from atlas_assets.periods.scope import Partition

if TYPE_CHECKING:
    from collections.abc import Collection, Generator

    from atlas_assets.periods.scope import Scope
    from atlas_assets.warehouse.connection import Warehouse

Stage = Literal["extract", "transform", "validate", "publish", "report", "present"]
STAGES: tuple[Stage, ...] = get_args(Stage)
# The stages that bring the figures of a month up to date, and those that write its files.
DATA_STAGES: tuple[Stage, ...] = ("extract", "transform", "validate")
FILE_STAGES: tuple[Stage, ...] = ("report", "present")

_CREATE = """
CREATE TABLE IF NOT EXISTS main._pipeline_runs (
    id BIGINT NOT NULL,
    run_id VARCHAR NOT NULL,
    entity VARCHAR NOT NULL,
    year INTEGER NOT NULL,
    month INTEGER NOT NULL,
    stage VARCHAR NOT NULL,
    started_at TIMESTAMPTZ NOT NULL,
    completed_at TIMESTAMPTZ,
    status VARCHAR NOT NULL,
    error_message VARCHAR,
    source_file_hash VARCHAR,
    row_count BIGINT
);
"""
_EXISTS = "SELECT true FROM duckdb_tables() WHERE table_name = '_pipeline_runs'"
_START = """
INSERT INTO main._pipeline_runs (id, run_id, entity, year, month, stage, started_at, status)
SELECT
    (SELECT coalesce(max(id), 0) FROM main._pipeline_runs) + row_number() OVER (),
    $run_id, entity, year, month, $stage, $now, 'started'
FROM (
    SELECT unnest($entities::VARCHAR[]) AS entity, unnest($years::INTEGER[]) AS year,
        unnest($months::INTEGER[]) AS month
)
"""
_SUCCEED = """
UPDATE main._pipeline_runs AS runs
SET status = 'succeeded', completed_at = $now,
    source_file_hash = done.source_file_hash, row_count = done.row_count
FROM (
    SELECT unnest($entities::VARCHAR[]) AS entity, unnest($years::INTEGER[]) AS year,
        unnest($months::INTEGER[]) AS month, unnest($hashes::VARCHAR[]) AS source_file_hash,
        unnest($counts::BIGINT[]) AS row_count
) AS done
WHERE runs.run_id = $run_id AND runs.stage = $stage AND runs.status = 'started'
    AND (runs.entity, runs.year, runs.month) = (done.entity, done.year, done.month)
"""
_FAIL = """
UPDATE main._pipeline_runs AS runs
SET status = 'failed', completed_at = $now, error_message = failed.message
FROM (
    SELECT unnest($entities::VARCHAR[]) AS entity, unnest($years::INTEGER[]) AS year,
        unnest($months::INTEGER[]) AS month, unnest($messages::VARCHAR[]) AS message
) AS failed
WHERE runs.run_id = $run_id AND runs.stage = $stage AND runs.status = 'started'
    AND (runs.entity, runs.year, runs.month) = (failed.entity, failed.year, failed.month)
"""
_UNFINISHED = "SELECT run_id FROM main._pipeline_runs WHERE status = 'started' LIMIT 1"
_FAIL_UNFINISHED = """
UPDATE main._pipeline_runs SET status = 'failed', completed_at = $now, error_message = $message
WHERE status = 'started' AND started_at < $before
"""
# The input hash of the last transformation, which has none if it did not build all models. A partition
# whose last transformation or validation is not a passed validation is not verified.
_VERIFIED = """
SELECT entity, year, month, arg_max_null(source_file_hash, id) FILTER (stage = 'transform') AS hash
FROM main._pipeline_runs WHERE stage IN ('transform', 'validate')
GROUP BY entity, year, month
HAVING arg_max(stage, id) = 'validate' AND arg_max(status, id) = 'succeeded' AND hash IS NOT NULL
"""
_LAST_RUNS = """
SELECT entity, year, month, stage, max(id), arg_max(status, id), arg_max(error_message, id)
FROM main._pipeline_runs GROUP BY entity, year, month, stage
"""
_PUBLISHED = """
SELECT DISTINCT entity, year, month FROM main._pipeline_runs
WHERE stage = 'publish' AND status = 'succeeded' ORDER BY ALL
"""


@dataclass(frozen=True)
class LastRun:
    """The newest run of a stage for a partition; a later run has a higher number."""

    number: int
    status: Literal["started", "succeeded", "failed"]
    error: str | None


@dataclass
class StageResult:
    """What a stage reports about its partitions: problems, hashes of its input, numbers of rows.

    A partition in `problems` is recorded as failed, even if the stage ends without an exception.
    """

    problems: dict[Partition, str] = field(default_factory=dict)
    source_hashes: dict[Partition, str] = field(default_factory=dict)
    row_counts: dict[Partition, int] = field(default_factory=dict)


class RunLedger:
    """The table `_pipeline_runs`, one row per stage and partition of a run."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.warehouse = warehouse

    @contextmanager
    def stage(self, stage: Stage, scope: Scope, run_id: str) -> Generator[StageResult]:
        """Record a stage as started and, when the block ends, as succeeded or failed by partition.

        An exception fails every partition in scope.
        """
        run = {"run_id": run_id, "stage": stage}
        self._write((_START, {**run, **_columns(scope.partitions)}))
        result = StageResult()
        try:
            yield result
        except BaseException as error:
            result.problems = dict.fromkeys(scope.partitions, str(error))
            raise
        finally:
            failed = list(result.problems)
            succeeded = [partition for partition in scope.partitions if partition not in failed]
            messages = {"messages": list(result.problems.values())}
            outcome = {
                "hashes": [result.source_hashes.get(partition) for partition in succeeded],
                "counts": [result.row_counts.get(partition, 0) for partition in succeeded],
            }
            self._write(
                (_FAIL, {**run, **_columns(failed), **messages}),
                (_SUCCEED, {**run, **_columns(succeeded), **outcome}),
            )

    def fail_unfinished(self, before: datetime, message: str) -> None:
        """Record stages that were started before a moment and have not ended as failed."""
        if self._read(_UNFINISHED):
            self._write((_FAIL_UNFINISHED, {"before": before, "message": message}))

    def verified_hashes(self) -> dict[Partition, str]:
        """Return the input hash of each partition whose marts are built and passed their checks."""
        return {
            Partition(entity, Month(year, month)): digest
            for entity, year, month, digest in self._read(_VERIFIED)
        }

    def last_runs(self) -> dict[Partition, dict[Stage, LastRun]]:
        """Return the newest run of every stage of each partition."""
        last_runs: dict[Partition, dict[Stage, LastRun]] = {}
        for entity, year, month, stage, number, status, error in self._read(_LAST_RUNS):
            runs = last_runs.setdefault(Partition(entity, Month(year, month)), {})
            runs[stage] = LastRun(number, status, error)
        return last_runs

    def published(self, entities: Collection[str]) -> list[Partition]:
        """Return the partitions of some entities that were published at any time, in order."""
        rows = self._read(_PUBLISHED)
        return [Partition(e, Month(year, month)) for e, year, month in rows if e in entities]

    def _read(self, query: str) -> list[tuple[Any, ...]]:
        if not self.warehouse.exists():
            return []
        with self.warehouse.reading() as connection:
            if not connection.execute(_EXISTS).fetchone():
                return []
            return connection.execute(query).fetchall()

    def _write(self, *statements: tuple[str, dict[str, object]]) -> None:
        """Execute statements with their parameters in one transaction."""
        with self.warehouse.locked(), self.warehouse.connect(read_only=False) as connection:
            connection.begin()
            connection.execute(_CREATE)
            for statement, parameters in statements:
                connection.execute(statement, {**parameters, "now": datetime.now(UTC)})
            connection.commit()


def _columns(partitions: list[Partition]) -> dict[str, object]:
    return {
        "entities": [entity for entity, _ in partitions],
        "years": [month.year for _, month in partitions],
        "months": [month.number for _, month in partitions],
    }
