"""The stages of Atlas as functions, without Dagster, for `inside`."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from atlas_assets.periods.calendar import Period
from atlas_assets.periods.scope import Scope
from atlas_assets.settings import load_settings
from atlas_assets.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Generator

    import duckdb

    from atlas_assets.report.model import Report
    from atlas_assets.warehouse.dbt_runner import NodeResult

Work = Callable[[], object]


def _given(entity: str, period: str) -> tuple[Workspace, Scope]:
    """Return the installation of the environment, and the scope of an entity and period."""
    months = Period.parse(period).months
    return Workspace(load_settings()), Scope((entity,), tuple(months))


def _extract(workspace: Workspace, scope: Scope) -> None:
    from atlas_assets.sources.extract import extract

    problems = extract(workspace.source, workspace.raw_store, scope).problems
    assert not problems, problems


def _transform(workspace: Workspace, scope: Scope) -> list[NodeResult]:
    from atlas_assets.warehouse.transform import transform

    done = transform(workspace.dbt, scope)
    assert not done.problems, done.problems
    return done.results


def _publish(workspace: Workspace, scope: Scope) -> None:
    from atlas_assets.operational.publish import publish_months

    registry = workspace.configuration.registry
    with workspace.warehouse.reading() as connection:
        problems = publish_months(workspace.store, registry, connection, scope).problems
    assert not problems, problems


def _report(workspace: Workspace, scope: Scope) -> list[Report]:
    wanted = [(of.entity, Period.of_month(of.month)) for of in scope.partitions]
    reports = workspace.reports.assemble(wanted).reports
    workspace.reports.write(reports)
    return reports


@contextmanager
def month(entity: str, period: str) -> Generator[Work]:
    """Do what a command does for a month: everything from the workbooks to the deck."""

    def work() -> None:
        workspace, scope = _given(entity, period)
        _extract(workspace, scope)
        _transform(workspace, scope)
        for pair in scope.entity_years:
            workspace.validation.write(*pair)
        _publish(workspace, scope)
        problems = workspace.reports.draw(_report(workspace, scope)).problems
        assert not problems, problems

    yield work


@contextmanager
def extracting(entity: str, period: str) -> Generator[Work]:
    """Load all sheets of a period, of which nothing is loaded."""
    workspace, scope = _given(entity, period)
    shutil.rmtree(workspace.settings.raw_dir, ignore_errors=True)
    yield lambda: _extract(workspace, scope)


@contextmanager
def transforming(entity: str, period: str) -> Generator[Work]:
    """Build all models of a period from raw files, with dbt loaded and its project parsed."""
    workspace, scope = _given(entity, period)
    _transform(workspace, scope)
    workspace.warehouse.path.unlink()
    yield lambda: _transform(workspace, scope)


@contextmanager
def transforming_again(entity: str, period: str) -> Generator[Work]:
    """Build all models of a period once more, with dbt loaded and its project parsed."""
    workspace, scope = _given(entity, period)
    _transform(workspace, scope)
    yield lambda: _transform(workspace, scope)


@contextmanager
def compiled_sql(entity: str, period: str) -> Generator[Work]:
    """Run the SQL that dbt compiled of the models, in its order, in one connection.

    Each result becomes a temporary table. A model in Python has no SQL and is left out.
    """
    workspace, scope = _given(entity, period)
    models = {
        result.unique_id.rpartition(".")[2]: result.sql
        for result in _transform(workspace, scope)
        if result.unique_id.startswith("model.") and "def model(" not in result.sql
    }
    assert models
    with workspace.warehouse.locked(), workspace.warehouse.connect(read_only=False) as connection:

        def work() -> None:
            for name, sql in models.items():
                connection.execute(f"CREATE OR REPLACE TEMP TABLE alone_{name} AS {sql}")

        yield work


@contextmanager
def publishing(entity: str, period: str) -> Generator[Work]:
    """Publish a period into a database that is not there yet."""
    workspace, scope = _given(entity, period)
    path = workspace.settings.exported()["DATABASE_URL"].removeprefix("file:")
    for file in workspace.settings.duckdb_path.parent.glob(f"{path.rpartition('/')[2]}*"):
        file.unlink()
    yield lambda: _publish(workspace, scope)


@contextmanager
def reporting(entity: str, period: str) -> Generator[Work]:
    """Write the report.json of each month of a period."""
    workspace, scope = _given(entity, period)
    _report(workspace, scope)  # what is read and imported once
    yield lambda: _report(workspace, scope)


@contextmanager
def report_queries(entity: str, period: str) -> Generator[Work]:
    """Ask the warehouse what a report of a month asks, and fetch the rows."""
    from atlas_assets.report.assemble import assemble

    workspace, scope = _given(entity, period)
    registry, locale = workspace.configuration.registry, workspace.strings.locale
    with workspace.warehouse.reading() as connection:
        asking: Any = _Recording(connection)
        for of in scope.partitions:
            period_ = Period.of_month(of.month)
            assemble(asking, registry, of.entity, period_, locale=locale)
    assert asking.asked

    def work() -> None:
        with workspace.warehouse.reading() as connection:
            for arguments in asking.asked:
                connection.execute(*arguments).fetchall()

    yield work


class _Recording:
    """A connection that remembers the queries."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self.asked: list[tuple[Any, ...]] = []

    def execute(self, *arguments: Any) -> object:
        """Run and remember a query."""
        self.asked.append(arguments)
        return self.connection.execute(*arguments)
