"""Two entities with the same students, schools, programs and receipt numbers do not meet."""

from pathlib import Path

import pytest
from hand_made_sheets import MONTHS, UNITS, Line, Sheet, build, installed, load, marts

from atlas_assets.periods.scope import Scope

pytestmark = pytest.mark.installation  # it builds its own

# The student comes back, pays in two months, and one receipt number is used for two receipts.
SHEETS = {
    MONTHS[0]: [Line("Ani", receipt="A.1"), Line("Budi", unit=1, receipt="A.2")],
    MONTHS[1]: [Line("Ani", unit=1, receipt="A.3"), Line("ANI.", unit=1, receipt="A.4")],
    MONTHS[2]: [Line("Ani", program="Other", receipt="A.5"), Line("Citra", receipt="A.5")],
}


def test_an_entity_has_the_figures_that_it_has_alone(tmp_path: Path) -> None:
    found: dict[tuple[str, ...], dict[str, list[tuple]]] = {}
    flagged: dict[tuple[str, ...], list[tuple]] = {}
    for entities in [("EPN", "IONS"), ("EPN",), ("IONS",)]:
        workspace = installed(tmp_path / "-".join(entities) / "atlas")
        for entity in entities:
            for month, lines in SHEETS.items():
                load(workspace, Sheet(entity, month, lines))
        build(workspace, Scope(entities, tuple(SHEETS)))
        for entity in entities:
            loaded = [(entity, month) for month in SHEETS]
            found[(*entities, entity)] = marts(workspace, loaded)
        with workspace.warehouse.reading() as connection:
            for entity in entities:
                flagged[(*entities, entity)] = connection.execute(
                    "SELECT * EXCLUDE loaded_at FROM intermediate.int_orders "
                    "WHERE entity_code = ? ORDER BY ALL",
                    [entity],
                ).fetchall()
    for entity in UNITS:
        assert found["EPN", "IONS", entity] == found[entity, entity]
        assert flagged["EPN", "IONS", entity] == flagged[entity, entity]
        assert found[entity, entity]["mart_revenue"]
