"""People who are probably one are listed for somebody to look at, and stay two."""

import shutil
from pathlib import Path

from hand_made_sheets import Line, Sheet, installed, load

from atlas_assets.periods.calendar import Month
from atlas_assets.periods.scope import Scope
from atlas_assets.warehouse.transform import transform

MONTH = Month(2026, 1)
SCOPE = Scope(("EPN", "IONS"), (MONTH,))


def test_names_alike_are_listed_where_they_share_a_school_or_a_birth_date(
    tmp_path: Path, parsed_models: Path
) -> None:
    workspace = installed(tmp_path / "atlas")
    shutil.copytree(parsed_models, workspace.settings.dbt_target_dir)
    workspace.raw_store.prepare()
    names = ["Ahmad Fauzi", "AHMAD FAUZY", "Fauzi Ahmad", "Bella Putri", "Ani Lestari"]
    lines = [Line(name) for name in names]
    elsewhere = [Line("Ahmad Fausi", school="SMA 2"), Line("Ani", school="SMA 2")]
    load(workspace, Sheet("IONS", MONTH, [*lines, *elsewhere]))
    load(workspace, Sheet("EPN", MONTH, [Line("Ahmad Fauzi")]))
    assert not transform(workspace.dbt, SCOPE).problems
    with workspace.warehouse.connect(read_only=False) as warehouse:
        warehouse.execute(
            "UPDATE intermediate.int_people SET birth_date = DATE '2010-01-01' "
            "WHERE normalized_name IN ('ANI', 'ANI LESTARI', 'BELLA PUTRI')"
        )
    workspace.dbt.build(SCOPE, ["audit_probable_duplicates"])
    with workspace.warehouse.reading() as warehouse:
        found = warehouse.execute(
            "SELECT entity_code, normalized_name, other_normalized_name, shares "
            "FROM intermediate.audit_probable_duplicates ORDER BY ALL"
        ).fetchall()
        people = warehouse.execute("SELECT count(*) FROM intermediate.int_people").fetchone()
    assert found == [
        ("IONS", "AHMAD FAUZI", "AHMAD FAUZY", "latest_organization"),
        ("IONS", "AHMAD FAUZI", "FAUZI AHMAD", "latest_organization"),
        ("IONS", "AHMAD FAUZY", "FAUZI AHMAD", "latest_organization"),
        ("IONS", "ANI", "ANI LESTARI", "birth_date"),
    ]
    assert people == (8,)
