"""Raw files are copied into the warehouse once, and staging takes in each loaded sheet once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import polars as pl
import pytest
from hand_made_sheets import MONTHS, Line, Sheet, build, installed, load

from atlas_assets.periods.scope import Scope
from atlas_assets.sources.adapter import RawPartition, SheetColumn, SheetManifest
from atlas_assets.warehouse.raw_tables import load_raw_tables

if TYPE_CHECKING:
    from pathlib import Path

    from atlas_assets.workspace import Workspace

JANUARY, FEBRUARY = MONTHS[3:]


def copy_raw(workspace: Workspace) -> None:
    with workspace.warehouse.connect(read_only=False) as connection:
        load_raw_tables(connection, workspace.raw_store, workspace.configuration.registry)


def ask(workspace: Workspace, query: str) -> list[tuple]:
    with workspace.warehouse.connect(read_only=False) as connection:
        return connection.execute(query).fetchall()


def students(workspace: Workspace, table: str = "raw.transactions") -> list[tuple]:
    return ask(
        workspace,
        f"SELECT month(month_key), student_name FROM {table} ORDER BY month_key, student_name",
    )


def test_only_what_was_loaded_again_is_copied_again(tmp_path: Path) -> None:
    workspace = installed(tmp_path)
    load(workspace, Sheet("IONS", JANUARY, [Line("Ani")]))
    load(workspace, Sheet("IONS", FEBRUARY, [Line("Budi")]))
    copy_raw(workspace)
    assert students(workspace) == [(1, "Ani"), (2, "Budi")]

    ask(workspace, "UPDATE raw.transactions SET student_name = 'not copied again'")
    load(workspace, Sheet("IONS", FEBRUARY, [Line("Citra")]))
    copy_raw(workspace)
    assert students(workspace) == [(1, "not copied again"), (2, "Citra")]

    workspace.raw_store.forget("transactions", "IONS", JANUARY)
    copy_raw(workspace)
    assert students(workspace) == [(2, "Citra")]
    for table in ("sheet_manifest", "sheet_controls", "partitions"):
        assert ask(workspace, f"SELECT month(month_key) FROM raw.{table}") == [(2,)]


def test_damaged_files_are_left_out(tmp_path: Path) -> None:
    workspace = installed(tmp_path)
    load(workspace, Sheet("IONS", JANUARY, [Line("Ani")]))
    copy_raw(workspace)
    path = workspace.settings.raw_dir / "transactions" / "IONS" / f"{JANUARY}.parquet"
    path.write_bytes(path.read_bytes()[:-1])
    copy_raw(workspace)
    assert students(workspace) == []


def put(workspace: Workspace, column: str, frame: pl.DataFrame) -> None:
    """Put a frame into the raw store, as February of IONS."""
    columns = [SheetColumn("A", "X", column)]
    manifest = SheetManifest("test", "book.xlsx", "FEBRUARI", "hash", "layout", [6], columns, 1, 1)
    workspace.raw_store.load(RawPartition("transactions", "IONS", FEBRUARY, frame, manifest))


def test_a_failure_leaves_the_tables_as_they_were(tmp_path: Path) -> None:
    workspace = installed(tmp_path)
    load(workspace, Sheet("IONS", JANUARY, [Line("Ani")]))
    copy_raw(workspace)
    load(workspace, Sheet("IONS", JANUARY, [Line("Budi")]))
    put(workspace, "unit", pl.DataFrame({"source_row": ["no number"], "unit": ["TM"]}))
    with pytest.raises(duckdb.ConversionException):
        copy_raw(workspace)
    assert students(workspace) == [(1, "Ani")]


def test_views_of_an_earlier_version_become_tables_and_further_columns_appear(
    tmp_path: Path,
) -> None:
    workspace = installed(tmp_path)
    ask(workspace, "CREATE SCHEMA raw; CREATE VIEW raw.transactions AS SELECT 1 AS x")
    load(workspace, Sheet("IONS", JANUARY, [Line("Ani")]))
    copy_raw(workspace)
    column = "Saldo 'berjalan\""
    put(workspace, column, pl.DataFrame({"source_row": [7], column: ["5"]}))
    copy_raw(workspace)
    query = '''SELECT student_name, "Saldo 'berjalan""" FROM raw.transactions ORDER BY month_key'''
    assert ask(workspace, query) == [("Ani", None), (None, "5")]


def test_staging_takes_in_what_was_loaded_and_is_built_anew_when_the_registry_changes(
    tmp_path: Path,
) -> None:
    workspace = installed(tmp_path)
    january, both = Scope(("IONS",), (JANUARY,)), Scope(("IONS",), (JANUARY, FEBRUARY))
    load(workspace, Sheet("IONS", JANUARY, [Line("Xyz Ani")]))
    build(workspace, january)
    ask(workspace, "UPDATE staging.stg_transactions SET student_name = 'kept'")
    load(workspace, Sheet("IONS", FEBRUARY, [Line("Budi")]))
    build(workspace, january)
    assert students(workspace, "staging.stg_transactions") == [(1, "kept"), (2, "Budi")]

    path = workspace.settings.config_dir / "registry.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("honorifics: [", "honorifics: [XYZ, ", 1), encoding="utf-8")
    changed = installed_again(workspace)
    build(changed, both)
    names = ask(
        changed, "SELECT normalized_student_name FROM staging.stg_transactions ORDER BY ALL"
    )
    assert names == [("ANI",), ("BUDI",)]


def installed_again(workspace: Workspace) -> Workspace:
    """Return a workspace that reads the configuration of the same installation again."""
    return type(workspace)(workspace.settings)


def test_a_gap_in_a_column_without_gaps_stops_the_build(tmp_path: Path) -> None:
    workspace = installed(tmp_path)
    load(workspace, Sheet("IONS", JANUARY, [Line("Ani")]))
    build(workspace, Scope(("IONS",), (JANUARY,)))
    with pytest.raises(duckdb.ConstraintException, match="revenue_actuals"):
        ask(workspace, "UPDATE marts.mart_revenue SET revenue_actuals = NULL")
