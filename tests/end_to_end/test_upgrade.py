"""What an earlier version left is opened, and what `atlas status` advises leads to an end."""

from __future__ import annotations

import json
import re
import shlex
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
import yaml
from conftest import Installation

from atlas_assets.operational.models import commerce, core, finance
from atlas_assets.operational.seed import entity_id

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.slow

EARLIER = Path(__file__).parent / "earlier_version" / "installation.tar.xz"
MOST_ROUNDS = 4  # of following advice; more would be a circle


def opened(folder: Path) -> Installation:
    """Unpack the earlier installation, as if it had always been in this folder."""
    with tarfile.open(EARLIER) as archive:
        archive.extractall(folder, filter="data")
    made = Installation(folder)
    warehouse = made.workspace.warehouse
    with warehouse.locked(), warehouse.connect(read_only=False) as connection:
        views = connection.execute(
            "SELECT sql FROM duckdb_views() WHERE database_name = 'atlas' AND schema_name = 'raw'"
        ).fetchall()
        for (sql,) in views:
            here = re.sub(r"'[^']*/warehouse-raw", f"'{folder}/warehouse-raw", sql)
            connection.execute(here.replace("CREATE VIEW", "CREATE OR REPLACE VIEW"))
    assert views
    return made


def follow_advice(made: Installation) -> list[str]:
    """Give the commands that `atlas status` advises until there are none; each has to succeed."""
    given: list[str] = []
    for _ in range(MOST_ROUNDS):
        overview = json.loads(made.atlas("status", "--json").stdout)
        commands = [advice["command"] for advice in overview["to_do"]]
        if not commands:
            return given
        for command in commands:
            made.atlas(*shlex.split(command)[1:])
            given.append(command)
    pytest.fail(f"the advice leads in a circle: {given}")


def edit_registry(made: Installation, edit: Callable[[dict], None]) -> None:
    path = made.settings.config_dir / "registry.yaml"
    registry = yaml.safe_load(path.read_text(encoding="utf-8"))
    edit(registry)
    path.write_text(yaml.safe_dump(registry, allow_unicode=True), encoding="utf-8")


def units(registry: dict, entity: str) -> list[dict]:
    return next(e["units"] for e in registry["entities"] if e["code"] == entity)


def revenue(made: Installation) -> list[tuple]:
    """Return revenue by entity, unit and month: in the marts and in the operational database."""
    with made.workspace.warehouse.reading() as warehouse:
        reported = warehouse.execute(
            "SELECT entity_code, unit_code, month_key::VARCHAR, revenue_actuals::DOUBLE "
            "FROM marts.mart_revenue WHERE transaction_count > 0 ORDER BY ALL"
        ).fetchall()
    with made.workspace.store.reader() as connection:
        transaction = finance.Transaction
        published = connection.execute(
            sa.select(
                core.Entity.code,
                core.Unit.code,
                transaction.month_key,
                sa.func.round(sa.func.sum(transaction.amount), 2),
            )
            .join_from(transaction, core.Unit, transaction.unit_id == core.Unit.id)
            .join(core.Entity, core.Entity.id == transaction.entity_id)
            .group_by(core.Entity.code, core.Unit.code, transaction.month_key)
            .order_by(core.Entity.code, core.Unit.code, transaction.month_key)
        ).all()
    assert [tuple(row) for row in published] == reported
    return reported


def add_a_column(made: Installation) -> None:
    """Let a mart be of a version that lacked a column, and had another one of another type."""
    workspace = made.workspace
    with workspace.warehouse.locked(), workspace.warehouse.connect(read_only=False) as connection:
        connection.execute("ALTER TABLE marts.mart_revenue DROP COLUMN order_count")
        connection.execute("ALTER TABLE marts.mart_revenue ADD COLUMN gone INTEGER")
        connection.execute("ALTER TABLE marts.mart_students ALTER month_key TYPE VARCHAR")
        connection.execute("UPDATE main._pipeline_runs SET source_file_hash = 'of another version'")


def rename_labels(made: Installation) -> None:
    def edit(registry: dict) -> None:
        registry["group"]["name"] = "Another group"
        for entity in registry["entities"]:
            entity["name"] += " of today"
        units(registry, "EPN")[0]["brand"] = "Another brand"

    edit_registry(made, edit)


def rename_a_unit(made: Installation) -> None:
    def edit(registry: dict) -> None:
        unit = units(registry, "EPN")[0]
        unit["aliases"] = [*unit.get("aliases", []), unit["code"]]
        unit["code"] = "BELAJAR"

    edit_registry(made, edit)


def remove_a_unit(made: Installation) -> None:
    edit_registry(made, lambda registry: units(registry, "EPN").pop())


def rename_an_entity(made: Installation) -> None:
    def edit(registry: dict) -> None:
        next(e for e in registry["entities"] if e["code"] == "EPN")["code"] = "EPNEW"

    edit_registry(made, edit)
    for path in sorted(made.settings.config_dir.glob("epn-*.yaml")):
        text = path.read_text(encoding="utf-8").replace("entity: EPN", "entity: EPNEW")
        path.with_name(path.name.replace("epn", "epnew")).write_text(text, encoding="utf-8")
        path.unlink()


def remove_an_entity(made: Installation) -> None:
    def edit(registry: dict) -> None:
        registry["entities"] = [e for e in registry["entities"] if e["code"] == "IONS"]
        registry["program_units"] = [r for r in registry["program_units"] if r["entity"] == "IONS"]

    edit_registry(made, edit)
    for path in made.settings.config_dir.glob("epn*-*.yaml"):
        path.unlink()


def test_each_version_opens_what_the_version_before_left_and_advice_ends(tmp_path: Path) -> None:
    made = opened(tmp_path)
    before = made.report("EPN", "2026-02")

    made.atlas("publish", "--entity", "EPN", "--period", "2026-02")  # before anything is built
    assert follow_advice(made)
    figures = revenue(made)
    assert {(entity, month) for entity, _, month, _ in figures} == {
        (entity, f"2026-{number:02}-01") for entity in ("EPN", "IONS") for number in range(1, 11)
    }
    revenue_now = made.report("EPN", "2026-02")["totals"]["revenue"]["revenue_actuals"]
    assert revenue_now == before["totals"]["revenue_actuals"]
    assert follow_advice(made) == []

    ids = order_ids(made, "IONS")
    for change in (add_a_column, rename_labels):
        change(made)
        assert follow_advice(made), change
        assert revenue(made) == figures
        assert order_ids(made, "IONS") == ids

    rename_a_unit(made)
    assert follow_advice(made)
    renamed = {("EPN", "BELAJAR" if unit == "BIMBEL" else unit) for _, unit, *_ in figures}
    assert {row[:2] for row in revenue(made) if row[0] == "EPN"} <= renamed

    remove_a_unit(made)
    follow_advice(made)
    assert not [row for row in revenue(made) if row[1] == "TRYOUT"]

    rename_an_entity(made)
    assert follow_advice(made)
    assert {row[0] for row in revenue(made)} == {"EPNEW", "IONS"}

    remove_an_entity(made)
    follow_advice(made)
    made.atlas("build", "--period", "2026-02")
    assert {row[0] for row in revenue(made)} == {"IONS"}
    assert order_ids(made, "IONS") == ids


def order_ids(made: Installation, entity: str) -> set[str]:
    with made.workspace.store.entity_reader(entity_id(entity)) as session:
        return {str(key) for key in session.scalars(sa.select(commerce.Order.id))}
