"""A delivery is repeated as soon as anything that it depends on, or made, is another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from atlas_assets.monitoring.deliveries import Deliveries
from atlas_assets.periods.calendar import Month
from atlas_assets.periods.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Installation

FEBRUARY = Month(2026, 2)


def edit(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\n")


def create(path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text("new", encoding="utf-8")


def transform_again(made: Installation) -> None:
    """Record that another month of the entity was built."""
    with made.workspace.ledger.stage("transform", Scope(("EPN",), (Month(2026, 1),)), "run"):
        pass


def validate_another(made: Installation) -> None:
    with made.workspace.ledger.stage("validate", Scope(("IONS",), (FEBRUARY,)), "run"):
        pass


CHANGES: dict[str, Callable[[Installation], None]] = {
    "report": lambda made: edit(made.root / "output" / "monthly" / "EPN-2026-02.json"),
    "deck": lambda made: (made.root / "output" / "monthly" / "EPN-2026-02.pptx").unlink(),
    "database": lambda made: edit(made.root / "operational.db"),
    "no database": lambda made: (made.root / "operational.db").unlink(),
    "words": lambda made: edit(made.settings.config_dir / "strings.yaml"),
    "commentary": lambda made: create(made.settings.commentary_dir / "EPN-2026-02.md"),
    "another month": transform_again,
    "memory": lambda made: edit(made.settings.raw_dir / "seen" / "EPN" / "2026-02-delivered.json"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_changed_is_delivered_again(
    february: Installation, change: Callable[[Installation], None]
) -> None:
    deliveries = february.workspace.deliveries
    assert not deliveries.are_current("EPN", [FEBRUARY])  # it was delivered elsewhere, and copied
    deliveries.note("EPN", [FEBRUARY], deliveries.database)
    assert deliveries.are_current("EPN", [FEBRUARY])
    validate_another(february)
    assert deliveries.are_current("EPN", [FEBRUARY])
    assert not deliveries.are_current("EPN", [FEBRUARY, FEBRUARY.plus(1)])
    change(february)
    assert not deliveries.are_current("EPN", [FEBRUARY])


def test_a_delivery_of_another_entity_changes_nothing(february: Installation) -> None:
    deliveries = february.workspace.deliveries
    deliveries.note("EPN", [FEBRUARY], deliveries.database)
    for _ in range(2):
        before = deliveries.database
        edit(february.root / "operational.db")
        deliveries.note("IONS", [FEBRUARY], before)
        assert deliveries.are_current("EPN", [FEBRUARY])
        assert deliveries.are_current("IONS", [FEBRUARY])
    edit(february.root / "operational.db")
    assert not deliveries.are_current("EPN", [FEBRUARY])
    assert not deliveries.are_current("IONS", [FEBRUARY])


@pytest.mark.parametrize(
    "other",
    [{"locale": "en"}, {"source_date_epoch": 1}, {"database_url": SecretStr("http://127.0.0.1:1")}],
)
def test_other_settings_are_another_delivery(
    february: Installation, other: dict[str, object]
) -> None:
    deliveries = february.workspace.deliveries
    deliveries.note("EPN", [FEBRUARY], deliveries.database)
    changed = deliveries.settings.model_copy(update=other)
    again = Deliveries(deliveries.memory, changed, deliveries.ledger, deliveries.report_files)
    assert not again.are_current("EPN", [FEBRUARY])
