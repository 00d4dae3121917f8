"""Whatever was published before, in whatever order: the rows are those of the latest records."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from conftest import Installation
from hand_made_sheets import Line, Sheet, installed, load
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from operational.publishing import everything, publish_months

from atlas_assets.operational.models.commerce import Order
from atlas_assets.operational.models.people import Person
from atlas_assets.operational.sessions import OperationalStore
from atlas_assets.periods.calendar import Month
from atlas_assets.periods.scope import Scope
from atlas_assets.warehouse.transform import transform

if TYPE_CHECKING:
    from pathlib import Path

ENTITIES = ("EPN", "IONS")
MONTHS = [Month(2025, 12), Month(2026, 1), Month(2026, 2)]
DECEMBER, JANUARY, FEBRUARY = MONTHS
# Ani pays an order of January in three months; the entities know the same names.
BEFORE = {
    DECEMBER: [Line("Ani"), Line("Budi", amount=2)],
    JANUARY: [
        Line("Ani", intake="2026-02-01", amount=3),
        Line("Citra", program="Intensive", school="SMA 2"),
        Line("Dewi", unit=1),
    ],
    FEBRUARY: [
        Line("Ani", intake="2026-02-01", amount=4),
        Line("Ani", intake="2026-02-01", days=1, amount=-1),
        Line("Citra", program="Intensive", school="SMA 2"),
    ],
}
# Citra's order begins in February, Dewi is gone and so is her school's only student of the other
# unit, Ani's name is written otherwise and she has moved, Budi pays again.
AFTER = {
    DECEMBER: [Line("Ani"), Line("Budi", amount=2), Line("Budi", days=3, amount=5)],
    JANUARY: [Line("ANI.", intake="2026-02-01", amount=3, school="SMA 3")],
    FEBRUARY: [
        Line("Ani", intake="2026-02-01", amount=4, school="SMA 3"),
        Line("Citra", program="Regular", school="SMA 2", channel="Email"),
    ],
}


@pytest.fixture(scope="module")
def installations(
    tmp_path_factory: pytest.TempPathFactory, parsed_models: Path
) -> dict[str, Installation]:
    """Two warehouses: before a correction of every sheet, and after it."""
    made = {}
    for name, sheets in {"before": BEFORE, "after": AFTER}.items():
        root = tmp_path_factory.mktemp(name)
        workspace = installed(root / "atlas")
        shutil.copytree(parsed_models, workspace.settings.dbt_target_dir)
        workspace.raw_store.prepare()
        for entity in ENTITIES:
            for month, lines in sheets.items():
                load(workspace, Sheet(entity, month, lines))
        made[name] = Installation(root / "atlas")
        assert not transform(workspace.dbt, Scope(ENTITIES, tuple(MONTHS))).problems
    return made


partitions = st.tuples(st.sampled_from(ENTITIES), st.sampled_from(MONTHS))
everywhere = st.permutations([(entity, month) for entity in ENTITIES for month in MONTHS])


@pytest.mark.slow
def test_the_rows_depend_on_the_latest_records_only(
    installations: dict[str, Installation], tmp_path_factory: pytest.TempPathFactory
) -> None:
    def published(steps: list[tuple[str, tuple[str, Month]]]) -> dict[str, list[tuple]]:
        store = OperationalStore(f"file:{tmp_path_factory.mktemp('store') / 'operational.db'}")
        for name, (entity, month) in steps:
            publish_months(store, installations[name], [month], entity)
        return everything(store)

    everything_once = [("after", (entity, month)) for entity in ENTITIES for month in MONTHS]
    wanted = published(everything_once)
    assert len(wanted["finance_transaction"]) == 2 * 6
    assert len(wanted["commerce_order"]) == 2 * 4

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.lists(st.tuples(st.sampled_from(["before", "after"]), partitions), max_size=6),
        everywhere,
    )
    def check(
        earlier: list[tuple[str, tuple[str, Month]]], latest: list[tuple[str, Month]]
    ) -> None:
        assert published([*earlier, *(("after", step) for step in latest)]) == wanted

    check()


def test_a_corrected_installment_corrects_the_order_of_another_month(
    installations: dict[str, Installation], tmp_path: Path
) -> None:
    """February alone is published again: a receipt of it is gone, and an order begins in it now."""
    store = OperationalStore(f"file:{tmp_path / 'operational.db'}")
    publish_months(store, installations["before"], MONTHS, "IONS")
    publish_months(store, installations["after"], [FEBRUARY], "IONS")
    with store.reader() as connection:
        orders = connection.execute(
            sa.select(Person.normalized_name, Order.month_key, Order.total_amount)
            .join_from(Order, Person, Order.participant_id == Person.id)
            .where(Order.month_key > "2025-12-01")
        ).all()
    assert ("ANI", "2026-01-01", 7000.0) in orders
    assert ("CITRA", "2026-02-01", 1000.0) in orders


def test_publishing_a_month_leaves_the_rows_of_others(
    installations: dict[str, Installation], tmp_path: Path
) -> None:
    """January again: February's installments on January's orders stay, and the other entity."""
    store = OperationalStore(f"file:{tmp_path / 'operational.db'}")
    for entity in ENTITIES:
        publish_months(store, installations["before"], MONTHS, entity)
    before = everything(store)
    publish_months(store, installations["before"], [JANUARY], "IONS")
    assert everything(store) == before
