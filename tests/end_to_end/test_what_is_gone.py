"""What is no longer configured is gone from every figure: the result equals a build from scratch."""

import re
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Installation

pytestmark = [pytest.mark.slow, pytest.mark.installation]

_TIMES = {"loaded_at", "created_at", "updated_at"}
FEBRUARY = ("build", "--entity", "EPN", "--period", "2026-02")


def edited(path: Path, pattern: str, text: str) -> None:
    before = path.read_text(encoding="utf-8")
    after = re.sub(pattern, text, before)
    assert after != before
    path.write_text(after, encoding="utf-8")


def without_the_year_before(source: Path) -> None:
    (source / "config/epn-2025.yaml").unlink()


def without_a_unit_a_method_and_january(source: Path) -> None:
    edited(source / "config/registry.yaml", r".*code: TRYOUT.*\n", "")
    edited(source / "config/registry.yaml", r".*code: qris.*\n", "")
    edited(source / "config/epn-2026.yaml", r"1: JANUARI, 2: FEBRUARI", "2: FEBRUARI")


def without_workbooks_and_the_other_entity(source: Path) -> None:
    for path in source.glob("*EPN 2025*"):
        path.unlink()
    for path in source.glob("config/ions-*"):
        path.unlink()
    edited(source / "config/registry.yaml", r"(?s)  - code: IONS\n.*?(?=  - code: EPN)", "")
    edited(source / "config/registry.yaml", r"  - \{entity: IONS.*\n", "")
    edited(source / "config/registry.yaml", r"program_units:\n", "program_units: []\n")


def records(installation: Installation) -> dict[str, list[tuple]]:
    with sqlite3.connect(installation.root / "operational.db") as connection:
        tables = [
            name
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if not name.startswith(("sqlite", "alembic"))
        ]
        return {
            table: sorted(
                map(repr, connection.execute(f"SELECT {columns(connection, table)} FROM {table}"))
            )
            for table in tables
        }


def columns(connection: sqlite3.Connection, table: str) -> str:
    names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    return ", ".join(name for name in names if name not in _TIMES)


def marts(installation: Installation) -> dict[str, list[tuple]]:
    with installation.workspace.warehouse.reading() as connection:
        tables = connection.execute(
            "SELECT table_schema || '.' || table_name FROM information_schema.tables "
            "WHERE table_schema IN ('intermediate', 'marts')"
        ).fetchall()
        return {
            table: connection.execute(
                f"SELECT columns(c -> c NOT IN {tuple(_TIMES)}) FROM {table} ORDER BY ALL"
            ).fetchall()
            for (table,) in tables
        }


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (without_the_year_before, "EPN 2025-01–2025-12 is no longer in the source"),
        (without_a_unit_a_method_and_january, "EPN 2026-01 is no longer in the source"),
        (without_workbooks_and_the_other_entity, "EPN 2025-01–2025-12 is no longer in the source"),
    ],
)
def test_what_remains_equals_a_build_from_scratch(
    february: Installation, tmp_path: Path, change: Callable[[Path], None], told: str
) -> None:
    february.atlas("seed")  # the other entity, too
    change(february.root / "source")
    scratch = Installation(tmp_path / "scratch")
    shutil.copytree(february.root / "source", scratch.root / "source")
    said = february.atlas_process(*FEBRUARY)
    assert told in said.stderr.replace("\n", " ")
    scratch.atlas_process(*FEBRUARY)
    reports = [made.report("EPN", "2026-02") for made in (february, scratch)]
    for report in reports:
        del report["meta"]["generated_at"], report["meta"]["previous_edition"], report["changes"]
    assert reports[0] == reports[1]
    assert marts(february) == marts(scratch)
    assert records(february) == records(scratch)
